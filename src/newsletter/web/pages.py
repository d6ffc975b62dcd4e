"""The service's pages as responses: what every page shows, its headers, and the words of what can go wrong."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Scope

from newsletter.errors import TemplateError
from newsletter.models.addresses import mask
from newsletter.models.bilingual import in_language
from newsletter.models.delivery import Subscriber
from newsletter.models.publication import SIGN_UP, Publication
from newsletter.rendering.theme import theme_for
from newsletter.web.choices import offered
from newsletter.web.language import LANGUAGES, asked_for, choose, words
from newsletter.web.ports import ServiceApp
from newsletter.web.problems import PROBLEMS

STYLE = "service/style.css"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Vary": "Accept-Language"}
_NOWHERE: Scope = {"type": "http", "headers": [], "query_string": b""}


class Pages:
    """Renders templates/service/*.html. `base` is the path below which the service is reached, "" for most."""

    def __init__(self, app: ServiceApp) -> None:
        self._app = app
        self.base = urlsplit(app.publication.service_url).path
        self.style = self._style()
        version = hashlib.sha256(self.style).hexdigest()[:8]
        self._style_url = f"{self.base}/{STYLE}?v={version}"

    def page(
        self, name: str, request: Request | None = None, *, status: int = 200, own: str = "", **values: Any
    ) -> Response:
        """The page of templates/service/NAME.html; never kept by caches or search engines.

        `own`: the language of the person it is for, if we know it; the address of the page may ask for another."""
        text = self._render(name, request.scope if request else _NOWHERE, own, values)
        return HTMLResponse(text, status_code=status, headers=PRIVATE)

    def problem(self, kind: str, scope: Scope | None = None, *, reference: str = "", wait: int = 0) -> Response:
        """The page for something that went wrong: the same words whatever the cause, and nothing of the request.

        `wait`: seconds after which it is worth another try."""
        status, title, advice = PROBLEMS[kind]
        scope = scope or _NOWHERE
        _ = words(self.language(scope), markup=True)
        values = {"title": _(title), "advice": _(advice), "reference": reference}
        try:
            response: Response = HTMLResponse(self._render("problem", scope, "", values), status, headers=PRIVATE)
        except TemplateError:
            response = PlainTextResponse(f"{title}. {advice}\n", status_code=status, headers=PRIVATE)
        if status in (429, 503):
            response.headers["Retry-After"] = str(wait or 60)
        return response

    def language(self, scope: Scope, own: str = "") -> str:
        """The language that this request is answered in."""
        return choose(scope, own, self._app.publication.partnership.lang)

    def publication(self, scope: Scope, own: str = "") -> Publication:
        """The publication, with the names it has in the language that this request is answered in."""
        return in_language(self._app.publication, self.language(scope, own))

    def path_of(self, url: str) -> str:
        """A signed link as this service's own path, so that it works wherever the service is being tried out."""
        return urlsplit(url).path

    def path(self, rest: str, scope: Scope) -> str:
        """A path of this service; a language that was asked for stays asked for."""
        language = asked_for(scope)
        return f"{self.base}/{rest}{f'?lang={language}' if language else ''}"

    def _render(self, name: str, scope: Scope, own: str, values: dict[str, Any]) -> str:
        publication, lang = self.publication(scope, own), self.language(scope, own)
        return self._app.templates.render(
            f"service/{name}.html",
            _=words(lang, markup=True),
            lang=lang,
            other_languages=[(tag, title) for tag, title in LANGUAGES.items() if tag != lang],
            style_url=self._style_url,
            partnership=publication.partnership,
            contact_link=mail_link(publication.sender.reply_to),
            archive_url=f"{publication.site.url}/",
            signup_path=self.path(SIGN_UP, scope) if offered(publication) else "",
            **values,
        )

    def _style(self) -> bytes:
        """The partnership's colours and sizes, then templates/service/style.css."""
        path = self._app.templates.source_path(STYLE)
        rules = path.read_text(encoding="utf-8") if path else ""
        return f"{theme_for(self._app.publication.theme).css_variables()}\n{rules}".encode()


def mail_link(address: str) -> Markup:
    """An address that opens a mail program."""
    return Markup('<a class="link" href="mailto:{0}">{0}</a>').format(address)


def masked(subscriber: Subscriber | None) -> str:
    """An address as its owner will know it and nobody else will; "" for somebody erased."""
    return mask(subscriber.email) if subscriber else ""
