"""What a reader hears of an issue: words, minutes and reading age, of the whole and of each item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.checks.pieces import pieces_of
from newsletter.checks.reading import age_of
from newsletter.checks.text import Piece
from newsletter.models.edition import Edition
from newsletter.models.issue import Issue
from newsletter.rendering.measure import words_of
from newsletter.rendering.render import WORDS_A_MINUTE, Renderer


@dataclass(frozen=True)
class Measure:
    """One item."""

    file: str
    title: str
    words: int
    minutes: float  # at 238 words a minute
    reading_age: float | None  # years; None under 100 words, or in another language than English


def rendered(renderer: Renderer, issue: Issue) -> Edition:
    """The issue's edition, with its reading age."""
    return with_reading_age(renderer.render(issue), pieces_of(issue))


def with_reading_age(edition: Edition, pieces: Iterable[Piece]) -> Edition:
    """The edition with the reading age of what its issue says. Its bytes, and so its hash, stay."""
    return edition.model_copy(update={"reading_age": age_of(pieces)})


def measures(issue: Issue) -> tuple[Measure, ...]:
    """Each item in its order. Their words and those of the opening add up to the edition's."""
    opening = words_of(issue.model_copy(update={"items": ()}))
    found = []
    for item, piece in zip(issue.items, pieces_of(issue)[1:], strict=True):
        words = words_of(issue.model_copy(update={"items": (item,)})) - opening
        found.append(
            Measure(
                file=item.origin.file,
                title=item.front.title,
                words=words,
                minutes=round(words / WORDS_A_MINUTE, 1),
                reading_age=age_of((piece,)),
            )
        )
    return tuple(found)
