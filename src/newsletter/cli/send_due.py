"""newsletter send --due: starts what is scheduled and whose time has come. For cron or a systemd timer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.output import answer_json, say
from newsletter.cli.send_deliver import How, deliver
from newsletter.cli.send_plan import domain_faults

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.delivery import Campaign

REFUSED = 1


def send_due(app: App, how: How) -> int:
    """Everything that is due, one after another. Says nothing, off a terminal, when nothing is: cron mails output."""
    due = app.store.schedules.due(app.now()) if app.has_database else ()
    if due:
        app.open_transport(how.transport)  # a wrong address is told before anything else happens
    code, answers = 0, []
    for campaign in due:
        came, answer = _start(app, campaign, how)
        code = max(code, came)
        answers += answer
    if how.as_json:
        answer_json({"campaigns": answers})
    elif not due and sys.stdout.isatty():
        say("Nothing is due.")
    return code


def _start(app: App, campaign: Campaign, how: How) -> tuple[int, list[dict[str, object]]]:
    """Looked at again, then sent; or paused, with why."""
    trouble = why_not(app, campaign, how.transport, ask=not how.as_json and sys.stdin.isatty())
    if trouble:
        app.store.schedules.pause(campaign.id, reason=trouble, by="newsletter send --due", now=app.now())
        if not how.as_json:
            say(f"{campaign.issue_path} to {campaign.audience} was not sent, and is paused now: {trouble}", fg="red")
        answer = {"campaign": campaign.id, "issue": campaign.issue_path, "audience": campaign.audience}
        return REFUSED, [{**answer, "state": "paused", "trouble": trouble}]
    if not how.as_json:
        say(f"{campaign.issue_path} to {campaign.audience}:", bold=True)
    app.build([app.project / campaign.issue_path], lambda what, done, total: None, pdf=False)
    code, answers = deliver(app, [campaign], how)
    return code, [{"issue": campaign.issue_path, **answer} for answer in answers]


def why_not(app: App, campaign: Campaign, transport: str | None, *, ask: bool) -> str:
    """Why a scheduled campaign is not started now, with what to do; "" if it is. `ask`: somebody is there."""
    from newsletter.pipeline import schedule

    late = schedule.late_words(campaign, app.now())
    if late and not (ask and click.confirm(f"{campaign.issue_path} to {campaign.audience}: {late} Send it now?")):
        return f"{late} If it is still to go out: {schedule.resume_command(campaign)}"
    faults = domain_faults(app, transport)
    reasons = schedule.recheck(app.desk, app.store, campaign, app.now(), domain_faults=faults)
    return " ".join(str(reason) for reason in reasons)
