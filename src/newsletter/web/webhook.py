"""/webhooks/sendgrid: what SendGrid tells of messages it took. Signed, or refused; the same again changes nothing.

A caller gets 200 once everything is written down, 403 when it is not SendGrid, 400 when it is and says nothing that can
be read, 503 when the database is busy: then SendGrid tries again, for 24 hours. Only numbers are logged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.delivery.transports.sendgrid.webhook import SIGNATURE, TIMESTAMP, Reader, Unreadable, Unsigned
from newsletter.models.events import Effect, ProviderEvent
from newsletter.web.ports import ServiceApp
from newsletter.web.writer import Writer

PATH = "/webhooks/sendgrid"
LARGEST = 5 * 1024 * 1024  # bytes of one call
AT_ONCE = 200  # events in one transaction: an unsubscribe waits no longer than that takes

log = logging.getLogger("newsletter.web")


class Webhook:
    """The endpoint. There is one only where the public key of the webhook is known."""

    def __init__(self, app: ServiceApp, writer: Writer) -> None:
        """Raises UsageError if the key cannot be used."""
        self._app, self._writer = app, writer
        self._reader = Reader(app.webhook_key, app.publication.unsubscribe.group)

    async def receive(self, request: Request) -> Response:
        """POST: verifies, reads, and writes down what is told."""
        signature, timestamp = (request.headers.get(name, "") for name in (SIGNATURE, TIMESTAMP))
        try:
            told = self._reader.read(await request.body(), signature, timestamp, self._app.now())
        except Unsigned:
            return _answer("refused", 403)
        except Unreadable:
            return _answer("unreadable", 400)
        effects: list[Effect] = []
        for start in range(0, len(told.events), AT_ONCE):
            effects += await self._record(told.events[start : start + AT_ONCE])
        new = Counter(effect.kind for effect in effects if effect.new)
        counted = " ".join(f"{kind}={number}" for kind, number in sorted(new.items()))
        log.info("events read=%d repeated=%d skipped=%d %s", len(effects), len(effects) - new.total(), told.skipped,
                 counted)  # fmt: skip
        return _answer("ok", 200)

    async def _record(self, events: Sequence[ProviderEvent]) -> Sequence[Effect]:
        store, now = self._app.store, self._app.now()
        return await self._writer.run(lambda: store.events.record(events, now=now))


def _answer(text: str, status: int) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers={"Cache-Control": "no-store"})
