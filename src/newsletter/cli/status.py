"""newsletter status: who approved an issue, what every campaign did, and who is uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.app import App
    from newsletter.models.delivery import Campaign
    from newsletter.pipeline.standing import Standing


@click.command("status")
@click.argument("issue", required=False, metavar="[ISSUE]")
@json_option
@click.pass_context
def command(ctx: click.Context, issue: str | None, as_json: bool) -> int:
    """What every campaign did: the counts that must add up, and who is uncertain.

    With a name: also who approved the issue, whether that still holds, and which file changed if it does not.
    Exit code 3 when a campaign is not finished, or somebody was refused or is uncertain.
    """
    app = open_app(ctx)
    folder = app.folder(issue) if issue else None
    path = folder.relative_to(app.project).as_posix() if folder else None
    campaigns = app.store.ledger.campaigns(path) if app.has_database else ()
    standings = _standings(app, folder) if folder and app.has_database else ()
    if as_json:
        answer = {"campaigns": [_document(app, campaign) for campaign in campaigns]}
        answer_json(answer | ({"approvals": [_approval(one) for one in standings or ()]} if folder else {}))
    else:
        _print_approvals(app, standings)
        if not campaigns:
            say("Nothing was sent yet." if path is None else f"{path} was not sent yet.")
        for campaign in reversed(campaigns):
            _print(app, campaign)
    return 0 if all(campaign.tally.complete for campaign in campaigns) else 3


def _standings(app: App, folder: Path) -> tuple[Standing, ...] | None:
    """Every approval, with what it is worth; None if the issue cannot be read just now."""
    from newsletter.errors import ContentError, TemplateError
    from newsletter.pipeline import standing

    try:
        read = app.read(folder)
        return standing.standings(app.desk, app.store.approvals, read, app.render(read))
    except (ContentError, TemplateError):
        return None


def _print_approvals(app: App, standings: tuple[Standing, ...] | None) -> None:
    from newsletter.models.dates import print_moment

    if standings is None:
        say("The issue cannot be read, so it is not known which approvals hold. See: newsletter check", fg="yellow")
        say()
        return
    for one in standings:
        who = f"{one.approval.name} ({one.approval.role}), {print_moment(one.approval.at)}"
        say(f"{_state(one)}: {who}", fg="green" if one.counts else "yellow" if one.approval.holds else None)
        for code, reason in sorted(one.approval.accepted.items()):
            say(f"  accepts {code}: {reason}")
        if one.approval.holds and one.stale:
            say(f"  since then: {one.why_stale}")
        elif one.by_author and one.approval.holds:
            say("  does not count: they wrote for this issue, and newsletter.toml says not_author = true")
    if standings:
        say()


def _state(one: Standing) -> str:
    return "withdrawn" if not one.approval.holds else "stale" if one.stale else "approved"


def _approval(one: Standing) -> dict[str, object]:
    approval = one.approval.model_dump(mode="json", include={"name", "role", "at", "accepted", "withdrawn_at"})
    state = {"hash": one.approval.edition_hash, "state": _state(one), "counts": one.counts}
    return approval | state | {"changed": list(one.changed)}


def _document(app: App, campaign: Campaign) -> dict[str, object]:
    return {
        **campaign.model_dump(mode="json"),
        "adds_up": campaign.tally.adds_up,
        "uncertain": [doubt.model_dump(mode="json") for doubt in app.store.ledger.uncertain(campaign.id)],
    }


def _print(app: App, campaign: Campaign) -> None:
    from newsletter.models.dates import print_moment
    from newsletter.pipeline.schedule import begun, late_words, resume_command

    say(
        f"{campaign.issue_path} to {campaign.audience}{' (test)' if campaign.test else ''}: {campaign.state}", bold=True
    )
    say(f"  {campaign.title}, started {print_moment(campaign.created_at)}")
    if campaign.scheduled_for and not begun(campaign) and campaign.state in ("scheduled", "paused"):
        overdue = f". {late}" if (late := late_words(campaign, app.now())) else ""
        say(f"  to be sent {print_moment(campaign.scheduled_for)} (UK time){overdue}", fg="yellow" if overdue else None)
    say(f"  through {campaign.transport or 'nothing yet'}")
    say(f"  {campaign.tally}", fg="green" if campaign.tally.complete else "yellow")
    if not campaign.tally.adds_up:
        say("  This does not add up. Keep the database as it is and ask for help.", fg="red")
    if campaign.reason and campaign.state in ("paused", "cancelled"):
        say(f"  {campaign.reason}")
    doubts = app.store.ledger.uncertain(campaign.id)
    for doubt in doubts:
        say(f"  uncertain: {doubt.address or 'erased'}: {doubt.reason}")
    if doubts:
        say(f"  Decide with: {resume_command(campaign, '--uncertain skip (or resend)')}")
    elif campaign.state == "scheduled":
        say(f"  Move it with: {resume_command(campaign)} --at WHEN")
    elif campaign.tally.pending or campaign.tally.failed:
        say(f"  Finish it with: {resume_command(campaign)}")
    say()
