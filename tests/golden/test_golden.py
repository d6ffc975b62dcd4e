"""What an issue becomes is what was reviewed: each folder in `cases/` is rendered and compared byte for byte.

`make golden` keeps what is rendered now instead; the difference is then reviewed like any other change.
"""

from __future__ import annotations

import os

import pytest
from tests.golden.golden_kit import CASES, FORMS, HERE, accept, differences, names, says

ACCEPT = bool(os.environ.get("GOLDEN_ACCEPT"))
PAGE = (HERE.parents[1] / "docs/golden.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_a_case_is_rendered_as_it_was_reviewed(name: str) -> None:
    if ACCEPT:
        accept(name)
    found = differences(name)
    assert not found, "\n".join([*found, "", "If that is what you want: make golden, and review what it changes."])


@pytest.mark.parametrize("name", names())
def test_a_case_says_what_it_shows_and_stands_in_the_manual(name: str) -> None:
    assert says(name), f"{name}/issue.md: the line after the first --- must be a comment that says what the case shows"
    assert f"| `{name}` | {says(name)} |" in PAGE, "docs/golden.md has no such line"


@pytest.mark.parametrize("name", names())
def test_a_case_keeps_nothing_that_is_not_compared(name: str) -> None:
    folder = CASES / name
    kept = [path.name for path in (folder / "expected").iterdir()]
    assert kept
    assert set(kept) <= set(FORMS)
    assert {path.name for path in folder.iterdir() if path.is_dir()} <= {"expected", "images", "files"}
