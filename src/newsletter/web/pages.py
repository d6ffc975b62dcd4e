"""The service's pages as responses: what every page shows, its headers, and the words of what can go wrong."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from newsletter.errors import TemplateError
from newsletter.models.addresses import mask
from newsletter.models.delivery import Subscriber
from newsletter.rendering.theme import theme_for
from newsletter.web.ports import ServiceApp

LANGUAGE = "en-GB"  # of the service's own words
STYLE = "service/style.css"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}

_PROBLEMS = {
    "link": (
        404,
        "This link does not work",
        "It may have been cut short on its way. Open a newsletter and follow the link at its foot again.",
    ),
    "preferences-link": (
        404,
        "This link no longer works",
        "For your safety, links to your choices work for 90 days. Open the latest newsletter you have had from us"
        " and follow the link to your preferences at its foot: it is a new one.",
    ),
    "page": (404, "There is no such page", "Check the address, or start from the list of past issues."),
    "method": (405, "This page cannot do that", "Go back, and use the links and buttons of the page you came from."),
    "form": (
        400,
        "That could not be read",
        "Nothing was changed. Go back to the newsletter, open the link again, and try once more.",
    ),
    "stranger": (
        403,
        "That was refused",
        "The request came from another website, so nothing was changed. Open the link in the newsletter instead.",
    ),
    "size": (413, "That was too much", "Nothing was changed: the request was longer than any of our forms."),
    "slow": (408, "That took too long", "Nothing was changed. Please try again."),
    "busy": (
        503,
        "Please try again in a few minutes",
        "We could not save that just now. If you have asked to stop emails, that still stands.",
    ),
    "fault": (
        500,
        "Something went wrong",
        "The mistake is ours, and it has been noted. Please try again in a few minutes.",
    ),
}


class Pages:
    """Renders templates/service/*.html. `base` is the path below which the service is reached, "" for most."""

    def __init__(self, app: ServiceApp) -> None:
        self._app = app
        self.base = urlsplit(app.publication.service_url).path
        self.style = self._style()
        version = hashlib.sha256(self.style).hexdigest()[:8]
        self._style_url = f"{self.base}/{STYLE}?v={version}"

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """The page of templates/service/NAME.html; never kept by caches or search engines."""
        publication = self._app.publication
        text = self._app.templates.render(
            f"service/{name}.html",
            lang=LANGUAGE,
            base=self.base,
            style_url=self._style_url,
            partnership=publication.partnership,
            contact=publication.sender.reply_to,
            archive_url=f"{publication.site.url}/",
            **values,
        )
        return HTMLResponse(text, status_code=status, headers=PRIVATE)

    def problem(self, kind: str, *, reference: str = "") -> Response:
        """The page for something that went wrong: the same words whatever the cause, and nothing of the request."""
        status, title, advice = _PROBLEMS[kind]
        try:
            response = self.page("problem", status, title=title, advice=advice, reference=reference)
        except TemplateError:
            response = PlainTextResponse(f"{title}. {advice}\n", status_code=status, headers=PRIVATE)
        if status == 503:
            response.headers["Retry-After"] = "60"
        return response

    def path_of(self, url: str) -> str:
        """A signed link as this service's own path, so that it works wherever the service is being tried out."""
        return urlsplit(url).path

    def _style(self) -> bytes:
        """The partnership's colours and sizes, then templates/service/style.css."""
        path = self._app.templates.source_path(STYLE)
        rules = path.read_text(encoding="utf-8") if path else ""
        return f"{theme_for(self._app.publication.theme).css_variables()}\n{rules}".encode()


def masked(subscriber: Subscriber | None) -> str:
    """An address as its owner will know it and nobody else will; "" for somebody erased."""
    return mask(subscriber.email) if subscriber else ""
