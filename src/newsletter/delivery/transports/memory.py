"""Keeps messages in memory: for tests, and for trying out what a campaign would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType

from newsletter.delivery.transport import Dsn, Mark, all_ours
from newsletter.models.delivery import Message, Receipt, ReceiptState


def accept(message: Message) -> Receipt:
    """The answer of a mail service that takes everything."""
    return Receipt(delivery_id=message.delivery_id, state=ReceiptState.ACCEPTED, provider_id="memory")


class MemoryTransport:
    """`sent` holds what was accepted, in order. `answer` may give other receipts, or raise what a service may raise."""

    name = "memory:"
    connections = 1
    idempotent = False

    def __init__(self, answer: Callable[[Message], Receipt] = accept, *, batch_size: int = 100) -> None:
        self.batch_size = batch_size
        self.sent: list[Message] = []
        self._answer = answer

    def __enter__(self) -> MemoryTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""

    def send(self, messages: Sequence[Message], mark: Mark = all_ours) -> Sequence[Receipt]:
        """See `Transport`."""
        receipts = []
        ours = mark(messages)
        for message in (message for message in messages if message.delivery_id in ours):
            receipt = self._answer(message)
            if receipt.state is ReceiptState.ACCEPTED:
                self.sent.append(message)
            receipts.append(receipt)
        return receipts


def open_transport(dsn: Dsn) -> MemoryTransport:
    """`memory:`"""
    return MemoryTransport()
