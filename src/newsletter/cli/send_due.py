"""newsletter send --due: starts what is scheduled and whose time has come. For cron or a systemd timer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.output import answer_json, say
from newsletter.cli.send_deliver import STOPPED, How, deliver
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
    busy = bool(due) and not how.queue and _somebody_is_sending(app)
    code, answers = 0, []
    for campaign in () if busy else due:
        came, answer = _start(app, campaign, how)
        code = max(code, came)
        answers += answer
        if came == STOPPED:
            break
    if how.as_json:
        answer_json({"campaigns": answers})
    elif sys.stdout.isatty() and (busy or not due):
        say("Another command is sending just now: what is due waits until that is done." if busy else "Nothing is due.")
    return code


def _somebody_is_sending(app: App) -> bool:
    """Then what is due waits for the next time: its turn comes, and nobody needs to be told every minute."""
    from newsletter.errors import Refused

    try:
        with app.store.ledger.sending():
            return False
    except Refused:
        return True


def _start(app: App, campaign: Campaign, how: How) -> tuple[int, list[dict[str, object]]]:
    """Looked at again, then sent; or paused, with why."""
    from newsletter.errors import NewsletterError, StoreError

    trouble = why_not(app, campaign, how.transport, ask=not how.as_json and sys.stdin.isatty())
    if trouble:
        return _pause(app, campaign, trouble, how)
    if not how.as_json:
        say(f"{campaign.issue_path} to {campaign.audience}:", bold=True)
    try:
        app.build([app.project / campaign.issue_path], lambda what, done, total: None, pdf=False)
        code, answers = deliver(app, [campaign], how)
    except StoreError:
        raise
    except NewsletterError as error:  # a mistake in another issue, say, keeps the web copy from being written
        if app.store.ledger.state(campaign.id) != "scheduled":
            raise
        return _pause(app, campaign, _with_command(campaign, f"{error.message} {error.hint}".strip()), how)
    return code, [{"issue": campaign.issue_path, **answer} for answer in answers]


def _pause(app: App, campaign: Campaign, trouble: str, how: How) -> tuple[int, list[dict[str, object]]]:
    """Told once: `newsletter status` tells it from then on."""
    app.store.schedules.pause(campaign.id, reason=trouble, by="newsletter send --due", now=app.now())
    if not how.as_json:
        say(f"{campaign.issue_path} to {campaign.audience} was not sent, and is paused now: {trouble}", fg="red")
    answer = {"campaign": campaign.id, "issue": campaign.issue_path, "audience": campaign.audience}
    return REFUSED, [{**answer, "state": "paused", "trouble": trouble}]


def _with_command(campaign: Campaign, trouble: str) -> str:
    from newsletter.pipeline.schedule import resume_command

    return f"{trouble} Then: {resume_command(campaign)}"


def why_not(app: App, campaign: Campaign, transport: str | None, *, ask: bool) -> str:
    """Why a scheduled campaign is not started now, with what to do; "" if it is. `ask`: somebody is there."""
    from newsletter.pipeline import schedule

    late = schedule.late_words(campaign, app.now())
    if late and not (ask and click.confirm(f"{campaign.issue_path} to {campaign.audience}: {late} Send it now?")):
        return f"{late} If it is still to go out: {schedule.resume_command(campaign)}"
    faults = domain_faults(app, transport)
    reasons = schedule.recheck(app.desk, app.store, campaign, app.now(), domain_faults=faults)
    return " ".join(str(reason) for reason in reasons)
