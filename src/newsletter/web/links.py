"""Reads personal links, also those of an audience that was set up after the service was started.

A token names its audience by a tag, so a signer only knows the audiences there were when it was made. Answering
"stopped" for one it does not know would be a lie, so it is then made anew, though not for every such request.
"""

from __future__ import annotations

import asyncio
import threading
import time

from newsletter.errors import StoreError
from newsletter.web.ports import Grant, ServiceApp

UNSUBSCRIBE = "u"
PREFERENCES = "p"
CONFIRM = "c"
AGAIN_AFTER = 1.0  # seconds between two new signers


class Links:
    """Shared by all endpoints. Any thread may ask."""

    def __init__(self, app: ServiceApp, *, again_after: float = AGAIN_AFTER) -> None:
        self._app = app
        self._again_after = again_after
        self._renewed_at = float("-inf")
        self._lock = threading.Lock()

    async def read(self, token: str, purpose: str) -> Grant | None:
        """What a link allows, or None. Its audience is "" if nobody knows it, or the database cannot be asked."""
        grant = self._app.signer.read(token, purpose)
        if grant is None or grant.audience or purpose != UNSUBSCRIBE:
            return grant
        try:
            return await asyncio.to_thread(self.read_anew, token)
        except StoreError:
            return grant

    def read_anew(self, token: str) -> Grant | None:
        """What an unsubscribe link allows, by all audiences there are now.

        Raises:
            StoreError: they cannot be asked for.
        """
        grant = self._app.signer.read(token, UNSUBSCRIBE)
        if grant is None or grant.audience:
            return grant
        with self._lock:
            if time.monotonic() - self._renewed_at < self._again_after:
                return self._app.signer.read(token, UNSUBSCRIBE)
            signer = self._app.renew_signer()
            self._renewed_at = time.monotonic()
        return signer.read(token, UNSUBSCRIBE)
