"""Who is next: recipients claimed from the ledger by the hundred, and handed out to the lanes at the pace allowed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from newsletter.delivery.journal import Journal
from newsletter.delivery.pace import Places
from newsletter.delivery.policy import Policy
from newsletter.delivery.standing import Standing
from newsletter.models.delivery import Recipient

_PIECE = 0.5  # seconds slept between two looks at whether to stop


class Feed:
    """For several threads."""

    def __init__(
        self,
        journal: Journal,
        campaign_id: str,
        owner: str,
        standing: Standing,
        policy: Policy,
        pace: Places,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        most: int | None = None,
    ) -> None:
        """`most`: how many are claimed in all; None: as many as there are."""
        self._journal, self._id, self._owner, self._standing = journal, campaign_id, owner, standing
        self._policy, self._pace, self._clock, self._sleep = policy, pace, clock, sleep
        self._lock = threading.Lock()
        self._waiting: deque[Recipient] = deque()
        self._left = most

    def take(self, size: int, limit: int) -> list[Recipient]:
        """Up to `size` recipients; none: nobody is left for now, or the run is stopping.

        `limit`: how many are claimed at least when the last claim is used up. Waits as long as the pace asks for."""
        with self._lock:
            if self._standing.stopping:
                return []
            if not self._waiting:
                self._claim(max(limit, self._policy.claim))
            size = min(size, self._pace.piece or size, len(self._waiting))
            chosen = [self._waiting.popleft() for _ in range(size)]
            moment = self._pace.reserve(size, self._clock().timestamp())
        return chosen if self.wait_until(moment) else []

    def take_early(self) -> list[Recipient]:
        """One more, if that waits for nothing: where no pace is kept, and somebody is claimed already."""
        with self._lock:
            if self._pace.piece is not None or not self._waiting or self._standing.stopping:
                return []
            return [self._waiting.popleft()]

    def wait_until(self, moment: float) -> bool:
        """Sleeps until then (seconds of the clock). False: the run stops before that."""
        first = True
        while (left := moment - self._clock().timestamp()) > 0:
            if self._standing.stopping:
                return False
            if first:
                self._journal.flush()
                first = False
            self._sleep(min(left, _PIECE))
            self._standing.report(now=False)
        return True

    def _claim(self, limit: int) -> None:
        if self._left is not None:
            limit = min(limit, self._left)
        if not limit:
            return
        now = self._clock()
        with self._journal.alone() as ledger:
            claim = ledger.claim(self._id, owner=self._owner, limit=limit, now=now, until=now + self._policy.lease)
        self._standing.count(failed=-claim.retried, pending=claim.retried - claim.excluded, excluded=claim.excluded)
        self._standing.halted_elsewhere |= not claim.running
        self._waiting.extend(claim.recipients)
        if self._left is not None:
            self._left -= len(claim.recipients)
