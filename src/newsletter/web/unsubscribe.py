"""/u/TOKEN: stops one audience for one person. GET shows, POST acts (RFC 8058), undo takes it back.

Link scanners open every link and run its scripts, so GET and HEAD change nothing. Mail services POST without asking
anybody, so POST takes any body or none, answers 200 at once and to every repeat, and sets no cookie.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from newsletter.errors import StoreError
from newsletter.models.delivery import Subscriber
from newsletter.web.links import UNSUBSCRIBE, Links
from newsletter.web.origin import from_elsewhere
from newsletter.web.pages import Pages, masked
from newsletter.web.ports import Grant, ServiceApp
from newsletter.web.spool import Spooled
from newsletter.web.writer import Writer

ONE_CLICK = b"One-Click"  # in the body that mail services send: RFC 8058 section 3.1
log = logging.getLogger("newsletter.web")


class Unsubscribing:
    """The endpoints below /u/."""

    def __init__(self, app: ServiceApp, pages: Pages, links: Links, writer: Writer) -> None:
        self._app, self._pages, self._links, self._writer = app, pages, links, writer

    async def show(self, request: Request) -> Response:
        """GET and HEAD: what the button would do. Changes nothing."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link")
        subscriber = await self._subscriber(grant)
        gets_it = subscriber is None or grant.audience in subscriber.audiences
        return self._pages.page("unsubscribe", gets_it=gets_it, **self._words(grant, subscriber))

    async def act(self, request: Request) -> Response:
        """POST: the token alone decides; whatever the body names is not read."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link")
        await self._writer.unsubscribe(Spooled(token=request.path_params["token"], at=self._app.now()))
        one_click = ONE_CLICK in await request.body()  # nobody sees that page, so nobody is looked up for it
        subscriber = None if one_click else await self._subscriber(grant)
        undo_path = f"{self._pages.base}/u/{request.path_params['token']}/undo" if subscriber else ""
        return self._pages.page("stopped", undo_path=undo_path, **self._words(grant, subscriber))

    async def undo(self, request: Request) -> Response:
        """POST from the page that said goodbye: starts the emails again."""
        if from_elsewhere(request):
            return self._pages.problem("stranger")
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link")
        store, now = self._app.store, self._app.now()
        started = await self._writer.run(
            lambda: store.subscribers.resubscribe(grant.subscriber_id, grant.audience, source="undo", at=now)
        )
        subscriber = await self._subscriber(grant)
        return self._pages.page("undone", started=started, **self._words(grant, subscriber))

    def apply(self, request: Spooled) -> bool:
        """Does one request in the database; False for a token that no key reads any more. Raises StoreError."""
        grant = self._links.read_anew(request.token)
        if grant is None:
            return False
        self._app.store.subscribers.unsubscribe(
            grant.subscriber_id, grant.audience, source="unsubscribe link", at=request.at
        )
        return True

    async def _grant(self, request: Request) -> Grant | None:
        return await self._links.read(request.path_params["token"], UNSUBSCRIBE)

    async def _subscriber(self, grant: Grant) -> Subscriber | None:
        """Whose link it is. None when erased, or when the database cannot be asked: the page then names nobody."""
        try:
            return await asyncio.to_thread(lambda: self._app.store.subscribers.get(grant.subscriber_id))
        except StoreError as error:
            log.warning("read failed kind=%s", type(error).__name__)
            return None

    def _words(self, grant: Grant, subscriber: Subscriber | None) -> dict[str, Any]:
        """What the three pages have in common."""
        audience = self._app.publication.audiences.get(grant.audience)
        return {
            "audience": audience.title if audience else "",
            "address": masked(subscriber),
            "shared": subscriber is not None and subscriber.shared,
            "preferences_url": self._pages.path_of(self._app.signer.preferences_url(grant.subscriber_id)),
        }
