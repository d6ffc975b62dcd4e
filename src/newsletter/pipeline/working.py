"""A worker: does the jobs that the queue carries, and looks after the campaigns they belong to.

The queue may lose, double or delay a job. Every few seconds each worker looks at what the ledger says: recipients whose
sender died come back or are in doubt, campaigns that somebody still waits in and nobody has a job for get new jobs, and
those with nobody left are closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from newsletter.delivery.share import Share
from newsletter.errors import Incomplete, NewsletterError, Refused, StoreError, TransportError
from newsletter.models.delivery import CampaignState, Tally

EVERY = 2.0  # seconds between two looks at the ledger
CHUNK = 200  # recipients that one job is counted as
JOBS = 50  # jobs of one campaign in the queue at a time: more are added when these are taken
_IDLE = 5.0  # seconds without a job after which connections to the mail service are closed
GIVEN_UP = "some could not be reached for now"


class Outlook(Protocol):
    """What is left of a campaign."""

    @property
    def waiting(self) -> int: ...
    @property
    def given_up(self) -> bool: ...
    @property
    def over(self) -> bool: ...


class Ledger(Protocol):
    """What is asked of the ledger."""

    def working(self) -> AbstractContextManager[bool]: ...
    def recover(self, campaign_id: str, *, now: datetime, alone: bool, harmless: bool) -> int: ...
    def finish(self, campaign_id: str, *, now: datetime) -> Tally: ...
    def stop(self, campaign_id: str, *, reason: str, now: datetime) -> None: ...
    def state(self, campaign_id: str) -> CampaignState: ...


class Workers(Protocol):
    """What is asked of the list of campaigns that workers send."""

    def campaigns(self) -> tuple[str, ...]: ...
    def note_transport(self, campaign_id: str, transport: str) -> None: ...
    def outlook(self, campaign_id: str, *, now: datetime, most: int) -> Outlook: ...


class Queue(Protocol):
    """What is asked of the queue."""

    def waiting(self) -> Mapping[str, int]: ...
    def add(self, campaign_id: str, count: int) -> None: ...


def top_up(workers: Workers, queue: Queue, campaign_id: str, now: datetime, waiting: int) -> Outlook:
    """Adds jobs for whoever waits, if nobody has begun none of this campaign's any more (`waiting`: how many)."""
    outlook = workers.outlook(campaign_id, now=now, most=CHUNK * JOBS)
    if outlook.waiting and not waiting:
        queue.add(campaign_id, min(JOBS, -(-outlook.waiting // CHUNK)))
    return outlook


class Worker:
    """`send` is called for each job, `look` from time to time; they may be called from different threads."""

    def __init__(
        self,
        ledger: Ledger,
        workers: Workers,
        queue: Queue,
        share: Callable[[str], Share],
        *,
        clock: Callable[[], datetime],
        tell: Callable[[str, Tally | None, str], None] = lambda campaign_id, tally, trouble: None,
    ) -> None:
        """`share`: opens this worker's share of a campaign, or raises Refused. `tell`: hears what became of a chunk
        (its sum), of a campaign that is closed (the whole sum), and of trouble."""
        self._ledger, self._workers, self._queue, self._open = ledger, workers, queue, share
        self._clock, self._tell = clock, tell
        self._turn = threading.Lock()  # held by whoever uses the share
        self._share: Share | None = None
        self._used = time.monotonic()
        self.idle = False  # at the last look nothing was left to do

    def send(self, campaign_id: str) -> None:
        """One job: some of this campaign's recipients. Trouble pauses the campaign; it is never raised.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._turn, self._ledger.working() as may:
            if not may or self._ledger.state(campaign_id) is not CampaignState.RUNNING:
                return
            try:
                tally = self._mine(campaign_id).send_chunk()
            except (TransportError, Incomplete, Refused) as error:
                self._close()
                words = " ".join(filter(None, (error.message, error.hint)))
                self._ledger.stop(campaign_id, reason=words, now=self._clock())
                self._tell(campaign_id, None, words)
            except BaseException:
                self._close()
                raise
            else:
                self._used = time.monotonic()
                self._tell(campaign_id, tally, "")
                if not tally.frozen:  # no place in time is free yet
                    time.sleep(EVERY / 2)

    def look(self) -> None:
        """Looks after every campaign that workers send, and lets go of connections that nobody uses."""
        campaigns = self._workers.campaigns()
        waiting = self._queue.waiting() if campaigns else {}
        for campaign_id in campaigns:
            self._ledger.recover(campaign_id, now=self._clock(), alone=False, harmless=False)
            outlook = top_up(self._workers, self._queue, campaign_id, self._clock(), waiting.get(campaign_id, 0))
            if outlook.over:
                self._end(campaign_id, outlook.given_up)
        self.idle = not campaigns
        if self._share is not None and time.monotonic() - self._used > _IDLE and self._turn.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._turn.release()

    def close(self) -> None:
        """Lets go of the mail service."""
        with self._turn:
            self._close()

    def _end(self, campaign_id: str, given_up: bool) -> None:
        if given_up:
            self._ledger.stop(campaign_id, reason=GIVEN_UP, now=self._clock())
            self._tell(campaign_id, None, GIVEN_UP)
        else:
            self._tell(campaign_id, self._ledger.finish(campaign_id, now=self._clock()), "")

    def _mine(self, campaign_id: str) -> Share:
        if self._share is None or self._share.campaign_id != campaign_id:
            self._close()
            self._share = self._open(campaign_id).__enter__()
            self._workers.note_transport(campaign_id, self._share.transport)
        return self._share

    def _close(self) -> None:
        share, self._share = self._share, None
        if share is not None:
            try:
                share.__exit__(None, None, None)
            except StoreError:
                raise
            except NewsletterError:
                pass  # it was of no use any more
