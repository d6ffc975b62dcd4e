"""Plans a campaign and sends it: everything that may refuse is asked before the first message leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from newsletter.checks.answers import DomainFault
from newsletter.errors import Refused, UsageError
from newsletter.models.approval import Approval
from newsletter.models.dates import LONDON, long_date, print_moment
from newsletter.models.delivery import Campaign, CampaignState
from newsletter.models.edition import Edition
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Issue
from newsletter.models.lists import ListCount
from newsletter.models.publication import Audience, Publication
from newsletter.pipeline import editorial
from newsletter.pipeline.approving import facts_for
from newsletter.pipeline.campaigns import OVER, repeat_of
from newsletter.pipeline.editorial import Checked, Desk
from newsletter.pipeline.standing import Kept, Standing, accepted_by, missing, stale_words, standings

_APPROVAL = "NL002"  # told by a reason of its own, with what became of each approval


@dataclass(frozen=True)
class Reason:
    """Why nothing is sent, and what to do."""

    why: str
    what_to_do: str

    def __str__(self) -> str:
        return f"{self.why} {self.what_to_do}"


@dataclass(frozen=True)
class Plan:
    """What a send would do, and every reason why it may not."""

    issue: Issue
    edition: Edition
    audience: Audience
    recipients: int  # people a campaign would go to now
    excluded: int  # on the list, but never mailed, or get the issue through another audience
    sample: tuple[str, ...]  # a few masked addresses
    findings: tuple[Finding, ...]
    standings: tuple[Standing, ...]  # every approval of the issue, with what it is worth
    reasons: tuple[Reason, ...]

    @property
    def refused(self) -> bool:
        """Whether it would send nothing."""
        return bool(self.reasons)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """Those that count for this edition."""
        return tuple(standing.approval for standing in self.standings if standing.counts)

    @property
    def accepted(self) -> dict[str, str]:
        """Code of a check that found something to fix -> who lets that stand, and why."""
        by_code = accepted_by(self.approvals)
        found = dict.fromkeys(finding.code for finding in self.findings if finding.level is Level.FIX)
        return {code: by_code[code] for code in found if code in by_code}

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What nobody has accepted."""
        return _not_accepted(self.findings, self.accepted)


def choose_audiences(publication: Publication, issue: Issue, to: str | None, test: bool) -> list[Audience]:
    """The audiences a user means: with --test the test ones, else the one named or the only one the issue names.

    Raises:
        UsageError: the name is not known or is not one of the issue's.
        Refused: the issue names none, or several and none was chosen.
    """
    if test:
        tests = [audience for audience in publication.audiences.values() if audience.test]
        if to is not None:
            tests = [audience for audience in tests if audience.name == to]
        if not tests:
            raise Refused(
                f"'{to}' is not a test audience." if to else "There is no test audience in newsletter.toml.",
                hint="A test audience has the line test = true. Nothing was sent.",
            )
        return tests
    if to is not None:
        if to not in publication.audiences:
            raise UsageError(f"There is no audience '{to}'.", hint=f"Known: {', '.join(publication.audiences)}.")
        return [publication.audiences[to]]
    named = issue.front.audiences
    if not named:
        raise Refused(
            f"{issue.path}/issue.md names no audience, so nobody would get it.",
            hint=f"Add a line such as audiences: [{next(iter(publication.audiences), 'practitioners')}].",
        )
    if len(named) > 1:
        raise Refused(
            f"{issue.path} names {len(named)} audiences: {', '.join(named)}.", hint="Say which one with --to AUDIENCE."
        )
    return [publication.audiences[named[0]]]


class Subscribers(Protocol):
    """What planning asks of the list."""

    def count(self, audience: str) -> int: ...
    def show(self, audiences: Iterable[str] = ()) -> ListCount: ...
    def sample(self, audience: str, size: int) -> tuple[str, ...]: ...


