"""newsletter send: plan, ask, freeze, send, and the sum that adds up."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, counting, progress, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.delivery import Campaign
    from newsletter.pipeline.sending import Plan

INCOMPLETE = 3


@click.command("send")
@click.argument("issue", metavar="ISSUE")
@click.option("--dry-run", is_flag=True, help="Show what would happen; send nothing.")
@click.option("--test", is_flag=True, help="Send to test audiences only.")
@click.option("--confirm", type=click.IntRange(0), metavar="N", help="The number of recipients, instead of typing it.")
@click.option("--resume", is_flag=True, help="Finish one that stopped; never sends twice.")
@click.option(
    "--uncertain", type=click.Choice(["skip", "resend"]), help="With --resume: your decision on recipients in doubt."
)
@click.option("--by", metavar="NAME", default="", help="With --uncertain: who decided.")
@click.option("--to", metavar="AUDIENCE", help="One of the issue's audiences.")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    issue: str,
    dry_run: bool,
    test: bool,
    confirm: int | None,
    resume: bool,
    uncertain: Literal["skip", "resend"] | None,
    by: str,
    to: str | None,
    transport: str | None,
    as_json: bool,
) -> int:
    """Send an issue to an audience.

    Shows what would happen and asks you to type the number of recipients. Nobody is mailed twice.
    """
    app = open_app(ctx)
    if uncertain and not resume:
        raise click.UsageError("--uncertain goes with --resume.", ctx)
    if resume:
        return _resume(app, issue, to, transport, uncertain, by, as_json)
    from newsletter.pipeline import sending

    folder = app.folder(issue)
    read = app.read(folder)
    app.open_transport(transport)  # a wrong address is told before anything else happens
    audiences = sending.choose_audiences(app.publication, read, to, test)
    plans = [app.plan(read, audience, test=test) for audience in audiences]
    if dry_run:
        return _show_plans(app, plans, transport, as_json)
    for plan in plans:
        sending.refuse(plan)
    if not test:
        _confirm(app, plans[0], confirm, transport, as_json)
    with progress(as_json) as show:
        app.build([folder], show, pdf=False)
    campaigns = [app.freeze(plan) for plan in plans]
    return _deliver(app, campaigns, transport, as_json)


def _confirm(app: App, plan: Plan, confirm: int | None, transport: str | None, as_json: bool) -> None:
    from newsletter.errors import Refused
    from newsletter.pipeline import sending

    if confirm is None:
        if as_json or not sys.stdin.isatty():
            raise Refused(
                "Nothing was sent: nobody could be asked to type the number of recipients.",
                hint="See what would happen with --dry-run, then add --confirm N."
                f" '{plan.audience.name}' has {plan.recipients} recipients now.",
            )
        _show_plan(app, plan, transport)
        confirm = click.prompt("To send, type the number of recipients", type=int)
    sending.confirm_number(plan, confirm)


def _resume(
    app: App,
    name: str,
    to: str | None,
    transport: str | None,
    uncertain: Literal["skip", "resend"] | None,
    by: str,
    as_json: bool,
) -> int:
    from newsletter.pipeline import sending

    path = app.folder(name).relative_to(app.project).as_posix()
    campaign = sending.open_campaign(app.store.ledger, path, to)
    app.open_transport(transport)
    if uncertain:
        app.decide(campaign, uncertain, by)
    return _deliver(app, [campaign], transport, as_json)


def _deliver(app: App, campaigns: list[Campaign], transport: str | None, as_json: bool) -> int:
    from newsletter.errors import Incomplete, TransportError

    code, answers = 0, []
    for campaign in campaigns:
        trouble = ""
        with counting(f"Sending to {campaign.audience}", as_json) as show:
            try:
                tally = app.deliver(campaign, transport, show)
            except (TransportError, Incomplete) as error:
                tally, trouble = (
                    app.store.ledger.tally(campaign.id),
                    " ".join(filter(None, (error.message, error.hint))),
                )
        code = max(code, 0 if tally.complete else INCOMPLETE)
        answers.append(
            {
                "campaign": campaign.id,
                "audience": campaign.audience,
                **tally.model_dump(),
                "adds_up": tally.adds_up,
                "trouble": trouble,
            }
        )
        if not as_json:
            _print_outcome(app, campaign, trouble)
    if as_json:
        answer_json({"issue": campaigns[0].issue_path, "campaigns": answers})
    return code


def _print_outcome(app: App, campaign: Campaign, trouble: str) -> None:
    now = app.store.ledger.campaign(campaign.id)
    tally = now.tally
    if trouble:
        say(f"The campaign is paused: {trouble}", fg="yellow")
    elif now.reason and tally.pending:
        say(f"The campaign is {now.state}: {now.reason}", fg="yellow")
    say(str(tally), bold=True, fg="green" if tally.complete else "yellow")
    command = f"newsletter send {campaign.issue_path} --to {campaign.audience} --resume"
    if tally.pending or tally.failed:
        say(f"Finish it with: {command}")
    if tally.uncertain:
        say(f"{count(tally.uncertain, 'recipient')} may or may not have got it. To see who:")
        say(f"  newsletter status {campaign.issue_path}")
        say(f"Decide with: {command} --uncertain skip (or resend)")


def _show_plans(app: App, plans: list[Plan], transport: str | None, as_json: bool) -> int:
    if as_json:
        documents = [_document(app, plan, transport) for plan in plans]
        answer_json({**documents[0], "plans": documents} if len(documents) > 1 else documents[0])
    else:
        for plan in plans:
            _show_plan(app, plan, transport)
        say("This was a dry run: nothing was sent.")
    return int(any(plan.refused for plan in plans))


def _document(app: App, plan: Plan, transport: str | None) -> dict[str, object]:
    return {
        "issue": plan.issue.path,
        "hash": plan.edition.hash,
        "subject": plan.edition.subject,
        "audience": plan.audience.name,
        "recipients": plan.recipients,
        "excluded": plan.excluded,
        "sample": list(plan.sample),
        "transport": app.open_transport(transport).name,
        "approvals": [{"name": approval.name, "role": approval.role} for approval in plan.approvals],
        "accepted": plan.accepted,
        "refused": [str(reason) for reason in plan.reasons],
    }


def _show_plan(app: App, plan: Plan, transport: str | None) -> None:
    from newsletter.pipeline.standing import stale_words

    sender, issue = app.publication.sender, plan.issue
    rows = {
        "Issue": f"{issue.path}  {plan.edition.title}",
        "Subject": plan.edition.subject,
        "From": f"{sender.name} <{sender.email}>",
        "Replies to": sender.reply_to,
        "To": f"{plan.audience.title} ({plan.audience.name})",
        "Recipients": f"{plan.recipients:,}"
        + (
            f", and {plan.excluded:,} who are left out (never mailed, or get it through another audience)"
            if plan.excluded
            else ""
        ),
        "Such as": ", ".join(plan.sample) or "nobody",
        "Through": app.open_transport(transport).name,
        "Web copy": plan.edition.web_url or "none: this issue is restricted",
        "Approved by": ", ".join(f"{a.name} ({a.role})" for a in plan.approvals) or "nobody",
        "Checks": app.summary(plan.open_findings),
    }
    for label, text in rows.items():
        say(f"{label:<12} {text}")
    for code, by_whom in plan.accepted.items():
        say(f"{'Accepted':<12} {code} by {by_whom}")
    if stale := stale_words(plan.standings):
        say(f"{'Stale':<12} {stale}", fg="yellow")
    for reason in plan.reasons:
        say(f"It would be refused: {reason}", fg="red")
    say()
