"""What a reader hears: words, minutes and reading age, of the whole and of each item."""

from __future__ import annotations

from pathlib import Path

from tests.unit.checks.conftest import PUBLICATION

from newsletter.checks.pieces import pieces_of
from newsletter.checks.reading import age_of
from newsletter.content.folder import read_issue
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.pipeline.measuring import measures
from newsletter.rendering.measure import words_of

EASY = "We met on the green. The sun was out. We had tea and talked of the week. " * 8
HARD = "Organisational considerations notwithstanding, multidisciplinary collaboration proliferates appreciably. " * 16


def issue(tmp_path: Path, **bodies: str) -> Issue:
    folder = tmp_path / "issues" / "sample"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(f"---\ntitle: Winter\ndate: 26 November 2026\n---\n{EASY}\n", encoding="utf-8")
    for number, (name, body) in enumerate(bodies.items()):
        front = "lang: cy\n" if name == "welsh" else ""
        (folder / f"{number}0-{name}.md").write_text(f"---\ntitle: The {name}\n{front}---\n{body}\n", encoding="utf-8")
    return read_issue(tmp_path, folder, Publication.model_validate(PUBLICATION))


def test_each_item_is_measured_and_their_words_add_up(tmp_path: Path) -> None:
    read = issue(tmp_path, easy=EASY, hard=HARD, short="Three short words.", welsh=HARD)
    found = {one.title: one for one in measures(read)}
    assert list(found) == ["The easy", "The hard", "The short", "The welsh"]
    easy, hard = found["The easy"].reading_age, found["The hard"].reading_age
    assert easy is not None
    assert hard is not None
    assert easy < 9 < 18 < hard
    assert found["The short"].reading_age is None
    assert found["The welsh"].reading_age is None
    assert found["The easy"].words == len(EASY.split()) + len(["The", "easy"])
    opening = words_of(read.model_copy(update={"items": ()}))
    assert opening + sum(one.words for one in found.values()) == words_of(read)
    assert found["The easy"].minutes == round(found["The easy"].words / 238, 1)


def test_an_issue_is_as_hard_as_its_sentences_together(tmp_path: Path) -> None:
    pieces = pieces_of(issue(tmp_path, easy=EASY, hard=HARD))
    ages = [age_of((piece,)) for piece in pieces]
    whole = age_of(pieces)
    assert whole is not None
    known = [age for age in ages if age is not None]
    assert min(known) < whole < max(known)
