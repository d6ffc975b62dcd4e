"""Examples read and rendered as `newsletter build` does it, and the words of each rendition."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from lxml import html as lxml_html
from lxml.html import HtmlElement
from PIL import Image

from newsletter.content.folder import read_issue
from newsletter.models.edition import Edition
from newsletter.models.issue import Body, Issue
from newsletter.models.items import Article
from newsletter.models.publication import Publication
from newsletter.rendering.render import Renderer

SITE = "https://news.example.org"
FOLDER = "issues/2026-11-winter"
TEMPLATES = Path(__file__).parents[2] / "templates"
PUBLICATION = Publication.model_validate(
    {
        "partnership": {
            "name": "Northshire SCP",
            "website": "https://partnership.example",
            "postal_address": "County Hall",
            "privacy_url": "https://partnership.example/privacy",
            "accessibility_url": "https://partnership.example/accessibility",
        },
        "site": {"url": SITE},
        "sender": {"name": "Northshire SCP", "email": "news@partnership.example", "reply_to": "us@partnership.example"},
        "series": {"newsletter": {"folder": "issues", "title": "Newsletter"}},
    }
)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "img", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
# What is there twice: a word lost where it belongs must not be found in the contents, the act-now list, or a label.
_REPEATED = ("hide", "toc", "lb", "contents", "glance")
_REPEATED_IN_TEXT = ("What you need to do", "In this issue")


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 320), "#7896a0").save(out, "PNG")
    return out.getvalue()


ASSETS = {"images/hall.png": _picture(), "files/poster.pdf": b"%PDF-1.7\n%%EOF\n"}


def read(files: Mapping[str, str]) -> Issue:
    """The issue that these files are."""
    with tempfile.TemporaryDirectory() as project:
        folder = Path(project, FOLDER)
        for name, data in {**{name: text.encode() for name, text in files.items()}, **ASSETS}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return read_issue(Path(project), folder, PUBLICATION)


RENDERER = Renderer(PUBLICATION, [TEMPLATES])


def in_memory(line: str, opening: str, words: str) -> Issue:
    """An issue of one item that says `line` wherever it can, with this HTML: as if nothing had been refused."""
    whole = read({"issue.md": "---\ntitle: A\ndate: 1 May 2026\n---\n", "10-news.md": "---\ntitle: A\n---\n"})
    image = {"src": "images/hall.png", "alt": line, "caption": line, "credit": line, "link": line}
    names = dict.fromkeys(("title", "section", "short_title", "content_note"), line)
    front = Article.model_validate(
        {
            **names,
            "areas": [line],
            "image": image,
            "links": [{"title": line, "url": line}],
            "contact": [{"role": line, "hours": line}],
        }
    )
    item = whole.items[0].model_copy(update={"front": front, "body": Body(html=words)})
    texts = dict.fromkeys(("title", "strapline", "preheader", "masthead", "footer"), line)
    issue = whole.front.model_copy(update={**texts, "contents": 2})
    return whole.model_copy(update={"front": issue, "body": Body(html=opening), "items": (item,)})


def tree(edition: Edition, name: str) -> HtmlElement:
    """A rendition as a browser's parser would have it."""
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    return lxml_html.document_fromstring(edition.renditions[name].data, parser=parser)


def texts(edition: Edition) -> dict[str, str]:
    """The words of the issue's own part of each rendition, blocks apart by blanks."""
    found = {"email": words_in(_first(tree(edition, "email"), "//div[@class='sheet']")), "text": _plain(edition)}
    if "web" in edition.renditions:
        found["web"] = words_in(_first(tree(edition, "web"), "//main"))
    return found


def _first(root: HtmlElement, path: str) -> HtmlElement:
    found = root.xpath(path)
    assert isinstance(found, list)
    assert isinstance(found[0], HtmlElement)
    return found[0]


def _plain(edition: Edition) -> str:
    """The plain text without its footer, contents and act-now list, addresses spelt out."""
    text = edition.renditions["text"].text
    parts = text[: text.rindex("-" * 72)].split("\n\n\n")
    return unquote("\n\n\n".join(part for part in parts if not part.startswith(_REPEATED_IN_TEXT)))


def words_in(element: HtmlElement) -> str:
    """What an element says, its pictures and labels included."""
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return ""
    if set((element.get("class") or "").split()) & set(_REPEATED):
        return ""
    gap = " " if element.tag in _BLOCKS else ""
    inside = "".join(f"{words_in(child)}{child.tail or ''}" for child in element)
    return f"{gap}{element.get('alt') or ''}{gap}{element.text or ''}{inside}{gap}"
