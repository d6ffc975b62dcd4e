"""Who may look: this machine's own browser, at the address that the command printed, and no other site's page.

A page anywhere on the web can send requests to 127.0.0.1, and can make a name of its own point there (DNS rebinding).
So the host is checked, a foreign origin refused, and every address holds a key that only the printed one has.
(CVE-2025-24010 and CVE-2026-22689 are what happens without.)
"""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
LOST = "Open the address that the preview command printed.\n"


class Gate:
    """Lets through what is meant for us, without the key in front of it."""

    def __init__(self, app: ASGIApp, *, key: str) -> None:
        self._app = app
        self._prefix = f"/{key}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 403 to strangers and 404 to whoever does not know the key."""
        if scope["type"] == "http" and (status := self._refusal(scope)):
            await PlainTextResponse(LOST, status_code=status)(scope, receive, send)
            return
        if scope["type"] == "http":
            scope["path"] = scope["path"].removeprefix(self._prefix)
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> int:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin", "null")  # what browsers send with the pictures of a sandboxed frame
        server = scope.get("server") or ("", None)
        if host not in {f"{name}:{server[1]}" for name in HOSTS}:
            return 403
        if origin not in ("null", f"http://{host}"):
            return 403
        if scope["method"] not in ("GET", "HEAD"):
            return 403
        start = scope["path"][: len(self._prefix) + 1].encode("utf-8", "replace")
        return 0 if hmac.compare_digest(start, f"{self._prefix}/".encode()) else 404
