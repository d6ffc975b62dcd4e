"""Campaigns that waited for their time: looked at again before the first message, as if they were sent just now.

What is sent is what was frozen. If the folder says something else by then, somebody changed it after it was approved:
nothing is sent before a person has said which of the two is meant.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from newsletter.checks.answers import DomainFault
from newsletter.content.folder import read_issue
from newsletter.errors import ContentError, TemplateError
from newsletter.models.dates import print_moment
from newsletter.models.delivery import Campaign
from newsletter.models.edition import Edition
from newsletter.models.issue import Issue
from newsletter.pipeline import authors, sending
from newsletter.pipeline.editorial import Desk
from newsletter.pipeline.sending import Reason, Store
from newsletter.pipeline.standing import missing

LATE = timedelta(hours=2)  # found later than this, a person decides whether it still makes sense to send


def late_words(campaign: Campaign, now: datetime) -> str:
    """ "It was due Thursday 26 November 2026, 10am, 5 hours ago."; "" if it is not late."""
    if campaign.scheduled_for is None or now - campaign.scheduled_for <= LATE:
        return ""
    hours = int((now - campaign.scheduled_for) / timedelta(hours=1))
    ago = f"{hours} hours" if hours < 48 else f"{hours // 24} days"
    return f"It was due {print_moment(campaign.scheduled_for)}, {ago} ago."


def begun(campaign: Campaign) -> bool:
    """Whether anybody was offered a message."""
    tally = campaign.tally
    return tally.accepted + tally.refused + tally.failed + tally.uncertain > 0


def resume_command(campaign: Campaign, *more: str) -> str:
    """What to type to go on with it."""
    return " ".join(("newsletter send", campaign.issue_path, "--to", campaign.audience, "--resume", *more))


def recheck(
    desk: Desk,
    store: Store,
    campaign: Campaign,
    now: datetime,
    *,
    by_hand: bool = False,
    domain_faults: tuple[DomainFault, ...] | None = None,
) -> list[Reason]:
    """Why what was frozen may not leave now, by the checks, approvals and holds of this moment; nothing if it may.

    `by_hand`: a person asks for it by its command, which settles that what was frozen is meant, whatever the folder
    says now. Approvals must still hold, and what holds back a frozen edition is asked again when it is sent.
    """
    audience = desk.publication.audiences.get(campaign.audience)
    if audience is None:
        gone = f"The audience '{campaign.audience}' is no longer in newsletter.toml."
        return [Reason(gone, "Put its table back, or cancel the campaign.")]
    issue, edition, problem = _today(desk, campaign)
    if issue is None or edition is None:
        return [] if by_hand else [Reason(problem, f"Mend it, then: {resume_command(campaign)}")]
    if edition.hash == campaign.edition_hash:
        plan = sending.plan(
            desk, store, issue, audience, test=campaign.test, now=now, opened=campaign, domain_faults=domain_faults
        )
        return list(plan.reasons)
    return _approvals(desk, store, issue, campaign) if by_hand else [_changed(campaign)]


def _today(desk: Desk, campaign: Campaign) -> tuple[Issue | None, Edition | None, str]:
    """The issue as it stands in its folder now, rendered; or why it cannot be read."""
    try:
        issue = read_issue(desk.project, desk.project / campaign.issue_path, desk.publication)
        return issue, desk.renderer.render(issue), ""
    except (ContentError, TemplateError) as error:
        return None, None, f"The issue cannot be read today: {error.problems[0]}"


def _changed(campaign: Campaign) -> Reason:
    path, audience = campaign.issue_path, campaign.audience
    return Reason(
        f"What stands in {path} is no longer what was scheduled on {print_moment(campaign.created_at)}.",
        f"To send what was scheduled: {resume_command(campaign)}. To send what stands there now:"
        f" newsletter cancel {path} --to {audience}, then approve and schedule it anew.",
    )


def _approvals(desk: Desk, store: Store, issue: Issue, campaign: Campaign) -> list[Reason]:
    """Whether what was frozen is still approved, although the folder has gone on since."""
    settings = desk.publication.approval
    holding = [approval for approval in store.approvals.list_for(campaign.edition_hash) if approval.holds]
    counting = [one for one in holding if not (settings.not_author and authors.wrote(issue, one.name))]
    lacking = missing(settings, counting)
    if not lacking:
        return []
    what_to_do = f"Cancel it with newsletter cancel {campaign.issue_path}, then approve and send it anew."
    return [Reason(f"What was scheduled has {' and '.join(lacking)} now.", what_to_do)]
