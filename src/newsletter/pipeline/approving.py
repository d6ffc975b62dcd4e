"""Approving: what a person is shown, what they may accept, and how it is written down."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from newsletter.errors import Refused, UsageError
from newsletter.models.approval import FILE, Approval
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Issue
from newsletter.models.lists import ListCount
from newsletter.models.publication import Audience
from newsletter.models.sending_settings import ApprovalSettings
from newsletter.pipeline import authors, editorial
from newsletter.pipeline.editorial import Checked, Desk
from newsletter.pipeline.made_from import made_from
from newsletter.pipeline.standing import Kept
from newsletter.publishing.files import write_if_changed

NEVER = "NL007"  # a term of the never-publish list: nothing of such an issue is written down or passed on


class Subscribers(Protocol):
    """What is asked of the list."""

    def show(self, audiences: Iterable[str] = ()) -> ListCount: ...


class Campaigns(Protocol):
    """What is asked of the ledger."""

    def previous_size(self, series: str, audience: str, *, besides: str = "") -> int | None: ...


class Approvals(Kept, Protocol):
    """Approvals as they are written down."""

    def add(
        self,
        edition_hash: str,
        issue_path: str,
        *,
        name: str,
        role: str,
        at: datetime,
        accepted: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Approval: ...
    def withdraw(self, edition_hash: str, name: str, *, at: datetime) -> bool: ...


class Store(Protocol):
    """The database, as far as an approver is shown it."""

    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def ledger(self) -> Campaigns: ...


@dataclass(frozen=True)
class Review:
    """What somebody is asked to agree to."""

    checked: Checked  # with what the checks say of each audience it is meant for
    audiences: tuple[tuple[Audience, int], ...]  # each with the people it would go to now

    @property
    def blocking(self) -> dict[str, list[Finding]]:
        """What holds it up, by the code of its check; what nobody can accept first."""
        found: dict[str, list[Finding]] = {}
        for finding in sorted(
            self.checked.findings, key=lambda finding: (finding.level is not Level.STOP, finding.code)
        ):
            if finding.blocks:
                found.setdefault(finding.code, []).append(finding)
        return found


def facts_for(store: Store, series: str, audience: Audience, *, test: bool) -> dict[str, Any]:
    """What the checks are told of a sending to this audience."""
    count = next(row for row in store.subscribers.show([audience.name]).audiences if row.audience == audience.name)
    previous = None if audience.test else store.ledger.previous_size(series, audience.name)
    return {"audience": audience, "test": test, "audience_size": count.subscribed, "previous_size": previous}


def review(desk: Desk, store: Store, issue: Issue, now: datetime) -> Review:
    """The issue as an approver must see it: checked for every audience that it names."""
    edition = desk.renderer.render(issue)
    known = [desk.publication.audiences[name] for name in issue.front.audiences if name in desk.publication.audiences]
    told = [facts_for(store, edition.series, audience, test=False) for audience in known] or [{}]
    found = {
        finding: None for facts in told for finding in editorial.check(desk, issue, now, edition, **facts).findings
    }
    findings = sorted(found, key=lambda finding: (finding.file, finding.line, finding.code, finding.words))
    rows = {row.audience: row for row in store.subscribers.show([audience.name for audience in known]).audiences}
    sizes = tuple((one, rows[one.name].subscribed - rows[one.name].suppressed) for one in known)
    return Review(Checked(issue, edition, tuple(findings)), sizes)


def approve(
    desk: Desk, store: Approvals, seen: Review, *, name: str, role: str, accepted: Mapping[str, str], now: datetime
) -> Approval:
    """Writes down that a person agrees to this edition. `accepted`: code of a check -> why its findings may stand.

    Raises:
        UsageError: a name, a role or a code is not one. Refused: this person may not, or it cannot be accepted.
    """
    issue, edition = seen.checked.issue, seen.checked.edition
    name, role = " ".join(name.split()), " ".join(role.split())
    _refuse_terms(desk, seen, (name, role, *accepted.values()))
    _refuse_role(desk.publication.approval, role)
    if desk.publication.approval.not_author and (as_what := authors.wrote(issue, name)):
        raise Refused(
            f"{name} may not approve {issue.path}: {as_what}.",
            hint="[approval] not_author in newsletter.toml asks for somebody else.",
        )
    for code in accepted:
        _refuse_code(seen, code)
    files = made_from(desk.project, desk.renderer.templates.folders, desk.publication, issue)
    return store.add(edition.hash, edition.path, name=name, role=role, at=now, accepted=accepted, sources=files)


def read_accepted(words: Iterable[str]) -> dict[str, str]:
    """ "NL102=the page is called that" -> {"NL102": "the page is called that"}.

    Raises:
        UsageError: one gives no reason.
    """
    accepted: dict[str, str] = {}
    for word in words:
        code, _, reason = (part.strip() for part in word.partition("="))
        if not code or not reason:
            raise UsageError(
                f"--accept '{word}' gives no reason.", hint='Write it as --accept NL102="the page has no other name".'
            )
        accepted[code.upper()] = " ".join(reason.split())
    return accepted


def export(folder: Path, path: str, kept: Sequence[Approval]) -> bool:
    """Writes `approvals.json` into the issue's folder, whole or not at all; whether it changed. It is never read back.

    Raises:
        Refused: it cannot be written.
    """
    document = {"issue": path, "approvals": [_exported(approval) for approval in kept]}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return write_if_changed(folder / FILE, f"{text}\n".encode())


def _exported(approval: Approval) -> dict[str, object]:
    taken_back = {"withdrawn": _moment(approval.withdrawn_at)} if approval.withdrawn_at else {}
    return {
        "name": approval.name,
        "role": approval.role,
        "at": _moment(approval.at),
        "hash": approval.edition_hash,
        "accepted": approval.accepted,
        **taken_back,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _refuse_terms(desk: Desk, seen: Review, words: Iterable[str]) -> None:
    """Nothing is written down that holds a term of the never-publish list."""
    refuse_never_publish(seen.checked.findings, "Nothing was recorded")
    if desk.never_publish:
        from newsletter.checks.terms import found_in

        for number in (number for text in words for number in found_in(text, desk.never_publish)):
            raise Refused(
                f"Nothing was recorded: the name, the role or a reason holds term {number} of the never-publish list.",
                hint="Say it in other words.",
            )


def refuse_never_publish(findings: Iterable[Finding], what: str) -> None:
    """Raises Refused if a term of the never-publish list was found. `what`: "Nothing was sent"."""
    for finding in findings:
        if finding.code == NEVER:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            raise Refused(f"{what}: {where}: {finding.message}", hint=finding.fix)


def _refuse_role(settings: ApprovalSettings, role: str) -> None:
    """A misspelt role would count for nothing."""
    known = {one.casefold(): one for one in settings.roles}
    if role.casefold() not in known and (close := difflib.get_close_matches(role.casefold(), known, n=1, cutoff=0.8)):
        raise UsageError(
            f"'{role}' is not one of the roles in newsletter.toml.", hint=f"Did you mean '{known[close[0]]}'?"
        )


def _refuse_code(seen: Review, code: str) -> None:
    """Only what there is, and may be accepted."""
    levels = {finding.level for finding in seen.checked.findings if finding.code == code}
    if Level.STOP in levels:
        raise Refused(f"{code} stops a sending, so nobody can accept it.", hint="Mend what it finds.")
    if Level.FIX not in levels:
        to_fix = _acceptable(seen.blocking)
        raise UsageError(
            f"{code} found nothing that has to be accepted.",
            hint=f"There is: {', '.join(to_fix)}." if to_fix else "Nothing has to be.",
        )


def _acceptable(blocking: Mapping[str, Collection[Finding]]) -> list[str]:
    return [code for code, findings in blocking.items() if all(finding.level is Level.FIX for finding in findings)]
