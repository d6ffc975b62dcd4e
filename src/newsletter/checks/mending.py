"""Proposes what a machine can mend without knowing what was meant, and puts it into the text of a file.

The repairs are the modules of `repairs/`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Protocol, cast

from newsletter.checks import repairs as folder
from newsletter.checks.places import line_starts, lines_of
from newsletter.checks.repair import Repair
from newsletter.checks.subject import Subject

_FENCE = re.compile(r" {0,3}(```|~~~)")


class Repairer(Protocol):
    """The one shape of every module in `repairs/`."""

    CODE: str  # of the check it belongs to
    MENDS: str  # what it changes and what it leaves alone, for the manual

    def mend(self, subject: Subject) -> Iterator[Repair]:
        """Everything it would change. Never raises, whatever the text."""


@cache
def repairers() -> tuple[Repairer, ...]:
    """Every repairer, by code."""
    names = sorted(found.name for found in pkgutil.iter_modules(folder.__path__))
    return tuple(cast(Repairer, importlib.import_module(f"{folder.__name__}.{name}")) for name in names)


def propose(subject: Subject) -> tuple[Repair, ...]:
    """Every repair of the issue's files, by file and place. `subject.sources` holds the files as they are written.

    None where the issue or the item silences the check, in program text, or where the words are not at their place.
    """
    lines = {file: lines_of(text) for file, text in subject.sources.items()}
    found = {
        repair
        for repairer in repairers()
        for repair in repairer.mend(subject)
        if not _silenced(repairer.CODE, repair.file, subject) and _stands(repair, lines.get(repair.file, ()))
    }
    return tuple(sorted(found))


def compatible(repairs: Iterable[Repair]) -> list[Repair]:
    """Those repairs of one file that do not overlap: of two that do, the first."""
    kept: list[Repair] = []
    for repair in sorted(repairs):
        last = kept[-1] if kept else None
        if last is None or repair.line > last.line or repair.column >= last.column + len(last.old):
            kept.append(repair)
    return kept


def spans(text: str, repairs: Iterable[Repair]) -> list[tuple[int, int, str]]:
    """Start, end and new words of compatible repairs in the text of their file, in order."""
    starts = line_starts(text)
    places = [(starts[repair.line - 1] + repair.column - 1, repair) for repair in repairs]
    return sorted((start, start + len(repair.old), repair.new) for start, repair in places)


def splice(text: str, replaced: Iterable[tuple[int, int, str]]) -> str:
    """The text with these parts replaced."""
    parts, reached = [], 0
    for start, end, new in replaced:
        parts += [text[reached:start], new]
        reached = end
    return "".join([*parts, text[reached:]])


def _silenced(code: str, file: str, subject: Subject) -> bool:
    """Whether somebody gave a reason to leave this file as it is."""
    return any(code in piece.front.ignore for piece in subject.pieces if piece.file == file or piece.item is None)


def _stands(repair: Repair, lines: Sequence[str]) -> bool:
    """Whether its words are where it says, outside program text."""
    if repair.old == repair.new or not 0 < repair.line <= len(lines):
        return False
    line, start = lines[repair.line - 1], repair.column - 1
    return line.startswith(repair.old, start) and not _is_code(lines[: repair.line - 1], line[:start])


def _is_code(before: Iterable[str], same_line: str) -> bool:
    """Whether what follows stands in a fenced block or within backticks."""
    inside = ""
    for fence in (found[1] for line in before if (found := _FENCE.match(line))):
        inside = "" if inside == fence else inside or fence
    return bool(inside) or same_line.count("`") % 2 == 1
