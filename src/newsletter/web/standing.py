"""Pages that are the same for everybody: health, security contact, robots, and the style sheet of the service."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.errors import StoreError
from newsletter.web.language import LANGUAGES
from newsletter.web.pages import Pages
from newsletter.web.ports import ServiceApp
from newsletter.web.spool import Spool

CONTACT_FOR = timedelta(days=180)  # how long the security contact may be relied on


class Standing:
    """The endpoints that need no link."""

    def __init__(self, app: ServiceApp, pages: Pages, spool: Spool) -> None:
        self._app, self._pages, self._spool = app, pages, spool

    async def health(self, request: Request) -> Response:
        """200 when the database answers, else 503. `spooled` tells that unsubscribe requests wait on disk."""
        try:
            await asyncio.to_thread(lambda: self._app.store.subscribers.get(0))
        except StoreError:
            return PlainTextResponse("database unavailable\n", status_code=503, headers={"Cache-Control": "no-store"})
        words = "ok\n" if self._spool.empty else "ok, spooled\n"
        return PlainTextResponse(words, headers={"Cache-Control": "no-store"})

    async def security(self, request: Request) -> Response:
        """Whom to tell about a weakness (RFC 9116)."""
        publication = self._app.publication
        expires = (self._app.now() + CONTACT_FOR).strftime("%Y-%m-%dT00:00:00Z")
        lines = [
            f"Contact: mailto:{publication.sender.reply_to}",
            f"Expires: {expires}",
            f"Preferred-Languages: {', '.join(tag.partition('-')[0] for tag in LANGUAGES)}",
            f"Canonical: {publication.service_url}/.well-known/security.txt",
        ]
        return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "max-age=86400"})

    async def robots(self, request: Request) -> Response:
        """Nothing is forbidden: a crawler that may not fetch a personal page never reads that it is noindex."""
        lines = ["User-agent: *", "Disallow:"]
        if (self._app.public / "sitemap.xml").is_file():
            lines.append(f"Sitemap: {self._app.publication.site.url}/sitemap.xml")
        return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "max-age=86400"})

    async def style(self, request: Request) -> Response:
        """The style sheet; its address holds its hash."""
        return Response(self._pages.style, media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})
