"""Sends a frozen campaign: claim, make the messages, mark, hand over, settle, until nobody is left.

The promise: nobody is mailed twice, nobody is forgotten, every doubtful recipient is counted. Recipients are marked
(`intent`) in a committed transaction before they are handed over; what a crash leaves marked is uncertain, and is never
sent again by itself. "This address failed" and "the service is down" differ: the second pauses the campaign.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from newsletter.delivery.transport import Transport
from newsletter.errors import Incomplete, OutcomeUnknown, Refused, TransportUnavailable
from newsletter.models.delivery import Campaign, CampaignState, Claim, Message, Receipt, ReceiptState, Recipient, Tally

Compose = Callable[[Recipient], Message]  # raises Refused for a recipient whose message cannot be made
_PIECE = 0.5  # seconds slept between two looks at whether to stop


class Ledger(Protocol):
    """The few things sending needs to know and to write down."""

    def sending(self) -> AbstractContextManager[bool]: ...
    def start(self, campaign_id: str, *, transport: str, now: datetime) -> Campaign: ...
    def finish(self, campaign_id: str, *, now: datetime) -> Tally: ...
    def change_state(self, campaign_id: str, state: CampaignState, *, reason: str, now: datetime) -> None: ...
    def recover(self, campaign_id: str, *, now: datetime, alone: bool, harmless: bool) -> int: ...
    def reopen(self, campaign_id: str, *, now: datetime) -> int: ...
    def tally(self, campaign_id: str) -> Tally: ...
    def next_retry(self, campaign_id: str) -> datetime | None: ...
    def claim(self, campaign_id: str, *, owner: str, limit: int, now: datetime, until: datetime) -> Claim: ...
    def release(self, campaign_id: str, *, owner: str, now: datetime) -> None: ...
    def intend(
        self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime, until: datetime
    ) -> frozenset[str]: ...
    def settle(
        self,
        campaign_id: str,
        *,
        owner: str,
        receipts: Sequence[Receipt],
        now: datetime,
        backoff: Sequence[timedelta],
    ) -> int: ...
    def doubt(
        self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], reason: str, now: datetime
    ) -> None: ...
    def hold(self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime) -> None: ...
    def give_back(self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime) -> None: ...


@dataclass(frozen=True)
class Policy:
    """How patient a run is."""

    claim: int = 100  # recipients leased at a time, or the transport's batch if that is larger
    lease: timedelta = timedelta(minutes=10)
    backoff: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
    failures: int = 20  # so many refusals and failures in a row are the service's doing
    doubts: int = 3  # so many answers lost in a row


def run(
    ledger: Ledger,
    transport: Transport,
    compose: Compose,
    campaign_id: str,
    *,
    clock: Callable[[], datetime],
    on_progress: Callable[[Tally], None] = lambda tally: None,
    should_stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
    policy: Policy | None = None,
) -> Tally:
    """Sends to everybody who is still pending, and gives the sum. The campaign is then finished, or paused with why.

    Running it again goes on where it stopped, whatever stopped it. `should_stop` is asked between batches: what is in
    flight is settled first. Temporary failures are tried again within the run as long as `policy.backoff` lasts.

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
        if alone:
            ledger.reopen(campaign_id, now=clock())
        sender = _Sender(ledger, transport, compose, campaign_id, clock, on_progress, policy or Policy())
        try:
            with transport:
                sender.send_all(should_stop, sleep)
        except BaseException as error:
            sender.pause(_reason(error))
            raise
        return sender.close()


def _reason(error: BaseException) -> str:
    return str(error) or ("stopped by the user" if isinstance(error, KeyboardInterrupt) else type(error).__name__)


