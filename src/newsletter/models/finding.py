"""What a check says of an issue."""

from __future__ import annotations

from enum import StrEnum

from newsletter.models.base import Model


class Level(StrEnum):
    """How much a finding weighs."""

    STOP = "STOP"  # cannot be sent
    FIX = "FIX"  # blocks until it is mended, or a named person accepts it with a reason
    ADVICE = "ADVICE"  # never blocks


class Finding(Model):
    """One thing a check found: what, where, the words at fault, why it matters and what to do."""

    code: str  # "NL102"
    level: Level
    file: str
    line: int = 0  # 1-based; 0 when the whole issue is meant
    column: int = 0  # 1-based; 0 when only the line is known
    words: str = ""  # the words at fault
    message: str
    fix: str = ""

    @property
    def where(self) -> str:
        """ "issues/2026-11-winter/10-news.md:12:5", as editors open it."""
        places = (str(place) for place in (self.line, self.column) if place)
        return ":".join((self.file, *places)) if self.line else self.file

    @property
    def blocks(self) -> bool:
        """Whether the issue cannot be sent while this stands."""
        return self.level is not Level.ADVICE
