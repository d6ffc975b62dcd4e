"""The short way for what mail services post (RFC 8058): no page, no routing, 200 and nothing more.

Thousands may come within seconds when a mail service acts for its users. Whatever is out of the ordinary, a link that
no key reads or a database that cannot be written, goes the long way and is answered there.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.errors import StoreError
from newsletter.web.guard import BARE
from newsletter.web.unsubscribe import ONE_CLICK, Unsubscribing

_HEADERS = [(b"content-length", b"0")]


class OneClick:
    """Stands before the router, and behind the guard, which has read the body."""

    def __init__(self, app: ASGIApp, unsubscribing: Unsubscribing) -> None:
        self._app, self._unsubscribing = app, unsubscribing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a one-click POST; hands anything else on."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/u/"):
            await self._app(scope, receive, send)
            return
        token, first = scope["path"][3:], await receive()
        if ONE_CLICK in first.get("body", b"") and "/" not in token and await self._stopped(token):
            scope["path_params"] = {"token": token}  # so that the log leaves it out
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS, BARE: True})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, _again(first, receive), send)

    async def _stopped(self, token: str) -> bool:
        try:
            return await self._unsubscribing.one_click(token)
        except StoreError:
            return False


def _again(first: Message, receive: Receive) -> Receive:
    """Hands the first message out once more."""
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