class _Sender:
    """One run. Keeps the sum as it goes, so that progress costs no query."""

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        compose: Compose,
        campaign_id: str,
        clock: Callable[[], datetime],
        on_progress: Callable[[Tally], None],
        policy: Policy,
    ) -> None:
        self._ledger, self._transport, self._compose, self._id = ledger, transport, compose, campaign_id
        self._clock, self._on_progress, self._policy = clock, on_progress, policy
        self._owner = secrets.token_hex(16)
        self._tally = ledger.tally(campaign_id)
        self._failed: list[Receipt] = []  # the last answers, as long as none was "accepted"
        self._doubts = 0  # answers lost in a row
        self._halted_elsewhere = False  # somebody paused or cancelled the campaign while we were sending
        self._stopped = False

    def send_all(self, should_stop: Callable[[], bool], sleep: Callable[[float], None]) -> None:
        """Until nobody is left, somebody asks to stop, or the campaign was paused elsewhere."""
        self._report()
        while not should_stop():
            now = self._clock()
            limit = max(self._policy.claim, self._transport.batch_size)
            claim = self._ledger.claim(
                self._id, owner=self._owner, limit=limit, now=now, until=now + self._policy.lease
            )
            self._count(failed=-claim.retried, pending=claim.retried - claim.excluded, excluded=claim.excluded)
            if not claim.running:
                self._halted_elsewhere = True
                return
            if claim.recipients:
                self._send_claimed(claim.recipients, should_stop)
            elif not self._wait(should_stop, sleep):
                return
        self._stopped = True

    def pause(self, reason: str) -> None:
        """Lets go of what was not begun, and writes down why."""
        self._ledger.release(self._id, owner=self._owner, now=self._clock())
        self._ledger.change_state(self._id, CampaignState.PAUSED, reason=reason, now=self._clock())

    def close(self) -> Tally:
        """Finished if the sum allows it, else paused."""
        self._ledger.release(self._id, owner=self._owner, now=self._clock())
        tally = self._ledger.finish(self._id, now=self._clock())
        if (tally.pending or tally.failed) and not self._halted_elsewhere:
            self.pause("stopped by the user" if self._stopped else "some could not be reached for now")
        return tally

    def _send_claimed(self, recipients: Sequence[Recipient], should_stop: Callable[[], bool]) -> None:
        for batch in _batches(recipients, self._transport.batch_size):
            if should_stop():
                return
            self._hand_over(self._messages(batch))
            self._report()

    def _messages(self, recipients: Sequence[Recipient]) -> list[Message]:
        """Those whose message can be made, marked and committed. The others are refused and never handed over."""
        messages, refused = [], []
        for recipient in recipients:
            try:
                messages.append(self._compose(recipient))
            except Refused as error:
                receipt = Receipt(delivery_id=recipient.delivery_id, state=ReceiptState.REFUSED, reason=error.message)
                refused.append(receipt)
        self._settle(refused)
        now = self._clock()
        ids = [message.delivery_id for message in messages]
        ours = self._ledger.intend(
            self._id, owner=self._owner, delivery_ids=ids, now=now, until=now + self._policy.lease
        )
        return [message for message in messages if message.delivery_id in ours]

    def _hand_over(self, messages: Sequence[Message]) -> None:
        """Every message of the batch is settled, given back or in doubt when this returns or raises."""
        if not messages:
            return
        try:
            receipts = self._transport.send(messages)
        except TransportUnavailable as error:
            self._give_back(self._settle_known(messages, error.receipts))
            raise
        except OutcomeUnknown as error:
            rest = self._settle_known(messages, error.receipts)
            self._doubt(rest[: error.unknown], error.message)
            self._give_back(rest[error.unknown :])
            self._doubts += 1
            if self._doubts >= self._policy.doubts:
                raise
        except BaseException:
            self._doubt([message.delivery_id for message in messages], "The program was stopped at this message.")
            raise
        else:
            self._doubts = 0
            self._doubt(self._settle_known(messages, receipts), "The transport gave no answer for this message.")
        self._pause_after_many_failures()

    def _settle_known(self, messages: Sequence[Message], receipts: Sequence[object]) -> list[str]:
        """Settles what was answered, and gives the ids of the rest in order."""
        sent = {message.delivery_id for message in messages}
        known = [receipt for receipt in receipts if isinstance(receipt, Receipt) and receipt.delivery_id in sent]
        self._settle(known)
        for receipt in known:
            if receipt.state is ReceiptState.ACCEPTED:
                self._failed.clear()
            else:
                self._failed.append(receipt)
        answered = {receipt.delivery_id for receipt in known}
        return [message.delivery_id for message in messages if message.delivery_id not in answered]

    def _settle(self, receipts: Sequence[Receipt]) -> None:
        self._ledger.settle(
            self._id, owner=self._owner, receipts=receipts, now=self._clock(), backoff=self._policy.backoff
        )
        states = [receipt.state for receipt in receipts]
        self._count(
            pending=-len(states),
            accepted=states.count(ReceiptState.ACCEPTED),
            refused=states.count(ReceiptState.REFUSED),
            failed=states.count(ReceiptState.TEMPORARY),
        )

    def _pause_after_many_failures(self) -> None:
        """A long run of failures is not the recipients' fault: they get their place back, and the campaign pauses."""
        if len(self._failed) < self._policy.failures:
            return
        refused = [receipt.delivery_id for receipt in self._failed if receipt.state is ReceiptState.REFUSED]
        self._ledger.hold(self._id, owner=self._owner, delivery_ids=refused, now=self._clock())
        raise Incomplete(
            f"The last {len(self._failed)} messages failed one after another, so the campaign is paused."
            f" The last answer was: {self._failed[-1].reason}",
            hint="Mend what the mail service complains about, then send again with --resume. Nobody lost their place.",
        )

    def _give_back(self, delivery_ids: Sequence[str]) -> None:
        """Those that were certainly not handed over keep their place."""
        self._ledger.give_back(self._id, owner=self._owner, delivery_ids=delivery_ids, now=self._clock())

    def _doubt(self, delivery_ids: Sequence[str], reason: str) -> None:
        if delivery_ids:
            self._ledger.doubt(self._id, owner=self._owner, delivery_ids=delivery_ids, reason=reason, now=self._clock())
            self._count(pending=-len(delivery_ids), uncertain=len(delivery_ids))

    def _wait(self, should_stop: Callable[[], bool], sleep: Callable[[float], None]) -> bool:
        """Sleeps until the next temporary failure may be tried again. False: there is none."""
        wake = self._ledger.next_retry(self._id)
        if wake is None:
            return False
        while not should_stop() and (left := (wake - self._clock()).total_seconds()) > 0:
            sleep(min(left, _PIECE))
            self._report()
        return True

    def _count(self, **changes: int) -> None:
        self._tally = self._tally.model_copy(
            update={name: getattr(self._tally, name) + change for name, change in changes.items()}
        )

    def _report(self) -> None:
        self._on_progress(self._tally)


def _batches(recipients: Sequence[Recipient], size: int) -> Iterator[Sequence[Recipient]]:
    for start in range(0, len(recipients), size):
        yield recipients[start : start + size]
