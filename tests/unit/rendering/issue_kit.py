"""Builders of issues in memory, for the tests of every rendition."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PIL import Image as Picture
from pydantic import TypeAdapter

from newsletter.models.issue import Asset, Body, Issue, IssueFront, Item, Origin
from newsletter.models.items import AnyFront, ItemFront
from newsletter.models.publication import Publication
from newsletter.rendering.context import Context
from newsletter.rendering.render import Renderer

TEMPLATES = Path(__file__).parents[3] / "templates"
_FRONT: TypeAdapter[ItemFront] = TypeAdapter(AnyFront)


class MakeItem(Protocol):
    """`make_item("event", "Conference", "<p>Words</p>", when="26 November 2026")`"""

    def __call__(self, kind: str = "article", title: str = "A title", html: str = "", **front: Any) -> Item: ...


class MakeIssue(Protocol):
    """`make_issue([make_item()], title="Winter", body="<p>Opening</p>", series="briefing")`"""

    def __call__(
        self,
        items: Sequence[Item] = (),
        *,
        series: str = "newsletter",
        body: str = "",
        assets: Any = None,
        **front: Any,
    ) -> Issue: ...


def build_publication() -> Publication:
    """An invented partnership."""
    return Publication.model_validate(
        {
            "partnership": {
                "name": "Northshire Safeguarding Children Partnership",
                "short_name": "NSCP",
                "website": "https://www.example.org",
                "postal_address": "County Hall, Market Street, Northshire NS1 1AA",
                "privacy_url": "https://www.example.org/privacy",
                "accessibility_url": "https://www.example.org/accessibility",
                "logo": "templates/images/logo.png",
                "logo_alt": "NSCP",
                "social": [
                    {"network": "X", "handle": "@northshire", "url": "https://x.com/northshire"},
                    {"network": "Facebook", "handle": "Northshire SCP", "url": "https://www.facebook.com/northshire"},
                ],
            },
            "site": {"url": "https://news.example.org"},
            "sender": {"name": "Northshire SCP", "email": "news@example.org", "reply_to": "partnership@example.org"},
            "series": {
                "newsletter": {"folder": "issues", "title": "Newsletter", "contents": 2},
                "briefing": {"folder": "briefings", "title": "5 minute briefing", "reading_minutes": 5},
            },
            "audiences": {
                "practitioners": {"title": "Multi-agency practitioners", "series": ["newsletter", "briefing"]}
            },
            "worried": [
                {
                    "title": "Worried about a child?",
                    "phone": "01632 960002",
                    "email": "mash@example.org",
                    "hours": "Monday to Friday, 9am to 5pm; out of hours 01632 960003",
                    "text": "If a child is in danger now, ring 999.",
                }
            ],
            "contacts": {"office": {"role": "Partnership office", "email": "office@example.org"}},
            "glossary": {"MASH": "multi-agency safeguarding hub"},
        }
    )


def build_item(kind: str = "article", title: str = "A title", html: str = "", **front: Any) -> Item:
    """One item; its slug comes from the title."""
    slug = "-".join("".join(sign if sign.isalnum() else " " for sign in title.lower()).split()) or "item"
    return Item(
        slug=slug,
        front=_FRONT.validate_python({"kind": kind, "title": title, **front}),
        body=Body(markdown="", html=html),
        origin=Origin(file=f"issues/2026-11-winter/{slug}.md"),
    )


def issue_builder(publication: Publication) -> MakeIssue:
    """A function that builds issues of this publication."""

    def make(
        items: Sequence[Item] = (),
        *,
        series: str = "newsletter",
        body: str = "",
        assets: Mapping[str, Asset] | None = None,
        **front: Any,
    ) -> Issue:
        values = {"title": "Winter newsletter", "date": "26 November 2026", **front}
        return Issue(
            series=publication.series[series],
            slug="2026-11-winter",
            folder=Path("/project/issues/2026-11-winter"),
            path="issues/2026-11-winter",
            front=IssueFront.model_validate(values),
            body=Body(markdown="", html=body),
            items=tuple(items),
            assets=dict(assets or {}),
            origin=Origin(file="issues/2026-11-winter/issue.md"),
            lang=str(values.get("lang") or publication.partnership.lang),
            glossary=publication.glossary,
        )

    return make


def build_context_of(publication: Publication) -> Callable[[Issue], Context]:
    """What the formats are handed for an issue."""
    return Renderer(publication, [TEMPLATES], logo=picture("templates/images/logo.png", 240, 80)).context


def picture(path: str, width: int, height: int, colour: tuple[int, int, int] = (120, 150, 160)) -> Asset:
    """A plain PNG of this size."""
    out = io.BytesIO()
    Picture.new("RGB", (width, height), colour).save(out, "PNG")
    return Asset(path=path, data=out.getvalue(), media_type="image/png", width=width, height=height)
