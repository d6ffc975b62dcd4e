"""newsletter cancel: ends a campaign for good. Whoever has not got it will not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.delivery import Campaign


@click.command("cancel")
@click.argument("issue", metavar="ISSUE")
@click.option("--to", metavar="AUDIENCE", help="Which campaign, if the issue goes to several audiences.")
@click.option("--by", metavar="NAME", default="", help="Who decided.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_context
def command(ctx: click.Context, issue: str, to: str | None, by: str, yes: bool, as_json: bool) -> None:
    """End a campaign for good: whoever has not got it yet will not. It cannot be taken back.

    If nobody got it, the issue can be sent anew. If somebody did, that issue is done with: publish another.
    """
    app = open_app(ctx)
    from newsletter.pipeline import campaigns

    path = app.folder(issue).relative_to(app.project).as_posix()
    campaign = campaigns.to_stop(app.store.ledger, path, to, campaigns.CANCELLABLE)
    if not yes:
        _ask(campaign, as_json)
    _settle_what_a_crash_left(app, campaign)
    cancelled = app.store.schedules.cancel(campaign.id, by=by, now=app.now())
    if as_json:
        answer_json(cancelled.model_dump(mode="json"))
        return
    say(f"Cancelled for good: {path} to {cancelled.audience}.", bold=True)
    say(str(cancelled.tally))


def _ask(campaign: Campaign, as_json: bool) -> None:
    from newsletter.errors import Refused

    tally = campaign.tally
    waiting = tally.pending + tally.failed
    if as_json or not sys.stdin.isatty():
        raise Refused("Nothing was cancelled: nobody could be asked.", hint="Add --yes if it is to end for good.")
    say(f"{campaign.issue_path} to {campaign.audience} is {campaign.state}: {tally}")
    say(f"{count(waiting, 'recipient')} still waiting will not get it. This cannot be taken back.", fg="yellow")
    click.confirm("Cancel it for good?", abort=True)


def _settle_what_a_crash_left(app: App, campaign: Campaign) -> None:
    """If nobody is sending, what looks as if it were being handed over is in doubt, and is counted so."""
    from newsletter.errors import Refused

    ledger = app.store.ledger
    try:
        with ledger.sending() as alone:
            ledger.recover(campaign.id, now=app.now(), alone=alone, harmless=False)
    except Refused:
        return  # somebody is sending: what is in flight is settled by them
