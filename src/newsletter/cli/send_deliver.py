"""Campaigns handed over one after another, and the sum of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.cli.common import count, tidy
from newsletter.cli.output import answer_json, say
from newsletter.cli.send_progress import counting

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.delivery import Campaign, Tally

INCOMPLETE = 3
STOPPED = 130


@dataclass(frozen=True)
class How:
    """How it is sent, and how it is told."""

    transport: str | None  # a DSN instead of NEWSLETTER_TRANSPORT
    progress: str  # auto, bar, json, none
    as_json: bool
    queue: bool = False  # workers are to send it


def deliver(app: App, campaigns: Sequence[Campaign], how: How) -> tuple[int, list[dict[str, object]]]:
    """Sends each, and prints its sum; the exit code, and what a JSON answer holds of each.

    Ctrl-C or a polite kill stops between two batches; campaigns that were not begun by then stay as they are.
    """
    from newsletter.delivery.stopping import asked_to_stop

    if how.queue:
        return 0, [_hand_over(app, campaign, how) for campaign in campaigns]
    code, answers = 0, []
    with tidy(), asked_to_stop() as stopped:
        for campaign in campaigns:
            if stopped():
                break
            tally, trouble = _one(app, campaign, how, stopped)
            code = max(code, 0 if tally.complete else INCOMPLETE)
            answers.append(_answer(app, campaign, tally, trouble))
            if not how.as_json:
                _print_outcome(app, campaign, trouble)
        if stopped() and (code or len(answers) < len(campaigns)):
            code = STOPPED
    return code, answers


def deliver_and_answer(app: App, campaigns: Sequence[Campaign], how: How) -> int:
    """The same, with the JSON answer of one issue."""
    code, answers = deliver(app, campaigns, how)
    if how.as_json:
        answer_json({"issue": campaigns[0].issue_path, "campaigns": answers})
    return code


def _hand_over(app: App, campaign: Campaign, how: How) -> dict[str, object]:
    """From now on workers send it."""
    tally = app.hand_over(campaign)
    if not how.as_json:
        say(f"Handed to the workers: {tally}", bold=True)
        say(f"How far they are: newsletter status {campaign.issue_path}")
    return _answer(app, campaign, tally, "")


def _one(app: App, campaign: Campaign, how: How, stopped: Callable[[], bool]) -> tuple[Tally, str]:
    """The sum, and what went wrong in words."""
    from newsletter.errors import Incomplete, TransportError

    with counting(campaign, "none" if how.as_json and how.progress == "auto" else how.progress) as show:
        try:
            return app.deliver(campaign, how.transport, show, stopped), ""
        except (TransportError, Incomplete) as error:
            words = " ".join(filter(None, (error.message, error.hint)))
            return app.store.ledger.tally(campaign.id), words


def _answer(app: App, campaign: Campaign, tally: Tally, trouble: str) -> dict[str, object]:
    return {
        "campaign": campaign.id,
        "audience": campaign.audience,
        "state": app.store.ledger.state(campaign.id),
        **tally.model_dump(),
        "adds_up": tally.adds_up,
        "trouble": trouble,
    }


def _print_outcome(app: App, campaign: Campaign, trouble: str) -> None:
    from newsletter.pipeline.schedule import resume_command

    now = app.store.ledger.campaign(campaign.id)
    tally = now.tally
    if trouble:
        say(f"The campaign is paused: {trouble}", fg="yellow")
    elif now.reason and (tally.pending or now.state == "cancelled"):
        say(f"The campaign is {now.state}: {now.reason}", fg="yellow")
    say(str(tally), bold=True, fg="green" if tally.complete else "yellow")
    if tally.pending or tally.failed:
        say(f"Finish it with: {resume_command(campaign)}")
    if tally.uncertain:
        say(f"{count(tally.uncertain, 'recipient')} may or may not have got it. To see who:")
        say(f"  newsletter status {campaign.issue_path}")
        say(f"Decide with: {resume_command(campaign, '--uncertain skip (or resend)')}")
