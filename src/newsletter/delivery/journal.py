"""What one run writes into the ledger: marks and answers of all its lanes, as many as there are in one transaction.

A mark is committed when `mark` returns. An answer is only noted, and committed with the next mark: so a lane's last
answer is always in the ledger before that lane's next message can be accepted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.delivery.ledger import Ledger
from newsletter.delivery.policy import Policy
from newsletter.models.delivery import Receipt


@dataclass
class _Request:
    """Marks that one lane waits for."""

    delivery_ids: Sequence[str]
    ours: Collection[str] = ()
    done: bool = False
    error: BaseException | None = field(default=None, repr=False)


class Journal:
    """For several lanes. Whoever comes first writes for all who wait."""

    def __init__(
        self,
        ledger: Ledger,
        campaign_id: str,
        owner: str,
        clock: Callable[[], datetime],
        policy: Policy,
        gather: Callable[[], None] = lambda: None,
    ) -> None:
        """`gather`: lets other lanes come to where this one is."""
        self._ledger, self._id, self._owner, self._clock, self._policy = ledger, campaign_id, owner, clock, policy
        self._gather = gather
        self._turn = threading.Lock()  # held by the one who writes
        self._lists = threading.Lock()
        self._requests: list[_Request] = []
        self._receipts: list[Receipt] = []

    def now(self) -> datetime:
        """By the run's clock."""
        return self._clock()

    def note(self, receipts: Sequence[Receipt]) -> None:
        """Answers, to be committed with the next mark or flush."""
        with self._lists:
            self._receipts.extend(receipts)

    def mark(self, delivery_ids: Sequence[str]) -> Collection[str]:
        """Marks those about to be handed over, committed, and gives those that are still ours."""
        request = _Request(delivery_ids)
        with self._lists:
            self._requests.append(request)
        self._gather()
        with self._turn:
            if not request.done:
                self._write()
        if request.error is not None:
            raise request.error
        return request.ours

    def flush(self) -> None:
        """Commits what was noted."""
        with self._turn:
            self._write()

    @contextmanager
    def alone(self) -> Iterator[Ledger]:
        """The ledger, up to date, and nobody else of this run writes meanwhile."""
        with self._turn:
            self._write()
            yield self._ledger

    def _write(self) -> None:
        with self._lists:
            requests, self._requests = self._requests, []
            receipts, self._receipts = self._receipts, []
        if not requests and not receipts:
            return
        now = self._clock()
        try:
            ours = self._ledger.exchange(
                self._id,
                owner=self._owner,
                receipts=receipts,
                delivery_ids=[delivery_id for request in requests for delivery_id in request.delivery_ids],
                now=now,
                until=now + self._policy.lease,
                backoff=self._policy.backoff,
            )
        except BaseException as error:
            with self._lists:
                self._receipts[:0] = receipts
            for request in requests:
                request.done, request.error = True, error
            raise
        for request in requests:  # each to the first who asked for it
            own = ours.intersection(request.delivery_ids)
            request.done, request.ours = True, own
            ours -= own