class Campaigns(Protocol):
    """What planning asks of the ledger."""

    def sent_before(self, issue_path: str, audience: str) -> tuple[Campaign, ...]: ...
    def existing(self, edition_hash: str, audience: str, repeat: str = "") -> Campaign | None: ...
    def previous_size(self, series: str, audience: str, *, besides: str = "") -> int | None: ...
    def got_elsewhere(self, issue_path: str, audience: str) -> int: ...
    def campaigns(self, issue_path: str | None = None) -> tuple[Campaign, ...]: ...


class Store(Protocol):
    """The database, as planning sees it."""

    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def ledger(self) -> Campaigns: ...
    @property
    def approvals(self) -> Kept: ...


def plan(
    desk: Desk,
    store: Store,
    issue: Issue,
    audience: Audience,
    *,
    test: bool,
    now: datetime,
    opened: Campaign | None = None,
    domain_faults: tuple[DomainFault, ...] | None = None,
) -> Plan:
    """What sending this issue to this audience at `now` would do, as a test or in earnest. Reads only.

    `opened`: the campaign that is meant, if it was frozen already. `domain_faults`: what is wrong with the sender's
    domain; None if nobody looked."""
    edition = desk.renderer.render(issue)
    row = next(row for row in store.subscribers.show([audience.name]).audiences if row.audience == audience.name)
    known = facts_for(store, edition.series, audience, test=test)
    found = standings(desk, store.approvals, issue, edition)
    lacking = missing(desk.publication.approval, [standing.approval for standing in found if standing.counts])
    known |= {"approvals_lacking": () if audience.test else lacking, "domain_faults": domain_faults}
    checked = editorial.check(desk, issue, now, edition, **known)
    elsewhere = 0 if audience.test else store.ledger.got_elsewhere(edition.path, audience.name)
    reasons = [
        *_content_reasons(checked, audience, found),
        *_audience_reasons(store.ledger, edition, audience, row.subscribed, opened),
    ]
    if not audience.test:
        reasons += _day_reasons(issue, now)
        reasons += _approval_reasons(lacking, found, issue)
    return Plan(
        issue=issue,
        edition=edition,
        audience=audience,
        recipients=row.subscribed - row.suppressed - elsewhere,
        excluded=row.suppressed + elsewhere,
        sample=store.subscribers.sample(audience.name, 5),
        findings=checked.findings,
        standings=found,
        reasons=tuple(reasons),
    )


def _content_reasons(checked: Checked, audience: Audience, found: Sequence[Standing]) -> list[Reason]:
    """A test may go out with things still to mend, never with what must not leave at all."""
    accepted = accepted_by(standing.approval for standing in found if standing.counts)
    findings = _not_accepted(checked.findings, accepted)
    blocking = [f for f in findings if (f.level is Level.STOP if audience.test else f.blocks) and f.code != _APPROVAL]
    blocking.sort(key=lambda finding: finding.level is not Level.STOP)
    if not blocking:
        return []
    first, codes = blocking[0], {finding.code for finding in blocking}
    where = f"{first.file}:{first.line}" if first.line else first.file
    others = ", ".join(dict.fromkeys(finding.code for finding in blocking[1:]))
    more = f", and {len(blocking) - 1} more ({others})" if others else ""
    why = f"The checks found what must be mended first: {where}: {first.code} {first.message.rstrip('.')}{more}."
    lapsed = stale_words([standing for standing in found if codes & standing.approval.accepted.keys()])
    return [Reason(
        " ".join(filter(None, (why, lapsed))),
        f"See all with: newsletter check {checked.issue.path}",
    )]  # fmt: skip


def _not_accepted(findings: Sequence[Finding], accepted: Collection[str]) -> tuple[Finding, ...]:
    """Only what has to be fixed can be accepted: what stops a sending never, and advice needs nobody."""
    return tuple(found for found in findings if found.level is not Level.FIX or found.code not in accepted)


