"""The test-only publication, read and rendered once: its issues, their editions, their pages, their archive."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pytest
from tests.field.field_kit import PUBLICATION, Page

from newsletter import settings
from newsletter.errors import PrintError
from newsletter.models.dates import LONDON
from newsletter.models.edition import Edition
from newsletter.models.issue import Issue
from newsletter.pipeline import editorial
from newsletter.pipeline.editorial import Checked, Desk
from newsletter.publishing import archive
from newsletter.rendering.render import Renderer

NOW = datetime(2027, 10, 1, 12, tzinfo=LONDON)  # every issue is out


@dataclass(frozen=True)
class Case:
    """An issue with its edition and what the checks say of it."""

    checked: Checked

    @property
    def issue(self) -> Issue:
        return self.checked.issue

    @property
    def edition(self) -> Edition:
        return self.checked.edition

    def text(self, name: str) -> str:
        """A rendition."""
        return self.edition.renditions[name].text

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Its HTML renditions."""
        return {name: Page(self.text(name)) for name in ("email", "web") if name in self.edition.renditions}


@pytest.fixture(scope="session")
def desk() -> Desk:
    found = settings.load(PUBLICATION, {})
    return Desk(PUBLICATION, found.publication, Renderer(found.publication, found.templates))


@pytest.fixture(scope="session")
def cases(desk: Desk) -> Mapping[str, Case]:
    """Every issue by its path."""
    from newsletter.content.folder import find_issues

    issues = editorial.read_issues(desk, find_issues(PUBLICATION, desk.publication))
    return {issue.path: Case(editorial.check(desk, issue, NOW)) for issue in issues}


@pytest.fixture(scope="session")
def pdf(desk: Desk, cases: Mapping[str, Case]) -> Callable[[str], Any]:
    """An issue on paper, as a `pypdf.PdfReader`; skipped where this machine makes no PDFs."""
    pypdf = pytest.importorskip("pypdf")

    @lru_cache
    def read(path: str) -> Any:
        try:
            renditions = desk.renderer.derived(cases[path].issue, now=NOW, earlier=lambda name: b"")
        except PrintError as error:
            pytest.skip(str(error))
        return pypdf.PdfReader(io.BytesIO(renditions["print"].data))

    return read


@pytest.fixture(scope="session")
def paper(pdf: Callable[[str], Any]) -> Callable[[str], list[str]]:
    """The words of an issue on paper, one text a page."""
    return lru_cache(lambda path: [page.extract_text().replace("\0", "") for page in pdf(path).pages])


@pytest.fixture(scope="session")
def public(desk: Desk, cases: Mapping[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of all issues that are out."""
    folder = tmp_path_factory.mktemp("field") / "public"
    entries = [archive.Entry(issue=case.issue, edition=case.edition) for case in cases.values()]
    archive.publish(entries, desk.publication, folder, desk.renderer.templates.render, NOW)
    return folder
