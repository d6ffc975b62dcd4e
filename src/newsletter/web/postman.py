"""Takes the service's own mails from the queue and hands them to the transport: one thread, apart from every request.

What could not be handed over waits and is tried again, longer each time, for a day. What may have been accepted is
never handed over again by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from newsletter.delivery.transport import Transport
from newsletter.errors import NewsletterError, OutcomeUnknown, Refused, TransportError, TransportUnavailable
from newsletter.models.delivery import DeliveryState, Message, Receipt, ReceiptState
from newsletter.models.signups import MailKind, ServiceMail
from newsletter.store.service_mails import Settled
from newsletter.web.letters import Letters
from newsletter.web.ports import ServiceApp

EVERY = 30.0  # seconds between two looks at the queue when nobody says that there is something in it
AT_ONCE = 100
CALM = 0.2  # seconds without a request after which the mails have their turn
LONGEST_YIELD = 5.0  # seconds that mails wait for that
LEASE = timedelta(minutes=5)  # by then a mail that was about to be handed over has an answer, or its program is gone
FIRST_WAIT = timedelta(minutes=1)  # doubled with each attempt, up to
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(days=1)
TIDY_EVERY = timedelta(hours=1)
NOBODY = "There is nobody left to write to."
_STATES = {ReceiptState.ACCEPTED: DeliveryState.ACCEPTED, ReceiptState.REFUSED: DeliveryState.REFUSED}
log = logging.getLogger("newsletter.web")


class Postman:
    """`start` begins the rounds, `wake` asks for one now, `close` ends them after the one that is going on."""

    def __init__(self, app: ServiceApp, idle_for: Callable[[], float], *, every: float = EVERY) -> None:
        """`idle_for`: seconds since somebody last asked for something. Mails are written when nobody waits."""
        self._app, self._idle_for, self._every = app, idle_for, every
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._tidied: datetime | None = None

    def start(self) -> None:
        """Starts the thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="newsletter-postman", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """There is something in the queue."""
        self._wanted.set()

    def close(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        self._quietly()
        while not self._stopping.is_set():
            self._wanted.wait(self._every)
            self._wanted.clear()
            if not self._stopping.is_set():
                self._quietly()

    def _quietly(self) -> None:
        """Whatever goes wrong, the next round is tried."""
        try:
            self.recover()
            self.tidy()
            self._give_way()
            while self.round() and not self._stopping.is_set():
                self._give_way()
        except NewsletterError as error:
            log.warning("mails wait kind=%s", type(error).__name__)
        except Exception as error:
            log.error("mails failed kind=%s", type(error).__name__)

    def _give_way(self) -> None:
        """Thousands may leave within seconds: then their requests come first, and their mails afterwards."""
        patience = time.monotonic() + LONGEST_YIELD
        while self._idle_for() < CALM and time.monotonic() < patience and not self._stopping.wait(CALM / 2):
            pass

    def recover(self) -> None:
        """What a crash left in the middle."""
        again = self._app.open_transport().idempotent
        if left := self._app.store.service_mails.recover(self._app.now(), again=again):
            log.warning("mails found half handed over count=%d again=%s", left, again)

    def tidy(self) -> None:
        """Forgets what is done with, and sign-ups that nobody confirmed: at the start, and every hour."""
        now = self._app.now()
        if self._tidied is None or now - self._tidied > TIDY_EVERY:
            self._app.store.service_mails.tidy(now)
            self._app.store.signups.tidy(now)
            self._tidied = now

    def round(self) -> int:
        """Hands over what is waiting; how many were taken from the queue.

        Raises:
            TransportError: the mail service takes nothing now. StoreError, UsageError."""
        waiting = self._app.store.service_mails.waiting(self._app.now(), AT_ONCE)
        if not waiting:
            return 0
        messages = self._written(waiting)
        by_key = {mail.id: mail for mail in waiting}
        if messages:
            with self._app.open_transport() as transport:
                for start in range(0, len(messages), transport.batch_size):
                    self._hand_over(transport, messages[start : start + transport.batch_size], by_key)
        return len(waiting)

    def _written(self, mails: Sequence[ServiceMail]) -> list[Message]:
        """The messages. Where there is nothing to say any more, that is written down instead."""
        messages, settled = [], []
        for mail in mails:
            try:
                message = self._write(mail)
            except Refused:
                settled.append(Settled(mail.id, DeliveryState.REFUSED, "The address cannot stand in a message."))
                continue
            if message is None:
                settled.append(Settled(mail.id, DeliveryState.EXCLUDED, NOBODY))
            else:
                messages.append(message)
        self._app.store.service_mails.settle(settled)
        return messages

    def _write(self, mail: ServiceMail) -> Message | None:
        store, now = self._app.store, self._app.now()
        letters = Letters(self._app.publication, self._app.templates, self._app.signer)
        if mail.kind is not MailKind.SIGN_UP:
            person = store.subscribers.get(mail.person_id)
            write = letters.welcome if mail.kind is MailKind.WELCOME else letters.goodbye
            return write(mail, person, now) if person else None
        signup = store.signups.get(mail.person_id)
        if signup is None or signup.confirmed_at or store.signups.barred(signup.email):
            return None
        person = store.subscribers.find(signup.email)
        if person and set(signup.audiences) <= set(person.audiences):
            return letters.already(mail, person, now)
        return letters.confirm(mail, signup, now)

    def _hand_over(self, transport: Transport, messages: Sequence[Message], mails: dict[str, ServiceMail]) -> None:
        """Each message of the batch is accepted, refused, in doubt, or waits again."""
        asked: set[str] = set()
        ours: set[str] = set()

        def mark(about: Sequence[Message]) -> Collection[str]:
            keys = [message.delivery_id for message in about if message.delivery_id not in asked]
            asked.update(keys)
            until = self._app.now() + LEASE
            ours.update(self._app.store.service_mails.mark(keys, until=until) if keys else ())
            return ours

        trouble: TransportError | None = None
        unknown, reason = len(messages), "The mail service gave no answer for this message."
        try:
            receipts: Sequence[object] = transport.send(messages, mark)
        except (TransportUnavailable, OutcomeUnknown) as error:
            trouble, receipts = error, error.receipts
            unknown, reason = getattr(error, "unknown", 0), "The mail service's answer was lost."
        known = [receipt for receipt in receipts if isinstance(receipt, Receipt)]
        answered = {receipt.delivery_id for receipt in known}
        rest = [
            message.delivery_id
            for message in messages
            if message.delivery_id not in answered and message.delivery_id not in asked - ours
        ]
        settled = [self._answered(mails[receipt.delivery_id], receipt) for receipt in known]
        settled += [Settled(key, DeliveryState.UNCERTAIN, reason) for key in rest[:unknown]]
        settled += [self._again(mails[key], "The mail service could not be reached.") for key in rest[unknown:]]
        self._app.store.service_mails.settle(settled)
        if trouble:
            raise trouble

    def _answered(self, mail: ServiceMail, receipt: Receipt) -> Settled:
        """Reasons are in our words: a mail service's may hold the address."""
        state = _STATES.get(receipt.state)
        return Settled(mail.id, state) if state else self._again(mail, "The mail service asked to wait.")

    def _again(self, mail: ServiceMail, reason: str) -> Settled:
        """Waits, longer each time, for a day."""
        now = self._app.now()
        if now - mail.created_at > GIVE_UP:
            return Settled(mail.id, DeliveryState.FAILED, reason)
        pause = min(FIRST_WAIT * 2 ** min(mail.attempts, 10), LONGEST_WAIT)
        return Settled(mail.id, DeliveryState.PENDING, reason, now + pause)