def _day_reasons(issue: Issue, now: datetime) -> list[Reason]:
    today = now.astimezone(LONDON).date()
    reasons = []
    if issue.front.draft:
        reasons.append(
            Reason(
                "This issue is a draft.", f"When it is ready, take the line draft: true out of {issue.path}/issue.md."
            )
        )
    if issue.front.date > today:
        day = long_date(issue.front.date)
        reasons.append(
            Reason(f"Its day of publication is {day}.", "Send it on that day, or change the date in issue.md.")
        )
    return reasons


def _audience_reasons(
    ledger: Campaigns, edition: Edition, audience: Audience, subscribed: int, opened: Campaign | None
) -> list[Reason]:
    if not subscribed and opened is None:
        return [
            Reason(
                f"Nobody is subscribed to '{audience.name}'.",
                "Import its list first: newsletter subscribers import FILE.csv",
            )
        ]
    if audience.test:
        return []
    for campaign in ledger.sent_before(edition.path, audience.name):
        if campaign.state in OVER or campaign.edition_hash != edition.hash:
            when = long_date(campaign.created_at.astimezone(LONDON).date())
            note = "" if campaign.edition_hash == edition.hash else " (an edition that differs from today's)"
            return [Reason(
                f"This issue went to '{audience.name}' already, on {when}{note}: {campaign.tally}.",
                "Nobody is mailed twice. To put something right, publish a new issue that corrects it.",
            )]  # fmt: skip
    for campaign in ledger.campaigns(edition.path):
        if campaign.audience == audience.name and campaign.edition_hash != edition.hash and campaign.state not in OVER:
            return [Reason(
                f"An earlier edition of this issue still waits to go to '{audience.name}': it is {campaign.state}.",
                f"To send today's instead, stop that one: newsletter cancel {edition.path} --to {audience.name}",
            )]  # fmt: skip
    known = ledger.existing(edition.hash, audience.name, repeat_of(ledger, edition.hash, audience.name))
    if known is None or known.state is CampaignState.DRAFT or (opened is not None and known.id == opened.id):
        return []
    command = f"newsletter send {edition.path} --to {audience.name} --resume"
    if known.state is CampaignState.SCHEDULED and known.scheduled_for is not None:
        return [Reason(
            f"Sending this issue to '{audience.name}' is scheduled for {print_moment(known.scheduled_for)}.",
            f'Move it with: {command} --at "…". Stop it with: newsletter cancel {edition.path} --to {audience.name}',
        )]  # fmt: skip
    return [Reason(
        f"Sending this issue to '{audience.name}' was started and is {known.state}: {known.tally}.",
        f"Finish it with: {command}",
    )]  # fmt: skip


def _approval_reasons(lacking: Sequence[str], found: Sequence[Standing], issue: Issue) -> list[Reason]:
    if not lacking:
        return []
    return [Reason(
        " ".join(filter(None, (f"This edition has {' and '.join(lacking)} ({_APPROVAL}).", stale_words(found)))),
        f'Record an approval with: newsletter approve {issue.path} --name "…" --role "…"',
    )]  # fmt: skip


def refuse(plan: Plan) -> None:
    """Raises Refused if the plan has a reason, with all of them."""
    if plan.reasons:
        lines = [f"Nothing was sent: {plan.reasons[0].why}", *(reason.why for reason in plan.reasons[1:])]
        raise Refused("\n".join(lines), hint="\n".join(dict.fromkeys(reason.what_to_do for reason in plan.reasons)))


def confirm_number(plan: Plan, number: int | None) -> None:
    """Raises Refused unless the number is the audience's."""
    if number != plan.recipients:
        given = "No number was given" if number is None else f"The number {number:,} was given"
        raise Refused(
            f"Nothing was sent: {given}, and '{plan.audience.name}' has {plan.recipients:,} recipients.",
            hint="Check that this is the right audience, then give its number.",
        )
