"""/u/TOKEN: stops one audience for one person. GET shows, POST acts (RFC 8058), undo takes it back for a week.

Link scanners open every link and run its scripts, so GET and HEAD change nothing. Mail services POST without asking
anybody, so POST takes any body or none, answers 200 at once and to every repeat, and sets no cookie.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.errors import StoreError
from newsletter.models.delivery import Subscriber
from newsletter.store.leaving import Leaver
from newsletter.web.links import UNSUBSCRIBE, Links
from newsletter.web.origin import from_elsewhere
from newsletter.web.pages import PRIVATE, Pages, masked
from newsletter.web.ports import Grant, ServiceApp
from newsletter.web.spool import Spooled
from newsletter.web.writer import Writer

STOPPED = "The emails have stopped.\n"
ONE_CLICK = b"One-Click"  # in the body that mail services send: RFC 8058 section 3.1
SOURCE = "unsubscribe link"
log = logging.getLogger("newsletter.web")


class Unsubscribing:
    """The endpoints below /u/."""

    def __init__(self, app: ServiceApp, pages: Pages, links: Links, writer: Writer) -> None:
        self._app, self._pages, self._links, self._writer = app, pages, links, writer

    async def show(self, request: Request) -> Response:
        """GET and HEAD: what the button would do. Changes nothing."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link", request.scope)
        subscriber = await self._subscriber(grant)
        gets_it = subscriber is None or grant.audience in subscriber.audiences
        return self._page("unsubscribe", request, grant, subscriber, gets_it=gets_it)

    async def act(self, request: Request) -> Response:
        """POST: the token alone decides; whatever the body names is not read."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link", request.scope)
        await self._writer.unsubscribe(Spooled(request.path_params["token"], self._app.now(), _key(grant)))
        if ONE_CLICK in await request.body():  # a mail service: nobody sees a page
            return PlainTextResponse(STOPPED, headers=PRIVATE)
        subscriber = await self._subscriber(grant)
        rest = f"u/{request.path_params['token']}/undo"
        undo_path = self._pages.path(rest, request.scope) if subscriber else ""
        return self._page("stopped", request, grant, subscriber, undo_path=undo_path)

    async def one_click(self, token: str) -> bool:
        """The same for a mail service, which is shown nothing. False: no key reads this link.

        Raises:
            StoreError: it is neither in the database nor on disk.
        """
        grant = await self._links.read(token, UNSUBSCRIBE)
        if grant is not None:
            await self._writer.unsubscribe(Spooled(token, self._app.now(), _key(grant)))
        return grant is not None

    async def ask_undo(self, request: Request) -> Response:
        """GET: where the goodbye message leads to. Changes nothing."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link", request.scope)
        subscriber, now = await self._subscriber(grant), self._app.now()
        gets_it = subscriber is not None and grant.audience in subscriber.audiences
        leaving = self._app.store.leaving
        if gets_it or not await asyncio.to_thread(leaving.may_undo, grant.subscriber_id, grant.audience, at=now):
            return self._page("undone", request, grant, subscriber, started=gets_it)
        return self._page("undo", request, grant, subscriber)

    async def undo(self, request: Request) -> Response:
        """POST from the page that said goodbye, or from `ask_undo`: starts the emails again."""
        if from_elsewhere(request):
            return self._pages.problem("stranger", request.scope)
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("link", request.scope)
        leaving, now = self._app.store.leaving, self._app.now()
        started = await self._writer.run(
            lambda: leaving.undo(grant.subscriber_id, grant.audience, source="undo", at=now)
        )
        subscriber = await self._subscriber(grant)
        started = started or (subscriber is not None and grant.audience in subscriber.audiences)  # pressed twice
        return self._page("undone", request, grant, subscriber, started=started)

    def apply(self, request: Spooled) -> bool:
        """Does one request in the database; False for a token that no key reads any more. Raises StoreError."""
        return self.apply_all([request])[0]

    def apply_all(self, requests: Sequence[Spooled]) -> list[bool]:
        """Does many in one transaction. Raises StoreError: none was done."""
        keys = [request.key or _key(self._links.read_anew(request.token)) for request in requests]
        leavers = [Leaver(*key, request.at) for key, request in zip(keys, requests, strict=True) if key]
        if leavers:
            self._app.store.leaving.leave(leavers, source=SOURCE)
        return [key is not None for key in keys]

    async def _grant(self, request: Request) -> Grant | None:
        return await self._links.read(request.path_params["token"], UNSUBSCRIBE)

    async def _subscriber(self, grant: Grant) -> Subscriber | None:
        """Whose link it is. None when erased, or when the database cannot be asked: the page then names nobody."""
        try:
            return await asyncio.to_thread(lambda: self._app.store.subscribers.get(grant.subscriber_id))
        except StoreError as error:
            log.warning("read failed kind=%s", type(error).__name__)
            return None

    def _page(
        self, name: str, request: Request, grant: Grant, subscriber: Subscriber | None, **values: Any
    ) -> Response:
        """A page, with the words that all of them have in common."""
        own = subscriber.language if subscriber else ""
        audience = self._pages.publication(request.scope, own).audiences.get(grant.audience)
        preferences = self._pages.path_of(self._app.signer.preferences_url(grant.subscriber_id))
        return self._pages.page(
            name,
            request,
            own=own,
            audience=audience.title if audience else "",
            address=masked(subscriber),
            shared=subscriber is not None and subscriber.shared,
            preferences_url=preferences,
            **values,
        )


def _key(grant: Grant | None) -> tuple[int, str] | None:
    """Whose subscription it is, and to which audience ("": one that nobody knows, so there is nothing to end)."""
    return (grant.subscriber_id, grant.audience) if grant else None
