"""The public service: sign-up, unsubscribe, preferences, webhooks and the archive, joined into one application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Lifespan

from newsletter.errors import StoreError
from newsletter.models.publication import SIGN_UP
from newsletter.web.archive import Archive
from newsletter.web.forms import Seals
from newsletter.web.guard import Guard
from newsletter.web.limits import Limits
from newsletter.web.links import UNSUBSCRIBE, Links
from newsletter.web.oneclick import OneClick
from newsletter.web.pages import STYLE, Pages
from newsletter.web.patience import Patience
from newsletter.web.ports import ServiceApp
from newsletter.web.postman import Postman
from newsletter.web.preferences import Preferences
from newsletter.web.signup import SigningUp
from newsletter.web.spool import Spool
from newsletter.web.standing import Standing
from newsletter.web.unsubscribe import Unsubscribing
from newsletter.web.webhook import LARGEST, PATH, Webhook
from newsletter.web.writer import Writer

SPOOL = "spool"  # folder below the project

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Exception], Awaitable[Response]]


def create_service(app: ServiceApp) -> Starlette:
    """The service of one publication.

    Raises:
        NewsletterError: a secret is missing, the database cannot be opened, or a template is wrong.
    """
    pages, links, spool, postman = (
        Pages(app),
        Links(app),
        Spool(app.project / SPOOL),
        Postman(app, lambda: writer.idle_for),
    )
    seals = Seals(app.form_keys)
    limits = Limits(seals.hide)
    writer = Writer(
        spool,
        lambda request: unsubscribing.apply(request),
        lambda requests: unsubscribing.apply_all(requests),
        wake=postman.wake,
    )
    unsubscribing = Unsubscribing(app, pages, links, writer)
    signing_up = SigningUp(app, pages, links, writer, seals, limits, postman.wake)
    preferences, standing = Preferences(app, pages, links, writer), Standing(app, pages, spool)
    _try_out(app, pages)
    https = urlsplit(app.publication.service_url).scheme == "https"
    service = Starlette(
        routes=[
            *_links(unsubscribing, preferences, signing_up, Patience(pages, limits)),
            *_standing(standing),
            *_webhooks(app, writer),
        ],
        middleware=[
            Middleware(Guard, problem=pages.problem, https=https, larger={PATH: LARGEST}),
            Middleware(OneClick, unsubscribing=unsubscribing),
        ],
        exception_handlers=_handlers(pages),
        lifespan=_lifespan(writer, postman),
    )
    service.state.writer, service.state.postman = writer, postman
    # A one-click POST must not be answered with a redirect: RFC 8058 section 3.1.
    service.router.redirect_slashes = False
    service.router.default = Archive(app.public, pages.problem)  # whatever is none of our own addresses
    return service


def _handlers(pages: Pages) -> dict[Any, Handler]:
    """Pages for what an endpoint cannot answer itself."""

    async def busy(request: Request, error: Exception) -> Response:
        return pages.problem("busy", request.scope)

    async def method(request: Request, error: Exception) -> Response:
        response = pages.problem("method", request.scope)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    return {StoreError: busy, 405: method}


def _lifespan(writer: Writer, postman: Postman) -> Lifespan[Starlette]:
    """What an earlier run left in the spool is applied at the start; what is waiting is written at the end."""

    @contextlib.asynccontextmanager
    async def run(service: Starlette) -> AsyncIterator[None]:
        writer.start()
        postman.start()
        yield
        await asyncio.to_thread(writer.close)
        await asyncio.to_thread(postman.close)

    return run


def _links(
    unsubscribing: Unsubscribing, preferences: Preferences, signing_up: SigningUp, patience: Patience
) -> list[Route]:
    """Addresses that change something: each shows on GET and acts on POST."""
    both = ["GET", "POST"]
    return [
        Route("/u/{token}", patience.with_links(_by_method(unsubscribing.show, unsubscribing.act)), methods=both),
        Route("/u/{token}/undo", _by_method(unsubscribing.ask_undo, unsubscribing.undo), methods=both),
        Route("/p/{token}", patience.with_links(_by_method(preferences.show, preferences.save)), methods=both),
        Route("/c/{token}", patience.with_links(_by_method(signing_up.show, signing_up.confirm)), methods=both),
        Route(f"/{SIGN_UP}", _by_method(signing_up.form, signing_up.ask), methods=both),
    ]


def _standing(standing: Standing) -> list[Route]:
    """Addresses that are the same for everybody."""
    return [
        Route("/healthz", standing.health),
        Route("/.well-known/security.txt", standing.security),
        Route("/robots.txt", standing.robots),
        Route(f"/{STYLE}", standing.style),
    ]


def _webhooks(app: ServiceApp, writer: Writer) -> list[Route]:
    """Addresses of mail services; none where no key is known that tells them from anybody else."""
    return [Route(PATH, Webhook(app, writer).receive, methods=["POST"])] if app.webhook_key else []


def _by_method(show: Endpoint, act: Endpoint) -> Endpoint:
    """One address: POST acts; everything else that is let through only shows."""

    async def endpoint(request: Request) -> Response:
        return await (act if request.method == "POST" else show)(request)

    return endpoint


def _try_out(app: ServiceApp, pages: Pages) -> None:
    """Meets now, with the person who starts the service, whatever the first visitor would meet."""
    app.signer.read("", UNSUBSCRIBE)
    app.store.subscribers.get(0)
    pages.page("problem", title="", advice="", reference="")
    app.open_transport()
