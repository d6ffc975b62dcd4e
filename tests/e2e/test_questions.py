"""What a person is asked on a terminal, and what their answer does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import APPROVE, BRIEFING, ITEM, SEND, add, messages
from tests.e2e.terminal_kit import on_a_terminal

Command = Callable[..., Any]


@pytest.mark.parametrize(("answer", "code", "recorded"), [("n\n", 1, False), ("\n", 1, False), ("y\n", 0, True)])
def test_an_approval_is_recorded_only_after_a_clear_yes(
    ready: Command, project: Path, answer: str, code: int, recorded: bool
) -> None:
    ended, shown = on_a_terminal(project, *APPROVE[:-1], asked="agrees to this edition", answer=answer)
    assert ended == code, shown
    assert shown.index("Multi-agency practitioners: 17 people") < shown.index("agrees to this edition")
    assert (project / BRIEFING / "approvals.json").exists() == recorded
    assert "Traceback" not in shown


@pytest.mark.parametrize(("answer", "code", "count"), [("16\n", 1, 0), ("\x04", 130, 0), ("17\n", 0, 17)])
def test_a_sending_starts_only_when_the_number_of_recipients_is_typed(
    ready: Command, project: Path, answer: str, code: int, count: int
) -> None:
    ended, shown = on_a_terminal(project, *SEND[:-2], asked="number of recipients", answer=answer)
    assert ended == code, shown
    assert len(messages(project)) == count
    assert "Traceback" not in shown


@pytest.mark.parametrize(("answer", "mended"), [("n\n", False), ("y\n", True)])
def test_repairs_are_shown_and_written_only_after_a_yes(
    ready: Command, project: Path, answer: str, mended: bool
) -> None:
    add(project / ITEM, "\n\nSee [the guide](https://www.example.org/page?id=7&utm_source=news).\n")
    _, shown = on_a_terminal(project, "check", BRIEFING, "--fix", asked="Write these changes?", answer=answer)
    assert "utm_source" in shown
    assert ("utm_source" in (project / ITEM).read_text(encoding="utf-8")) is not mended
    assert "Traceback" not in shown
