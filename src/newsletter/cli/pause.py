"""newsletter pause: stops a campaign that is being sent, or keeps one that is scheduled from starting."""

from __future__ import annotations

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, say


@click.command("pause")
@click.argument("issue", metavar="ISSUE")
@click.option("--to", metavar="AUDIENCE", help="Which campaign, if the issue goes to several audiences.")
@click.option("--by", metavar="NAME", default="", help="Who decided.")
@json_option
@click.pass_context
def command(ctx: click.Context, issue: str, to: str | None, by: str, as_json: bool) -> None:
    """Stop a campaign for now, from any terminal: one that is being sent, or one that waits for its time.

    What is being handed over is settled; nobody loses their place. Go on with: newsletter send ISSUE --resume
    """
    app = open_app(ctx)
    from newsletter.pipeline import campaigns
    from newsletter.pipeline.schedule import resume_command

    path = app.folder(issue).relative_to(app.project).as_posix()
    campaign = campaigns.to_stop(app.store.ledger, path, to, campaigns.PAUSABLE)
    reason = f"by {by}" if by else "by a person"
    paused = app.store.schedules.pause(campaign.id, reason=reason, by=by, now=app.now())
    if as_json:
        answer_json(paused.model_dump(mode="json"))
        return
    running = " A sender stops within a few seconds." if campaign.state == "running" else ""
    say(f"Paused: {path} to {paused.audience}.{running}", bold=True)
    say(str(paused.tally))
    say(f"Go on with: {resume_command(paused)}")
