"""`newsletter check --fix`: shows what a machine can mend, asks, and writes it."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count
from newsletter.cli.output import answer_json, note, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsletter.app import App
    from newsletter.checks.answers import LinkResult
    from newsletter.checks.repair import Repair
    from newsletter.models.issue import Issue
    from newsletter.pipeline.mending import Mended

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def run(
    app: App, issues: Sequence[Issue], answers: Mapping[str, LinkResult] | None, *, form: str, yes: bool
) -> tuple[list[dict[str, object]], bool]:
    """The changes, as they are told in JSON, and whether the checks can go on: nothing is left to be mended.

    Raises:
        Refused: a file changed meanwhile, or cannot be written.
    """
    from newsletter.checks.terms import mask
    from newsletter.pipeline import mending

    mended = [one for issue in issues for one in mending.propose(app.desk, issue, app.now(), answers)]
    hidden = app.settings.never_publish
    if form != "json":
        for line in _diff(mended):
            say(mask(line, hidden), fg=_COLOURS.get(line[:1]))
        say(_summary(mended))
    document = [_document(one, repair, hidden) for one in mended for repair in one.repairs]
    if not mended:
        if form != "json":
            say()
        return document, True
    if not (yes or (form != "json" and _agreed())):
        if form == "json":
            answer_json({"fixes": document, "written": False})
        else:
            note("Nothing was written. Add --yes to write these changes.")
        return document, False
    mending.write(mended)
    if form != "json":
        say(f"{count(len(mended), 'file')} written.")
        say()
    return document, True


def _agreed() -> bool:
    """The person's answer; no, where there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm("Write these changes?", default=False)


def _diff(mended: Sequence[Mended]) -> Iterator[str]:
    for one in mended:
        before, after = (text.splitlines() for text in one.texts)
        yield from difflib.unified_diff(before, after, one.file, one.file, lineterm="", n=1)


def _summary(mended: Sequence[Mended]) -> str:
    repairs = Counter(repair.what for one in mended for repair in one.repairs)
    if not repairs:
        return "There is nothing that a machine can mend."
    told = "; ".join(f"{what} ({number})" for what, number in sorted(repairs.items()))
    return f"{count(repairs.total(), 'change')} in {count(len(mended), 'file')}: {told}."


def _document(one: Mended, repair: Repair, hidden: Sequence[str]) -> dict[str, object]:
    from newsletter.checks.terms import mask

    return {
        "code": repair.code,
        "file": mask(one.file, hidden),
        "line": repair.line,
        "column": repair.column,
        "old": mask(repair.old, hidden),
        "new": mask(repair.new, hidden),
        "what": repair.what,
    }
