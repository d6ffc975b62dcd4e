"""newsletter status: what every campaign did, and who is uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.delivery import Campaign


@click.command("status")
@click.argument("issue", required=False, metavar="[ISSUE]")
@json_option
@click.pass_context
def command(ctx: click.Context, issue: str | None, as_json: bool) -> int:
    """What every campaign did: the counts that must add up, and who is uncertain.

    Exit code 3 when a campaign is not finished, or somebody was refused or is uncertain.
    """
    app = open_app(ctx)
    path = app.folder(issue).relative_to(app.project).as_posix() if issue else None
    campaigns = app.store.ledger.campaigns(path) if app.has_database else ()
    if as_json:
        answer_json({"campaigns": [_document(app, campaign) for campaign in campaigns]})
    elif not campaigns:
        say("Nothing was sent yet." if path is None else f"{path} was not sent yet.")
    else:
        for campaign in reversed(campaigns):
            _print(app, campaign)
    return 0 if all(campaign.tally.complete for campaign in campaigns) else 3


def _document(app: App, campaign: Campaign) -> dict[str, object]:
    return {
        **campaign.model_dump(mode="json"),
        "adds_up": campaign.tally.adds_up,
        "uncertain": [doubt.model_dump(mode="json") for doubt in app.store.ledger.uncertain(campaign.id)],
    }


def _print(app: App, campaign: Campaign) -> None:
    from newsletter.models.dates import print_moment

    say(
        f"{campaign.issue_path} to {campaign.audience}{' (test)' if campaign.test else ''}: {campaign.state}", bold=True
    )
    say(f"  {campaign.title}, started {print_moment(campaign.created_at)}")
    say(f"  through {campaign.transport or 'nothing yet'}")
    say(f"  {campaign.tally}", fg="green" if campaign.tally.complete else "yellow")
    if not campaign.tally.adds_up:
        say("  This does not add up. Keep the database as it is and ask for help.", fg="red")
    if campaign.reason and campaign.state == "paused":
        say(f"  {campaign.reason}")
    doubts = app.store.ledger.uncertain(campaign.id)
    command = f"newsletter send {campaign.issue_path} --to {campaign.audience} --resume"
    for doubt in doubts:
        say(f"  uncertain: {doubt.address or 'erased'}: {doubt.reason}")
    if doubts:
        say(f"  Decide with: {command} --uncertain skip (or resend)")
    elif campaign.tally.pending or campaign.tally.failed:
        say(f"  Finish it with: {command}")
    say()
