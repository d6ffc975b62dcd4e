"""The links of published pages: those that lead out, and those that lead nowhere within the archive. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import html as lxml_html

from newsletter.checks.answers import LinkResult, State, page_of
from newsletter.checks.links import split
from newsletter.checks.rendered import parse
from newsletter.models.finding import Finding, Level

CODE = "NL104"
_ADDRESSES = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src", "iframe": "src"}
_ELSEWHERE = ("mailto:", "tel:", "data:", "sms:", "cid:")
_BUILD = "Run: newsletter build"


@dataclass(frozen=True)
class PageLink:
    """One address of a page."""

    line: int
    url: str


@dataclass(frozen=True)
class Page:
    """What a link check needs to know of a page."""

    links: tuple[PageLink, ...]
    anchors: frozenset[str]  # places that a link can lead to


def read_page(html: str) -> Page:
    """The links and the places of an HTML document; none, if it cannot be read."""
    tree = parse(html)
    if tree is None:
        return Page((), frozenset())
    names = {str(name) for element in tree.iter() for name in (element.get("id"), element.get("name")) if name}
    return Page(tuple(_links(tree)), frozenset(names))


def _links(tree: lxml_html.HtmlElement) -> Iterator[PageLink]:
    for element in tree.iter(*_ADDRESSES):
        url = (element.get(_ADDRESSES[str(element.tag)]) or "").strip()
        if url and not url.lower().startswith(_ELSEWHERE):
            yield PageLink(element.sourceline or 0, url)


def outside(pages: Mapping[str, Page], site: str) -> list[str]:
    """Every page of the web that these pages link to, each once. `site`: the archive's own address."""
    found = (page_of(link.url) for page in pages.values() for link in page.links if _is_outside(link.url, site))
    return list(dict.fromkeys(found))


def _is_outside(url: str, site: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and _inner(url, site) is None


def _inner(url: str, site: str) -> str | None:
    """The path below the archive's own address, with what follows it; None for any other site."""
    for start in (site.rstrip("/"), site.rstrip("/").replace("https:", "http:", 1)):
        if url == start or url.startswith((f"{start}/", f"{start}#", f"{start}?")):
            return "/" + url.removeprefix(start).lstrip("/")
    return None


def findings(
    pages: Mapping[str, Page], files: Collection[str], site: str, results: Mapping[str, LinkResult]
) -> tuple[Finding, ...]:
    """Links of the archive that lead nowhere. `pages` and `files`: by path below the archive, with forward slashes.

    `results`: what the network said of the links that lead out; empty if it was not asked.
    """
    found = []
    for path, page in pages.items():
        for link in page.links:
            if _is_outside(link.url, site):
                result = results.get(page_of(link.url))
                found += [_out(path, link, result)] if result and result.state is not State.ALIVE else []
            elif fault := _fault(path, link.url, pages, files, site):
                found.append(_finding(path, link, Level.FIX, fault, _BUILD))
    return tuple(sorted(found, key=lambda one: (one.file, one.line, one.words)))


def _fault(path: str, url: str, pages: Mapping[str, Page], files: Collection[str], site: str) -> str:
    """What is wrong with a link within the archive; "" if it leads somewhere."""
    address = _inner(url, site) or url
    parts = split(address)
    if parts.scheme or parts.netloc:
        return ""
    target = _file(path, unquote(parts.path), files)
    if target is None:
        return "The archive has no such page or file."
    place = unquote(parts.fragment)
    page = pages.get(target)
    if place and place != "top" and page is not None and place not in page.anchors:
        return f"The page is there, but has no place called #{place}."
    return ""


def _file(path: str, linked: str, files: Collection[str]) -> str | None:
    """The file that a link from a page leads to, as a web server finds it."""
    if not linked:
        return path
    base = linked if linked.startswith("/") else posixpath.join("/", posixpath.dirname(path), linked)
    plain = posixpath.normpath(base).lstrip("/")
    if linked.endswith("/") or plain in ("", "."):
        plain = posixpath.join(plain if plain != "." else "", "index.html")
    candidates = (plain, f"{plain}/index.html")
    return next((candidate for candidate in candidates if candidate in files), None)


def _out(path: str, link: PageLink, result: LinkResult) -> Finding:
    dead = result.state is State.DEAD
    fix = "Mend it in the issue and build again." if dead else "Open it in a browser. If it works there, leave it."
    return _finding(path, link, Level.FIX if dead else Level.ADVICE, result.reason, fix)


def _finding(path: str, link: PageLink, level: Level, message: str, fix: str) -> Finding:
    return Finding(
        code=CODE, level=level, file=f"public/{path}", line=link.line, words=link.url[:120], message=message, fix=fix
    )
