"""/p/TOKEN: which audiences one person gets. GET shows, POST saves what was shown and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from newsletter.models.delivery import Subscriber
from newsletter.models.publication import Publication
from newsletter.web.choices import choices, choosable
from newsletter.web.forms import read_form
from newsletter.web.links import PREFERENCES, Links
from newsletter.web.origin import from_elsewhere
from newsletter.web.pages import Pages, masked
from newsletter.web.ports import Grant, ServiceApp
from newsletter.web.writer import Writer


class Preferences:
    """The endpoints below /p/."""

    def __init__(self, app: ServiceApp, pages: Pages, links: Links, writer: Writer) -> None:
        self._app, self._pages, self._links, self._writer = app, pages, links, writer

    async def show(self, request: Request) -> Response:
        """GET and HEAD. Changes nothing."""
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("preferences-link", request.scope)
        return self._page(request, await self._subscriber(grant), saved=False)

    async def save(self, request: Request) -> Response:
        """POST: the fields that the page showed, from one of our own pages."""
        if from_elsewhere(request):
            return self._pages.problem("stranger", request.scope)
        grant = await self._grant(request)
        if grant is None:
            return self._pages.problem("preferences-link", request.scope)
        wanted = _read(request.headers.get("content-type", ""), await request.body(), self._app.publication)
        if wanted is None:
            return self._pages.problem("form", request.scope)
        subscriber = await self._subscriber(grant)
        if subscriber is None:
            return self._page(request, None, saved=False)
        store, now = self._app.store, self._app.now()
        await self._writer.run(
            lambda: store.subscribers.set_audiences(grant.subscriber_id, wanted, source="preferences", at=now)
        )
        return self._page(request, await self._subscriber(grant), saved=True)

    async def _grant(self, request: Request) -> Grant | None:
        return await self._links.read(request.path_params["token"], PREFERENCES)

    async def _subscriber(self, grant: Grant) -> Subscriber | None:
        return await asyncio.to_thread(lambda: self._app.store.subscribers.get(grant.subscriber_id))

    def _page(self, request: Request, subscriber: Subscriber | None, *, saved: bool) -> Response:
        own = subscriber.language if subscriber else ""
        publication = self._pages.publication(request.scope, own)
        return self._pages.page(
            "preferences",
            request,
            own=own,
            choices=choices(publication, choosable(publication), subscriber.audiences) if subscriber else (),
            address=masked(subscriber),
            shared=subscriber is not None and subscriber.shared,
            saved=saved,
        )


def _read(content_type: str, body: bytes, publication: Publication) -> Mapping[str, bool] | None:
    """Audience -> wanted, for those that the page showed (`shown`) and the person ticked (`get`).

    None if anything in it is unknown: another field, an audience that may not be chosen, one ticked that was not shown.
    An audience that was added since the page was opened was not shown, so it is left as it is.
    """
    fields = read_form(content_type, body)
    if fields is None:
        return None
    may_choose = {audience.name for audience in choosable(publication)}
    shown = {value for name, value in fields if name == "shown"}
    ticked = {value for name, value in fields if name == "get"}
    known = all(name in ("shown", "get") for name, _ in fields)
    if not known or not shown or not ticked <= shown <= may_choose:
        return None
    return {name: name in ticked for name in sorted(shown)}
