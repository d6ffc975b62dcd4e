"""newsletter send --at: a campaign that waits for its time; and what --resume means for one that waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.app import App
    from newsletter.models.delivery import Campaign


def schedule(app: App, campaign: Campaign, at: datetime, by: str, as_json: bool) -> int:
    """Writes the moment down, and says when it starts and how to change that; the exit code."""
    from newsletter.models.dates import print_moment

    words = f"for {print_moment(at)}" + (f", by {by}" if by else "")
    waiting = app.store.schedules.set(campaign.id, at, reason=words, by=by, now=app.now())
    if as_json:
        answer_json(
            {
                "issue": waiting.issue_path,
                "campaigns": [
                    {"campaign": waiting.id, "audience": waiting.audience, "state": waiting.state, "at": at}
                    | waiting.tally.model_dump()
                ],
            }
        )
        return 0
    say(f"Scheduled for {print_moment(at)} (UK time): {waiting.tally}", bold=True)
    say('It starts when "newsletter send --due" runs after that: see "Sending later" in the manual.')
    say(f"To stop it: newsletter cancel {waiting.issue_path} --to {waiting.audience}")
    return 0


def refuse_what_does_not_go_with_at(words: Sequence[str]) -> None:
    """Raises UsageError for options that mean something at the moment of sending only."""
    from newsletter.errors import UsageError

    if words:
        raise UsageError(
            f"--at does not go with {', '.join(words)}.",
            hint='How it is sent is settled when its time comes: give that to "newsletter send --due".'
            if {"--transport", "--queue"} & set(words)
            else "Leave one of them out.",
        )


def before_resuming(app: App, campaign: Campaign, now_meant: bool) -> str:
    """What to do with a campaign that somebody resumes: "wait" (it is scheduled again), or "" (send it now).

    `now_meant`: they said --at now.

    Raises:
        Refused: it waits for its time and was not paused, or what was frozen may not be sent any more.
    """
    from newsletter.errors import Refused
    from newsletter.models.dates import print_moment
    from newsletter.pipeline import schedule as schedules

    at = campaign.scheduled_for
    if at is None or campaign.state == "finished" or schedules.begun(campaign):
        return ""
    if at > app.now() and not now_meant:
        if campaign.state == "scheduled":
            raise Refused(
                f"It waits for {print_moment(at)}, and starts then by itself.",
                hint=f"To send it now: {schedules.resume_command(campaign, '--at now')}",
            )
        return "wait"
    if reasons := schedules.recheck(app.desk, app.store, campaign, app.now(), by_hand=True):
        first, *rest = (reason.why for reason in reasons)
        raise Refused(
            "\n".join((f"Nothing was sent: {first}", *rest)), hint="\n".join(reason.what_to_do for reason in reasons)
        )
    return ""
