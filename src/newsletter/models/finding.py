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
    words: str = ""  # the words at fault
    message: str
    fix: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the issue cannot be sent while this stands."""
        return self.level is not Level.ADVICE
