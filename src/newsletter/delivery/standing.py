"""Where a run stands, shared by its lanes: the sum, the last failures, and whether to go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from newsletter.delivery.policy import Policy
from newsletter.errors import Incomplete
from newsletter.models.delivery import Receipt, ReceiptState, Tally

_EVERY = 0.1  # seconds between two reports
_LOOK = 1.0  # seconds between two looks at whether somebody paused or cancelled it


class Standing:
    """For several threads. Keeps the sum as it goes, so that progress costs no query."""

    def __init__(
        self,
        tally: Tally,
        policy: Policy,
        on_progress: Callable[[Tally], None],
        should_stop: Callable[[], bool],
        running: Callable[[], bool] = lambda: True,
    ) -> None:
        """`running`: asks whether the campaign is still to be sent; asked once a second at most."""
        self._sum, self._policy, self._on_progress, self._should_stop = (
            tally.model_dump(),
            policy,
            on_progress,
            should_stop,
        )
        self._lock = threading.Lock()
        self._running = running
        self._reported = 0.0
        self._looked = time.monotonic()
        self._doubts = 0  # answers lost in a row
        self._failed: list[Receipt] = []  # the last answers, as long as none was "accepted"
        self.error: BaseException | None = None  # the first thing that stopped a lane
        self.halted_elsewhere = False  # somebody paused or cancelled the campaign while we were sending

    @property
    def stopping(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.error is not None or self._should_stop() or self._halted()

    def _halted(self) -> bool:
        """Whether somebody paused or cancelled the campaign, by the last look."""
        moment = time.monotonic()
        if not self.halted_elsewhere and moment - self._looked >= _LOOK:
            self._looked = moment
            self.halted_elsewhere = not self._running()
        return self.halted_elsewhere

    @property
    def refused_in_a_row(self) -> list[str]:
        """Deliveries of the last run of failures that were refused."""
        return [receipt.delivery_id for receipt in self._failed if receipt.state is ReceiptState.REFUSED]

    def count(self, **changes: int) -> None:
        """Moves people from one part of the sum to another."""
        with self._lock:
            for name, change in changes.items():
                self._sum[name] += change
        self.report(now=False)

    def report(self, *, now: bool = True) -> None:
        """Tells how far it is; not `now`: only if it is time again."""
        with self._lock:
            moment = time.monotonic()
            if now or moment - self._reported >= _EVERY:
                self._reported = moment
                self._on_progress(Tally(**self._sum))

    def fail(self, error: BaseException) -> None:
        """Something stopped a lane: the others finish what they are at."""
        with self._lock:
            self.error = self.error or error

    def answered(self, receipts: Sequence[Receipt]) -> None:
        """Counts answers."""
        states = [receipt.state for receipt in receipts]
        accepted, refused = states.count(ReceiptState.ACCEPTED), states.count(ReceiptState.REFUSED)
        self.count(
            pending=-len(states), accepted=accepted, refused=refused, failed=states.count(ReceiptState.TEMPORARY)
        )
        with self._lock:
            self._doubts = 0 if receipts else self._doubts
            for receipt in receipts:
                if receipt.state is not ReceiptState.ACCEPTED:
                    self._failed.append(receipt)
                elif self._failed and not isinstance(self.error, Incomplete):
                    self._failed.clear()

    def check(self) -> None:
        """A long run of failures is not the recipients' fault.

        Raises:
            Incomplete: there is one.
        """
        if len(self._failed) < self._policy.failures:
            return
        raise Incomplete(
            f"The last {len(self._failed)} messages failed one after another, so the campaign is paused."
            f" The last answer was: {self._failed[-1].reason}",
            hint="Mend what the mail service complains about, then send again with --resume. Nobody lost their place.",
        )

    def lost_an_answer(self) -> bool:
        """Whether so many answers were lost in a row that it is time to pause."""
        with self._lock:
            self._doubts += 1
            return self._doubts >= self._policy.doubts
