"""One run of a campaign: recipients go through its lanes until nobody is left, it is stopped, or something stops it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsletter.delivery.crew import Crew
from newsletter.delivery.feed import Feed
from newsletter.delivery.journal import Journal
from newsletter.delivery.lane import INTERRUPTED, Compose, Lane
from newsletter.delivery.ledger import Ledger
from newsletter.delivery.pace import Places
from newsletter.delivery.policy import Policy
from newsletter.delivery.standing import Standing
from newsletter.delivery.transport import Transport
from newsletter.errors import Incomplete
from newsletter.models.delivery import Tally

_PATIENCE = 5.0  # seconds that lanes get to finish what they are at when somebody insists on stopping


def why(error: BaseException) -> str:
    """What a campaign that is paused by it says."""
    return str(error) or ("stopped by the user" if isinstance(error, KeyboardInterrupt) else type(error).__name__)


class Sender:
    """One run: its lanes, and what to do when they have ended."""

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        compose: Compose,
        campaign_id: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] | None,
        policy: Policy,
        pace: Places,
        standing: Standing,
        crew: Crew,
        *,
        most: int | None = None,
    ) -> None:
        """`sleep`: None for the crew's own. `most`: how many recipients are claimed in all; None: as many as there
        are."""
        self._ledger, self._transport, self._id, self._clock = ledger, transport, campaign_id, clock
        self._owner = ledger.new_owner()
        self._standing, self._crew = standing, crew
        self._journal = Journal(ledger, campaign_id, self._owner, clock, policy, crew.gather)
        sleep = sleep or crew.sleep
        self._feed = Feed(self._journal, campaign_id, self._owner, standing, policy, pace, clock, sleep, most)
        self._lanes = [
            Lane(transport, compose, self._feed, self._journal, standing, campaign_id, self._owner)
            for _ in range(transport.connections)
        ]
        self._stopped = False

    def send_all(self) -> None:
        """Until nobody is left, somebody asks to stop, or the campaign was paused elsewhere."""
        self._standing.report()
        while not self._standing.stopping:
            self._run_lanes()
            if self._standing.halted_elsewhere or self._standing.stopping or not self._wait():
                break
        self._stopped = self._standing.stopping
        self._standing.report()

    def send_some(self) -> None:
        """Once through; who failed for a time is left to a later run."""
        self._run_lanes()
        with self._journal.alone() as ledger:
            ledger.release(self._id, owner=self._owner, now=self._clock())

    def pause(self, reason: str) -> None:
        """Lets go of what was not begun, and writes down why."""
        with self._journal.alone() as ledger:
            ledger.release(self._id, owner=self._owner, now=self._clock())
            ledger.stop(self._id, reason=reason, now=self._clock())

    def close(self) -> Tally:
        """Finished if the sum allows it, else paused."""
        with self._journal.alone() as ledger:
            ledger.release(self._id, owner=self._owner, now=self._clock())
            tally = ledger.finish(self._id, now=self._clock())
        if (tally.pending or tally.failed) and not self._standing.halted_elsewhere:
            self.pause("stopped by the user" if self._stopped else "some could not be reached for now")
        return tally

    def _run_lanes(self) -> None:
        """All lanes have ended when this returns or raises."""
        try:
            self._crew.run([lane.run for lane in self._lanes])
        except BaseException as error:
            self._standing.fail(error)
            self._crew.finish(_PATIENCE)
            self._doubt_what_is_in_flight()
            raise
        if (trouble := self._standing.error) is not None:
            if isinstance(trouble, Incomplete):
                self._hold()
            raise trouble

    def _doubt_what_is_in_flight(self) -> None:
        keys = [key for lane in self._lanes for key in list(lane.in_flight)]
        with self._journal.alone() as ledger:
            ledger.doubt(self._id, owner=self._owner, delivery_ids=keys, reason=INTERRUPTED, now=self._clock())

    def _hold(self) -> None:
        """Takes the refusals of a run of failures back: they were the service's doing."""
        with self._journal.alone() as ledger:
            refused = self._standing.refused_in_a_row
            ledger.hold(self._id, owner=self._owner, delivery_ids=refused, now=self._clock())

    def _wait(self) -> bool:
        """Sleeps until the next temporary failure may be tried again. False: there is none, or the run stops."""
        with self._journal.alone() as ledger:
            wake = ledger.next_retry(self._id)
        return wake is not None and self._feed.wait_until(wake.timestamp())
