"""One lane of a run: takes recipients, makes their messages, hands them over, and sees that each is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from newsletter.delivery.feed import Feed
from newsletter.delivery.journal import Journal
from newsletter.delivery.standing import Standing
from newsletter.delivery.transport import ReadsAhead, Transport
from newsletter.errors import OutcomeUnknown, Refused, TransportUnavailable
from newsletter.models.delivery import Message, Receipt, ReceiptState, Recipient

Compose = Callable[[Recipient], Message]  # raises Refused for a recipient whose message cannot be made
_SILENT = "The transport gave no answer for this message."
INTERRUPTED = "The program was stopped at this message."


class Lane:
    """Used by one thread; each lane of a run has at most one call of the transport going on."""

    def __init__(
        self, transport: Transport, compose: Compose, feed: Feed, journal: Journal, standing: Standing,
        campaign_id: str, owner: str,
    ) -> None:  # fmt: skip
        self._transport, self._compose, self._feed = transport, compose, feed
        self._journal, self._standing, self._id, self._owner = journal, standing, campaign_id, owner
        self.in_flight: set[str] = set()  # marked, and not answered for yet
        self._early: list[Message] = []  # the next message, made while the last one's text was read
        self._send: Callable[..., Sequence[Receipt]] = transport.send
        if isinstance(transport, ReadsAhead):
            self._send = partial(transport.send, following=self._following)
        self._not_ours: set[str] = set()  # could not be marked: somebody else has the lease now

    def run(self) -> None:
        """Until nobody is left for now, the run stops, or something stops it: then `standing.error` says what."""
        try:
            for messages in self._batches():
                self._hand_over(messages)
        except BaseException as error:
            self._standing.fail(error)
            if not isinstance(error, Exception):  # an interruption is for whoever runs the lanes as well
                raise
        finally:
            self._standing.report(now=False)

    def _batches(self) -> Iterator[list[Message]]:
        """What to hand over, until nobody is left for now or the run stops. Whoever is left stays claimed."""
        size = self._transport.batch_size
        while True:
            if self._early and not self._standing.stopping:
                early, self._early = self._early, []
                yield early
            elif recipients := self._feed.take(size, size * self._transport.connections):
                yield self._messages(recipients)
            else:
                return

    def _messages(self, recipients: Sequence[Recipient]) -> list[Message]:
        """Those whose message can be made. The others are refused and never handed over."""
        messages = []
        for recipient in recipients:
            try:
                messages.append(self._compose(recipient))
            except Refused as error:
                receipt = Receipt(delivery_id=recipient.delivery_id, state=ReceiptState.REFUSED, reason=error.message)
                self._journal.note([receipt])
                self._standing.count(pending=-1, refused=1)
        return messages

    def _hand_over(self, messages: Sequence[Message]) -> None:
        """Every message of the batch is settled, given back or in doubt when this returns or raises."""
        if not messages:
            return
        try:
            receipts = self._send(messages, self._mark)
        except TransportUnavailable as error:
            self._give_back(self._settle(messages, error.receipts))
            raise
        except OutcomeUnknown as error:
            rest = self._settle(messages, error.receipts)
            self._doubt(rest[: error.unknown], error.message)
            self._give_back(rest[error.unknown :])
            if self._standing.lost_an_answer():
                raise
        except BaseException:
            self._doubt(list(self.in_flight), INTERRUPTED)
            raise
        else:
            rest = self._settle(messages, receipts)
            self._doubt(
                [key for key in rest if key in self.in_flight], "The transport gave no answer for this message."
            )
        self._standing.check()

    def _mark(self, messages: Sequence[Message]) -> Collection[str]:
        """See `Transport.send`. Marking again what is marked already changes nothing."""
        keys = [message.delivery_id for message in messages if message.delivery_id not in self.in_flight]
        if keys:
            ours = self._journal.mark(keys)
            self.in_flight.update(key for key in keys if key in ours)
            self._not_ours.update(key for key in keys if key not in ours)
            if self._transport.batch_size == 1 and not self._early:
                self._early = self._messages(self._feed.take_early())
        return self.in_flight

    def _following(self) -> Message | None:
        """What comes next, if it was made early and nothing stops it."""
        return self._early[0] if self._early and not self._standing.stopping else None

    def _settle(self, messages: Sequence[Message], receipts: Sequence[object]) -> list[str]:
        """Notes what was answered, and gives the ids of the rest in order."""
        sent = {message.delivery_id for message in messages}
        known = [receipt for receipt in receipts if isinstance(receipt, Receipt) and receipt.delivery_id in sent]
        self._journal.note(known)
        answered = {receipt.delivery_id for receipt in known}
        self.in_flight -= answered
        answered |= self._not_ours
        self._standing.answered(known)
        return [message.delivery_id for message in messages if message.delivery_id not in answered]

    def _give_back(self, delivery_ids: Sequence[str]) -> None:
        """Those that were certainly not handed over keep their place."""
        if delivery_ids:
            with self._journal.alone() as ledger:
                ledger.give_back(self._id, owner=self._owner, delivery_ids=delivery_ids, now=self._journal.now())
            self.in_flight.difference_update(delivery_ids)

    def _doubt(self, delivery_ids: Sequence[str], reason: str) -> None:
        if delivery_ids:
            with self._journal.alone() as ledger:
                ledger.doubt(
                    self._id, owner=self._owner, delivery_ids=delivery_ids, reason=reason, now=self._journal.now()
                )
            self.in_flight.difference_update(delivery_ids)
            self._standing.count(pending=-len(delivery_ids), uncertain=len(delivery_ids))
