"""Issues, their editions and an archive to put them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.unit.rendering.issue_kit import TEMPLATES, build_item, build_publication, issue_builder, picture

from newsletter.models.dates import LONDON
from newsletter.models.issue import Issue, Item
from newsletter.models.publication import Publication
from newsletter.publishing import archive
from newsletter.publishing.archive import Entry, Published
from newsletter.rendering.render import Renderer

NOW = datetime(2026, 12, 1, 12, tzinfo=LONDON)


class MakeEntry(Protocol):
    """`make_entry("2026-11-winter", title="Winter newsletter", visibility="unlisted")`"""

    def __call__(
        self,
        slug: str = "2026-11-winter",
        *,
        items: Sequence[Item] | None = None,
        series: str = "newsletter",
        **front: Any,
    ) -> Entry: ...


Publish = Callable[..., Published]


@pytest.fixture(scope="session")
def publication() -> Publication:
    return build_publication()


@pytest.fixture(scope="session")
def renderer(publication: Publication) -> Renderer:
    return Renderer(publication, [TEMPLATES], logo=picture("templates/images/logo.png", 240, 80))


@pytest.fixture(scope="session")
def make_entry(publication: Publication, renderer: Renderer) -> MakeEntry:
    """An issue with one item, a picture, and a date that has come; `front` says otherwise."""
    build = issue_builder(publication)

    def make(
        slug: str = "2026-11-winter", *, items: Sequence[Item] | None = None, series: str = "newsletter", **front: Any
    ) -> Entry:
        if items is None:
            words = f"<p>Words of {slug}. <img src='images/{slug}.png' alt='A picture'></p>"
            items = [build_item("article", f"Item of {slug}", words, summary=f"Summary of {slug}", tags=["neglect"])]
        shown = picture(f"images/{slug}.png", 8, 8)
        values = {"title": f"Title of {slug}", "date": "26 November 2026", **front}
        issue = build(items, series=series, assets={shown.path: shown}, **values)
        issue = issue.model_copy(update={"slug": slug, "path": f"{issue.series.folder}/{slug}"})
        return entry_of(renderer, issue)

    return make


def entry_of(renderer: Renderer, issue: Issue) -> Entry:
    """The issue with the renditions that the archive needs."""
    return Entry(issue=issue, edition=renderer.render(issue, only=("web", "calendar")))


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def publish(publication: Publication, renderer: Renderer, public: Path) -> Publish:
    """Publishes entries into `public`, at a fixed moment unless told otherwise."""

    def run(*entries: Entry, now: datetime = NOW) -> Published:
        logo = renderer.site_logo
        return archive.publish(entries, publication, public, renderer.templates.render, now, logo=logo)

    return run
