"""Which campaign a person means: the one to resume, to pause, to cancel; and whether a new one may be opened."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from newsletter.errors import Refused
from newsletter.models.delivery import Campaign, CampaignState

OVER = (CampaignState.FINISHED, CampaignState.CANCELLED)
PAUSABLE = (CampaignState.RUNNING, CampaignState.SCHEDULED)
CANCELLABLE = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)


class Campaigns(Protocol):
    """What is asked of the ledger."""

    def campaigns(self, issue_path: str | None = None) -> tuple[Campaign, ...]: ...
    def existing(self, edition_hash: str, audience: str, repeat: str = "") -> Campaign | None: ...


def to_resume(ledger: Campaigns, issue_path: str, to: str | None) -> Campaign:
    """The campaign that --resume means: the one not finished, or the finished one if there is only that.

    Raises:
        Refused: nothing was started, it was cancelled, or several are open and none was named.
    """
    found = [c for c in ledger.campaigns(issue_path) if not c.test and (to is None or c.audience == to)]
    started = [c for c in found if c.state is not CampaignState.DRAFT or c.tally.frozen]
    unfinished = [c for c in started if c.state not in OVER]
    finished = [c for c in started if c.state is CampaignState.FINISHED]
    chosen = unfinished or finished[:1] or started[:1]
    if not chosen:
        raise Refused(
            f"Sending {issue_path}{_to(to)} was never started, so there is nothing to resume.",
            hint="Leave --resume out to send it.",
        )
    return _only(chosen, issue_path)


def to_stop(ledger: Campaigns, issue_path: str, to: str | None, states: Collection[CampaignState]) -> Campaign:
    """The campaign to pause or cancel: the one in such a state.

    Raises:
        Refused: there is none, or several are and none was named.
    """
    found = [c for c in ledger.campaigns(issue_path) if c.state in states and (to is None or c.audience == to)]
    if not found:
        words = [str(state) for state in states]
        raise Refused(
            f"No campaign of {issue_path}{_to(to)} is {', '.join(words[:-1])} or {words[-1]}.",
            hint=f"See: newsletter status {issue_path}",
        )
    return _only(found, issue_path)


def _only(chosen: list[Campaign], issue_path: str) -> Campaign:
    if len(chosen) > 1:
        raise Refused(
            f"Several campaigns of {issue_path} are open: {', '.join(c.audience for c in chosen)}.",
            hint="Say which with --to AUDIENCE.",
        )
    return chosen[0]


def _to(audience: str | None) -> str:
    return f" to '{audience}'" if audience else ""


def repeat_of(ledger: Campaigns, edition_hash: str, audience: str) -> str:
    """What makes a campaign another one than those of the same edition and audience that were cancelled; "" if none
    was. It follows from them, so that asking twice gives the same campaign."""
    repeat = ""
    while (known := ledger.existing(edition_hash, audience, repeat)) and known.state is CampaignState.CANCELLED:
        repeat = known.id
    return repeat
