"""The preview's addresses, joined into one application. Nothing here is on the public service."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from newsletter.web.guard import HEADERS, Guard
from newsletter.web.studio.changes import Changes, watch
from newsletter.web.studio.display import shown_html, shown_text, source_lines
from newsletter.web.studio.gate import Gate
from newsletter.web.studio.looks import Look, Looks
from newsletter.web.studio.page import Choice, page_values
from newsletter.web.studio.ports import PreviewApp

# No Cross-Origin-Resource-Policy: a sandboxed frame is nobody's same site, and must get its pictures all the same.
STUDIO_HEADERS = {
    **{name: value for name, value in HEADERS.items() if name != "Cross-Origin-Resource-Policy"},
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " frame-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
}
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src {images}; form-action 'none';"
    " frame-ancestors 'self'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
STATIC = {"studio.css": "text/css", "studio.js": "text/javascript"}


class Preview:
    """The endpoints. Whatever reads or renders runs in a thread."""

    def __init__(self, looks: Looks, changes: Changes, root: str, first: str) -> None:
        """`root`: the preview's own path, with its key. `first`: the issue to open, "" for the latest."""
        self._looks, self._changes, self._root, self._first = looks, changes, root, first

    async def start(self, request: Request) -> Response:
        """To the issue that was asked for, or the latest; a page that says how to begin when there is none."""
        path = self._first or await asyncio.to_thread(self._looks.latest)
        if path:
            return RedirectResponse(f"{self._root}issue/{path}")
        return await self._page(None, Choice())

    async def issue(self, request: Request) -> Response:
        """The page of one issue."""
        checked = request.query_params.get("checks") != "later"  # what was saved is to be seen first
        look = await asyncio.to_thread(self._looks.look, _path(request), checked=checked)
        return await self._page(look, Choice.of(request.query_params))

    async def frame(self, request: Request) -> Response:
        """What stands inside the frame: one view of one issue."""
        look = await self._look(request)
        if look is None or look.edition is None:
            return _nothing()
        view = request.path_params["view"]
        html = await asyncio.to_thread(self._document, look, view)
        if html is None:
            return _nothing()
        images = "'none'" if request.query_params.get("images") == "off" else "'self' data:"
        return HTMLResponse(html, headers={"Content-Security-Policy": FRAME_POLICY.format(images=images)})

    async def asset(self, request: Request) -> Response:
        """A picture or a file of the issue, as it will be published."""
        look = await self._look(request)
        assets = look.edition.assets if look and look.edition else ()
        found = next((asset for asset in assets if asset.path == request.path_params["asset"]), None)
        return Response(found.data, media_type=found.media_type) if found else _nothing()

    async def stylesheet(self, request: Request) -> Response:
        """The style sheet of the web copies."""
        found = self._looks.stylesheet(f"assets/{request.path_params['name']}")
        return Response(found.data, media_type=found.media_type) if found else _nothing()

    async def static(self, request: Request) -> Response:
        """The preview's own style and script."""
        name = request.path_params["name"]
        path = self._looks.app.templates.source_path(f"studio/{name}") if name in STATIC else None
        return Response(await asyncio.to_thread(path.read_bytes), media_type=STATIC[name]) if path else _nothing()

    async def events(self, request: Request) -> Response:
        """Tells a page when something was saved."""
        since = request.query_params.get("since", "")
        seen = int(since) if since.isdecimal() and len(since) < 10 else self._changes.count
        return StreamingResponse(self._changes.stream(seen), media_type="text/event-stream")

    async def blank(self, request: Request) -> Response:
        """Where the frame goes for a moment, so that coming back restores its scroll position."""
        return HTMLResponse(
            "<!doctype html><title>.</title>", headers={"Content-Security-Policy": FRAME_POLICY.format(images="'none'")}
        )

    async def _look(self, request: Request) -> Look | None:
        return await asyncio.to_thread(self._looks.look, _path(request), checked=False)

    async def _page(self, look: Look | None, choice: Choice) -> Response:
        version = self._changes.count

        def render() -> str:
            values = page_values(self._looks, look, choice, self._root, version)
            return self._looks.app.templates.render("studio/page.html", **values)

        return HTMLResponse(await asyncio.to_thread(render))

    def _document(self, look: Look, view: str) -> str | None:
        assert look.edition is not None
        publication, render = self._looks.app.publication, self._looks.app.templates.render
        names = look.issue.front.audiences if look.issue else ()
        audience = next(
            (publication.audiences[name].title for name in names if name in publication.audiences), "Audience"
        )
        if view in ("email", "phone"):
            web, scrollbar = f"{self._root}frame/web/{look.path}/", "none" if view == "phone" else "thin"
            return shown_html(look.edition, "email", audience, other=web, scrollbar=scrollbar)
        if view == "web":
            return shown_html(look.edition, "web", audience) if "web" in look.edition.renditions else None
        if view == "text":
            return render("studio/text.html", title="Text", text=shown_text(look.edition, audience))
        if view == "source":
            return render("studio/source.html", title="Source", lines=source_lines(look.edition))
        return None


def create_preview(
    app: PreviewApp,
    folder: Path | None = None,
    *,
    key: str = "",
    reopen: Callable[[], PreviewApp] | None = None,
) -> Starlette:
    """The preview of one publication, opening on `folder`; its state holds `key`, the first part of every address,
    `changes` and `looks`.

    `reopen` gives the publication anew when newsletter.toml has changed.
    """
    key = key or secrets.token_urlsafe(16)
    looks, changes = Looks(app, reopen), Changes()
    first = folder.relative_to(app.project).as_posix() if folder else ""
    preview = Preview(looks, changes, f"/{key}/", first)

    async def saved(paths: set[Path]) -> None:
        await asyncio.to_thread(looks.saved, paths)
        changes.notify()

    @contextlib.asynccontextmanager
    async def lifespan(service: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(app.project, lambda: _watched(looks.app), saved))
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    service = Starlette(
        routes=_routes(preview),
        middleware=[Middleware(Guard, problem=_problem, headers=STUDIO_HEADERS), Middleware(Gate, key=key)],
        lifespan=lifespan,
    )
    service.router.redirect_slashes = False
    service.state.key, service.state.changes, service.state.looks = key, changes, looks
    return service


def _routes(preview: Preview) -> list[Route]:
    return [
        Route("/", preview.start),
        Route("/issue/{series}/{slug}", preview.issue),
        Route("/frame/blank", preview.blank),
        Route("/frame/{view}/assets/{name}", preview.stylesheet),
        Route("/frame/{view}/{series}/{slug}/", preview.frame),
        Route("/frame/{view}/{series}/{slug}/{asset:path}", preview.asset),
        Route("/static/{name}", preview.static),
        Route("/events", preview.events),
    ]


def _watched(app: PreviewApp) -> set[Path]:
    """The folders whose files make an issue."""
    series = {app.project / series.folder for series in app.publication.series.values()}
    return series | set(app.templates.folders) | {app.project / "templates"}


def _path(request: Request) -> str:
    return f"{request.path_params['series']}/{request.path_params['slug']}"


def _nothing() -> Response:
    return PlainTextResponse("There is nothing here.\n", status_code=404)


def _problem(kind: str, *, reference: str = "") -> Response:
    status = {"fault": 500, "size": 413, "slow": 408}.get(kind, 503)
    return PlainTextResponse(f"Something went wrong ({kind} {reference}). Reload the page.\n", status_code=status)
