"""The use case behind `check --fix`: what a machine can mend in an issue's files, first shown, then written.

Nothing is written that could not be read again, and no file that changed since it was read.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsletter.checks import Subject, mending
from newsletter.checks.answers import LinkResult
from newsletter.checks.repair import Repair
from newsletter.content.decode import decode
from newsletter.content.frontmatter import Source, read_source
from newsletter.content.fronts import issue_front, item_front
from newsletter.content.markdown import render
from newsletter.errors import ContentError, Problem, Refused
from newsletter.models.issue import Body, Issue, Origin
from newsletter.pipeline.editorial import Desk
from newsletter.pipeline.recode import recode
from newsletter.pipeline.sources import source_paths
from newsletter.publishing.files import write_if_changed

_ID = re.compile(r' id="[^"]*"')
_MOST_ROUNDS = 5  # what one repair lays bare, another mends


@dataclass(frozen=True)
class Mended:
    """A file and what it would become."""

    file: str  # below the project, with forward slashes
    path: Path
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    repairs: tuple[Repair, ...]  # by line

    @property
    def texts(self) -> tuple[str, str]:
        """The text before and after."""
        return decode(self.before, self.file), decode(self.after, self.file)


def propose(
    desk: Desk, issue: Issue, now: datetime, link_results: Mapping[str, LinkResult] | None = None
) -> tuple[Mended, ...]:
    """Every file of the issue that would change, and how. Writes nothing."""
    paths = source_paths(issue)
    before = _read(paths)
    work = _Work(desk, now, link_results, issue, dict(before))
    for _ in range(_MOST_ROUNDS):
        if not work.round():
            break
    return tuple(
        Mended(file, paths[file], before[file], work.data[file], tuple(sorted(work.made[file])))
        for file in before
        if work.data[file] != before[file]
    )


def write(mended: Sequence[Mended]) -> None:
    """Writes the files, each whole or not at all, with the rights they had.

    Raises:
        Refused: one of them has changed meanwhile, and nothing is written; or the disk does not take it.
    """
    for one in mended:
        if _bytes(one.path) != one.before:
            raise Refused(
                f"{one.file} has changed since it was read, so nothing was mended.",
                hint="Save it, and run the same command again.",
            )
    for one in mended:
        mode = stat.S_IMODE(one.path.stat().st_mode)
        write_if_changed(one.path, one.after)
        with suppress(OSError):  # Windows, and shared drives that keep rights of their own
            one.path.chmod(mode)


@dataclass
class _Work:
    """The issue while it is mended in memory."""

    desk: Desk
    now: datetime
    link_results: Mapping[str, LinkResult] | None
    issue: Issue
    data: dict[str, bytes]
    made: dict[str, set[Repair]] = field(default_factory=dict)
    refused: set[Repair] = field(default_factory=set)

    def round(self) -> bool:
        """Makes every repair that is proposed now; whether there was one."""
        texts = {file: decode(data, file) for file, data in self.data.items()}
        subject = Subject(
            issue=self.issue,
            publication=self.desk.publication,
            now=self.now,
            never_publish=self.desk.never_publish,
            sources=texts,
            link_results=self.link_results,
        )
        proposed = [repair for repair in mending.propose(subject) if repair not in self.refused]
        for file in dict.fromkeys(repair.file for repair in proposed):
            own = [repair for repair in proposed if repair.file == file]
            self.mend(file, texts[file], mending.compatible(own))
        return bool(proposed)

    def mend(self, file: str, text: str, repairs: list[Repair]) -> None:
        """Makes the repairs of one file: all of them, or those with which it can still be read."""
        if not self.make(file, text, repairs):
            for repair in sorted(repairs, reverse=True):  # from the end, so that places hold
                if not self.make(file, decode(self.data[file], file), [repair]):
                    self.refused.add(repair)

    def make(self, file: str, text: str, repairs: Iterable[Repair]) -> bool:
        """Whether the file can be read with these repairs; then they are made."""
        spans = mending.spans(text, repairs)
        data = recode(self.data[file], spans)
        try:
            if decode(data, file) != mending.splice(text, spans):
                return False
            self.issue = reread(self.issue, file, decode(data, file), self.desk)
        except ContentError:
            return False
        self.data[file] = data
        self.made.setdefault(file, set()).update(repairs)
        return True


def reread(issue: Issue, file: str, text: str, desk: Desk) -> Issue:
    """The issue with one of its files read anew from this text.

    Raises:
        ContentError: it cannot be read, or its fields or the places that links lead to are not where they were.
    """
    source = read_source(text, file)
    if file == issue.origin.file:
        front = issue_front(source, desk.publication)
        body = _body(source, "opening", front.lang or desk.publication.partnership.lang)
        _must_hold_together(source, body, issue.origin, issue.body)
        return issue.model_copy(update={"front": front, "body": body})
    items = list(issue.items)
    place = next(number for number, item in enumerate(items) if item.origin.file == file)
    item = items[place]
    fields = item_front(source, desk.publication, issue.lang)
    body = _body(source, item.slug, fields.lang or issue.lang)
    _must_hold_together(source, body, item.origin, item.body)
    items[place] = item.model_copy(update={"front": fields, "body": body})
    return issue.model_copy(update={"items": tuple(items)})


def _body(source: Source, slug: str, lang: str) -> Body:
    rendered = render(source.body, slug, lang)
    if rendered.faults:
        raise ContentError([Problem(source.file, source.body_line, fault.message) for fault in rendered.faults])
    return Body(markdown=source.body, html=rendered.html)


def _must_hold_together(source: Source, body: Body, origin: Origin, before: Body) -> None:
    if Origin(file=source.file, body_line=source.body_line, lines=source.lines) != origin:
        raise ContentError([Problem(source.file, 0, "Its fields are not where they were.")])
    if _ID.findall(body.html) != _ID.findall(before.html):
        raise ContentError([Problem(source.file, 0, "Links within the issue would lead nowhere.")])


def _read(paths: Mapping[str, Path]) -> dict[str, bytes]:
    found = {file: _bytes(path) for file, path in paths.items()}
    return {file: data for file, data in found.items() if data is not None}


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
