"""What a new proof is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.pipeline.proof_memory import KEPT, Memory, Remembered, recall, remember

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def memory(*proofs: str) -> Memory:
    """ "a" is a proof of edition a; "a!" one that reviewers were sent."""
    found = Memory(path="issues/x")
    for hour, word in enumerate(proofs):
        one = Remembered(hash=word[0], at=NOW + timedelta(hours=hour), mailed="!" in word, text=f"{word[0]} {hour}")
        found = found.with_proof(one)
    return found


@pytest.mark.parametrize(
    ("proofs", "new", "mailed", "last"),
    [
        ((), "a", False, None),
        (("a",), "a", False, None),
        (("a",), "b", False, "a"),
        (("a", "b"), "b", False, "a"),
        (("a!", "b"), "c", False, "b"),
        (("a!", "b"), "c", True, "a"),
        (("a", "b"), "c", True, "b"),
        (("a!", "b!"), "b", True, "a"),
        (("a", "b", "a"), "a", False, "b"),
    ],
)
def test_reviewers_see_what_changed_since_what_they_were_sent(
    proofs: tuple[str, ...], new: str, mailed: bool, last: str | None
) -> None:
    found = memory(*proofs).last(new, mailed=mailed)
    assert (found.hash if found else None) == last


def test_the_same_edition_is_remembered_once_and_that_it_was_sent_is_kept() -> None:
    found = memory("a", "b!", "b").proofs
    assert [(one.hash, one.mailed) for one in found] == [("a", False), ("b", True)]


def test_old_proofs_are_forgotten() -> None:
    assert len(memory(*"abcdefgh").proofs) == KEPT


def test_what_was_remembered_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "proofs" / ".last" / "x.json"
    remember(file, memory("a", "b!"))
    assert recall(file, "issues/x") == memory("a", "b!")
    assert recall(file, "briefings/x") == Memory(path="briefings/x"), "an issue of another series with the same name"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"path": 3}'])
def test_a_file_that_is_not_ours_is_as_if_it_were_not_there(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert recall(tmp_path / "x.json", "issues/x") == Memory(path="issues/x")
