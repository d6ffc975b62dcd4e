"""Sends a frozen campaign: claim, make the messages, mark, hand over, settle, until nobody is left.

The promise: nobody is mailed twice, nobody is forgotten, every doubtful recipient is counted. Recipients are marked
(`intent`) in a committed transaction before their message can be accepted; what a crash leaves marked is uncertain, and
is never sent again by itself: at most one a connection. "This address failed" and "the service is down" differ: the
second pauses the campaign.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.delivery.crew import crew_of
from newsletter.delivery.lane import Compose
from newsletter.delivery.ledger import Ledger
from newsletter.delivery.pace import HOUR, Pace, Places, SharedPace
from newsletter.delivery.policy import Policy
from newsletter.delivery.sender import Sender, why
from newsletter.delivery.standing import Standing
from newsletter.delivery.transport import Transport
from newsletter.models.delivery import CampaignState, Tally

__all__ = ["Compose", "Ledger", "Policy", "run"]


def run(
    ledger: Ledger,
    transport: Transport,
    compose: Compose,
    campaign_id: str,
    *,
    clock: Callable[[], datetime],
    on_progress: Callable[[Tally], None] = lambda tally: None,
    should_stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] | None = None,
    policy: Policy | None = None,
) -> Tally:
    """Sends to everybody who is still pending, and gives the sum. The campaign is then finished, or paused with why.

    Running it again goes on where it stopped, whatever stopped it. `should_stop` is asked between batches: what is in
    flight is settled first. Temporary failures are tried again within the run as long as `policy.backoff` lasts.
    A transport with several connections is used by as many lanes (`crew`), which call `compose`, `clock` and `sleep`
    too; where they are threads, at the same time.

    Raises:
        TransportUnavailable, OutcomeUnknown, Incomplete: paused, and why; nobody lost their place.
        Refused: it was cancelled, or another process is sending.
    """
    with ledger.sending() as alone:
        before = ledger.start(campaign_id, transport=transport.name, now=clock())
        if before.state is CampaignState.FINISHED:
            return before.tally
        harmless = transport.idempotent and before.transport == transport.name
        ledger.recover(campaign_id, now=clock(), alone=alone, harmless=harmless)
        policy = policy or Policy()
        pace = _pace(ledger, transport.name, policy, clock())
        if alone:
            ledger.reopen(campaign_id, now=clock())
        standing = _standing(ledger, campaign_id, policy, on_progress, should_stop)
        crew = crew_of(transport)
        sender = Sender(ledger, transport, compose, campaign_id, clock, sleep, policy, pace, standing, crew)
        try:
            with transport:
                sender.send_all()
        except BaseException as error:
            sender.pause(why(error))
            raise
        return sender.close()


def _standing(
    ledger: Ledger, campaign_id: str, policy: Policy, on_progress: Callable[[Tally], None],
    should_stop: Callable[[], bool],
) -> Standing:  # fmt: skip
    """Where it stands before the first message of this run."""
    return Standing(
        ledger.tally(campaign_id), policy, on_progress, should_stop,
        lambda: ledger.state(campaign_id) is CampaignState.RUNNING,
    )  # fmt: skip


def _pace(ledger: Ledger, transport: str, policy: Policy, now: datetime) -> Places:
    """In memory, or kept together with the workers that may be at it."""
    if ledger.shared and policy.rates:
        return SharedPace(policy.rates, lambda count: ledger.reserve(transport, policy.windows, count=count))
    return Pace(policy.rates, _left_before(ledger, now) if policy.rates else ())


def _left_before(ledger: Ledger, now: datetime) -> list[float]:
    """When messages left within the last hour, whichever run sent them."""
    return [moment.timestamp() for moment in ledger.handed_over(now - timedelta(seconds=HOUR))]
