"""newsletter send: plan, ask, freeze, send, and the sum that adds up."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import progress
from newsletter.cli.send_deliver import How, deliver_and_answer
from newsletter.cli.send_plan import domain_faults

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.app import App
    from newsletter.models.delivery import Campaign
    from newsletter.pipeline.sending import Plan


@click.command("send")
@click.argument("issue", metavar="ISSUE", required=False)
@click.option("--dry-run", is_flag=True, help="Show what would happen; send nothing.")
@click.option("--test", is_flag=True, help="Send to test audiences only.")
@click.option("--confirm", type=click.IntRange(0), metavar="N", help="The number of recipients, instead of typing it.")
@click.option("--at", metavar="WHEN", help='Later, by itself: "26 November 2026 10am", "tomorrow 9.30am". UK time.')
@click.option("--due", is_flag=True, help="Without ISSUE: start whatever is scheduled and due. For cron or a timer.")
@click.option("--queue", is_flag=True, help="Hand it to the workers, which send it (PostgreSQL).")
@click.option("--resume", is_flag=True, help="Finish one that stopped; never sends twice.")
@click.option(
    "--uncertain", type=click.Choice(["skip", "resend"]), help="With --resume: your decision on recipients in doubt."
)
@click.option("--by", metavar="NAME", default="", help="With --uncertain or --at: who decided.")
@click.option("--to", metavar="AUDIENCE", help="One of the issue's audiences.")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@click.option(
    "--progress",
    "shown",
    type=click.Choice(["auto", "bar", "json", "none"]),
    default="auto",
    help="How far it is, on standard error: a bar on a terminal, or a line of JSON a second.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    issue: str | None,
    dry_run: bool,
    test: bool,
    confirm: int | None,
    at: str | None,
    due: bool,
    queue: bool,
    resume: bool,
    uncertain: Literal["skip", "resend"] | None,
    by: str,
    to: str | None,
    transport: str | None,
    shown: str,
    as_json: bool,
) -> int:
    """Send an issue to an audience.

    Shows what would happen and asks you to type the number of recipients. Nobody is mailed twice.
    """
    how = How(transport, shown, as_json, queue)
    _refuse_what_cannot_be(ctx, issue, due, resume, uncertain, at)
    if queue and transport:
        raise click.UsageError("--queue does not go with --transport: each worker uses its own.", ctx)
    app = open_app(ctx)
    if queue:
        app.store.queue()
    if due or issue is None:
        from newsletter.cli.send_due import send_due

        return send_due(app, how)
    moment = _moment(app, at, {"--transport": transport, "--queue": queue, "--test": test, "--uncertain": uncertain})
    if resume:
        return _resume(app, issue, to, uncertain, by, moment, at is not None and moment is None, how)
    plans = _plans(app, issue, to, test, transport, moment)
    if dry_run:
        from newsletter.cli.send_plan import show_plans

        return show_plans(app, plans, transport, as_json)
    return _send(app, plans, confirm, moment, by, how)


def _refuse_what_cannot_be(
    ctx: click.Context, issue: str | None, due: bool, resume: bool, uncertain: str | None, at: str | None
) -> None:
    if uncertain and not resume:
        raise click.UsageError("--uncertain goes with --resume.", ctx)
    if due and (issue or resume or at):
        raise click.UsageError("--due takes no issue: it starts whatever is scheduled and due.", ctx)
    if not due and issue is None:
        raise click.UsageError("Missing argument 'ISSUE'.", ctx)


def _moment(app: App, at: str | None, others: dict[str, object]) -> datetime | None:
    """When it is to start; None: now."""
    if at is None or at.strip().casefold() == "now":
        return None
    from newsletter.cli.send_schedule import refuse_what_does_not_go_with_at
    from newsletter.pipeline.schedule_times import read_when

    refuse_what_does_not_go_with_at([name for name, value in others.items() if value])
    return read_when(at, app.now())


def _plans(
    app: App, issue: str, to: str | None, test: bool, transport: str | None, moment: datetime | None
) -> list[Plan]:
    """What sending it would do, at the moment that is meant."""
    from newsletter.pipeline import sending

    read = app.read(app.folder(issue))
    app.open_transport(transport)  # a wrong address is told before anything else happens
    audiences = sending.choose_audiences(app.publication, read, to, test)
    now, faults = moment or app.now(), None if test else domain_faults(app, transport)
    return [
        sending.plan(app.desk, app.store, read, audience, test=test, now=now, domain_faults=faults)
        for audience in audiences
    ]


def _send(app: App, plans: list[Plan], confirm: int | None, moment: datetime | None, by: str, how: How) -> int:
    from newsletter.pipeline import sending

    for plan in plans:
        sending.refuse(plan)
    if not plans[0].audience.test:
        _confirm(app, plans[0], confirm, moment, how)
    if moment is not None:
        from newsletter.cli.send_schedule import schedule

        return schedule(app, app.freeze(plans[0]), moment, by, how.as_json)
    with progress(how.as_json) as show:
        app.build([plans[0].issue.folder], show, pdf=False)
    return deliver_and_answer(app, [app.freeze(plan) for plan in plans], how)


def _confirm(app: App, plan: Plan, confirm: int | None, moment: datetime | None, how: How) -> None:
    from newsletter.cli.send_plan import show_plan
    from newsletter.errors import Refused
    from newsletter.models.dates import print_moment
    from newsletter.pipeline import sending

    if confirm is None:
        if how.as_json or not sys.stdin.isatty():
            raise Refused(
                "Nothing was sent: nobody could be asked to type the number of recipients.",
                hint="See what would happen with --dry-run, then add --confirm N."
                f" '{plan.audience.name}' has {plan.recipients} recipients now.",
            )
        show_plan(app, plan, how.transport)
        what = f"To send it {print_moment(moment)} (UK time)" if moment else "To send"
        confirm = click.prompt(f"{what}, type the number of recipients", type=int)
    sending.confirm_number(plan, confirm)


def _resume(
    app: App,
    name: str,
    to: str | None,
    uncertain: Literal["skip", "resend"] | None,
    by: str,
    moment: datetime | None,
    now_meant: bool,
    how: How,
) -> int:
    from newsletter.cli.send_schedule import before_resuming, schedule
    from newsletter.pipeline import campaigns

    folder = app.folder(name)
    campaign = campaigns.to_resume(app.store.ledger, folder.relative_to(app.project).as_posix(), to)
    app.open_transport(how.transport)
    if moment is not None:
        return schedule(app, campaign, moment, by, how.as_json)
    if before_resuming(app, campaign, now_meant) == "wait" and campaign.scheduled_for:
        return schedule(app, campaign, campaign.scheduled_for, by, how.as_json)
    if uncertain:
        app.decide(campaign, uncertain, by)
    return deliver_and_answer(app, [_ready(app, campaign, how)], how)


def _ready(app: App, campaign: Campaign, how: How) -> Campaign:
    """The web copy of a campaign that waited is written before its first message."""
    from newsletter.pipeline import schedule

    if campaign.scheduled_for is not None and campaign.state != "finished" and not schedule.begun(campaign):
        with progress(how.as_json) as show:
            app.build([app.project / campaign.issue_path], show, pdf=False)
    return campaign
