"""A worker's share of a campaign: chunk after chunk of its recipients, over connections that stay open in between.

Which recipients a chunk holds is settled by claiming them, so a chunk that is asked for twice, late or never changes
nothing. Rates are kept together with other workers: places in time are taken first, then as many recipients claimed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from newsletter.delivery.crew import Threads
from newsletter.delivery.lane import Compose
from newsletter.delivery.ledger import Ledger
from newsletter.delivery.pace import Granted, Pace, Places
from newsletter.delivery.policy import Policy
from newsletter.delivery.sender import Sender, why
from newsletter.delivery.standing import Standing
from newsletter.delivery.transport import Transport
from newsletter.models.delivery import CampaignState, Tally

WITHIN = 20.0  # seconds ahead that places are taken for: well within the time that recipients are leased


class Share:
    """A context manager: holds the transport's connections. For one thread."""

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        compose: Compose,
        campaign_id: str,
        *,
        clock: Callable[[], datetime],
        should_stop: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
        policy: Policy | None = None,
    ) -> None:
        self._ledger, self._transport, self._compose, self.campaign_id = ledger, transport, compose, campaign_id
        self._clock, self._should_stop, self._sleep = clock, should_stop, sleep
        self._policy = policy or Policy()

    @property
    def transport(self) -> str:
        """Its name, for people."""
        return self._transport.name

    def __enter__(self) -> Share:
        self._transport.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.__exit__(kind, error, trace)

    def send_chunk(self) -> Tally:
        """Sends to some who are waiting; what became of them (`frozen`: how many there were at most).

        Raises:
            TransportUnavailable, OutcomeUnknown, Incomplete: the campaign is paused, and why; nobody lost their place.
        """
        size = max(self._policy.claim, self._transport.batch_size * self._transport.connections)
        pace: Places = Pace(())
        if self._policy.rates:
            places = self._ledger.reserve(self._transport.name, self._policy.windows, count=size, within=WITHIN)
            size, now = len(places), self._clock().timestamp()
            pace = Granted([now + place for place in places], min(rate.count for rate in self._policy.rates))
        sums = [Tally(frozen=size, pending=size)]
        if size:
            self._send(size, pace, sums)
        return sums[-1]

    def _send(self, size: int, pace: Places, sums: list[Tally]) -> None:
        standing = Standing(sums[0], self._policy, sums.append, self._should_stop, self._is_running)
        sender = Sender(
            self._ledger, self._transport, self._compose, self.campaign_id, self._clock, self._sleep, self._policy,
            pace, standing, Threads(self._transport.connections), most=size,
        )  # fmt: skip
        try:
            sender.send_some()
        except BaseException as error:
            sender.pause(why(error))
            raise
        standing.report()

    def _is_running(self) -> bool:
        return self._ledger.state(self.campaign_id) is CampaignState.RUNNING
