"""What must not be seen, whatever asks for it: left out of the archive, and never handed over when a sending goes on.

An issue is held while an embargo stands, when a term of the never-publish list is in it, and as long as something stops
its first sending. Whether it was sent is known from the database; on a machine that has none, only what stands in the
issue's own files holds it, so that a slip in a template takes no archive down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.content.folder import read_issue
from newsletter.errors import ContentError, Refused
from newsletter.models.dates import LONDON, print_moment
from newsletter.models.edition import Edition
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Issue
from newsletter.models.publication import Audience

if TYPE_CHECKING:
    from newsletter.pipeline.editorial import Desk

NEVER = "NL007"  # a term of the never-publish list
_MAILING = "NL003"  # the wrong audience: nothing that a page would show


@dataclass(frozen=True)
class Hold:
    """Why an issue is left out."""

    path: str
    why: str  # without any term
    everywhere: bool = False  # nothing of it is written at all

    def __str__(self) -> str:
        return f"{self.path} is left out of public/{' and build/' if self.everywhere else ''}: {self.why}"


def held(desk: Desk, issue: Issue, edition: Edition, now: datetime, *, sent: bool | None) -> Hold | None:
    """Why the issue must not be in the archive at `now` (aware), although its day has come; None if it may.

    `sent`: whether it went out already; None if that is not known here.
    """
    embargo = embargo_of(issue, now)
    due = not issue.front.draft and not issue.restricted and issue.front.date <= now.astimezone(LONDON).date()
    codes = None if due and not embargo and not sent else {NEVER}
    found = [finding for finding in _stopping(desk, issue, edition, now, codes) if _holds(finding, issue, sent)]
    if found:
        first = next((finding for finding in found if finding.code == NEVER), found[0])
        where = f"{first.file}:{first.line}" if first.line else first.file
        why = f"{where}: {first.code} {first.message}"
        return Hold(_masked(desk, issue.path), why, everywhere=first.code == NEVER)
    if embargo and due:
        return Hold(issue.path, f"it is embargoed until {print_moment(embargo)}.")
    return None


def embargo_of(issue: Issue, now: datetime) -> datetime | None:
    """The latest embargo of the issue or one of its items that still stands; None if all have passed."""
    moments = [issue.front.embargo_until, *(item.front.embargo_until for item in issue.items)]
    return max((moment for moment in moments if moment and moment > now), default=None)


def refuse_frozen(desk: Desk, edition: Edition, audience: Audience, now: datetime) -> None:
    """A campaign may wait for days: what was frozen is looked at again before more of it leaves.

    An embargo is read from the issue's folder as it is today; a folder that is gone or cannot be read says nothing.

    Raises:
        Refused: it must not leave any more.
    """
    hint = "Nobody lost their place. Nothing more was sent."
    if number := next(_terms_in(desk, edition), 0):
        raise Refused(
            f"Term {number} of the never-publish list stands in what was frozen for this campaign.",
            hint=f"{hint} It cannot be finished; mend the issue, and publish it as a new one.",
        )
    if edition.visibility == "restricted" and not (audience.restricted or audience.test):
        raise Refused(
            f"This issue is restricted, and '{audience.name}' is no restricted audience any more.",
            hint=f"{hint} See restricted in newsletter.toml.",
        )
    if not audience.test and (embargo := _embargo_today(desk, edition.path, now)):
        raise Refused(
            f"{edition.path} is embargoed until {print_moment(embargo)}.", hint=f"{hint} Resume it after that."
        )


def refuse_pages(desk: Desk, pages: Mapping[str, bytes]) -> None:
    """The archive's own pages hold what templates and settings say, which no issue answers for.

    Raises:
        Refused: a term of the never-publish list stands in one.
    """
    for path, data in pages.items():
        if number := next(_found(desk, data.decode("utf-8", "replace")), 0):
            raise Refused(
                f"Nothing was published: term {number} of the never-publish list stands in {path}.",
                hint="Take it out of templates/web/ or newsletter.toml.",
            )


def _embargo_today(desk: Desk, path: str, now: datetime) -> datetime | None:
    try:
        return embargo_of(read_issue(desk.project, desk.project / path, desk.publication), now)
    except ContentError:
        return None


def _holds(finding: Finding, issue: Issue, sent: bool | None) -> bool:
    own = finding.file.startswith(f"{issue.path}/") and finding.code != _MAILING
    return finding.level is Level.STOP and (finding.code == NEVER or sent is False or own)


def _stopping(
    desk: Desk, issue: Issue, edition: Edition, now: datetime, codes: Collection[str] | None
) -> tuple[Finding, ...]:
    """What the checks that stop a sending say; only those of `codes`, if they are given."""
    if codes == {NEVER} and not desk.never_publish:
        return ()
    from newsletter import checks  # loaded when they are asked: most issues of an archive were sent
    from newsletter.checks.registry import OF_THE_MAILING, STOPPING

    subject = checks.Subject(
        issue=issue, edition=edition, publication=desk.publication, now=now, never_publish=desk.never_publish
    )
    return checks.run(subject, STOPPING - OF_THE_MAILING if codes is None else codes)


def _terms_in(desk: Desk, edition: Edition) -> Iterator[int]:
    """Numbers of the terms that stand in an edition: its words, its addresses, the names of its files."""
    for text in (edition.path, edition.title, edition.subject, edition.preheader, *(a.path for a in edition.assets)):
        yield from _found(desk, text)
    for rendition in edition.renditions.values():
        if rendition.media_type.startswith("text/"):
            yield from _found(desk, rendition.text)


def _found(desk: Desk, text: str) -> Iterator[int]:
    """Numbers of the terms that stand in a text, or between the tags of a page."""
    if not desk.never_publish:
        return
    from newsletter.checks.rendered import parse, words_of
    from newsletter.checks.terms import found_in

    yield from found_in(text, desk.never_publish)
    if "<" in text and (tree := parse(text)) is not None:
        yield from found_in(words_of(tree), desk.never_publish)


def _masked(desk: Desk, path: str) -> str:
    from newsletter.checks.terms import mask

    return mask(path, desk.never_publish)
