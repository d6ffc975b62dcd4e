"""Issues made in memory for the tests of every rendition: one that covers every kind, and a factory for others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.rendering.issue_kit import (
    TEMPLATES,
    MakeIssue,
    MakeItem,
    build_context_of,
    build_item,
    build_publication,
    issue_builder,
)
from tests.unit.rendering.sample_kit import build_sample

from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.rendering.context import Context
from newsletter.rendering.templates import Templates


@pytest.fixture(scope="session")
def publication() -> Publication:
    """An invented partnership with everything that newsletter.toml can say."""
    return build_publication()


@pytest.fixture(scope="session")
def make_item() -> MakeItem:
    """Builds one item; its slug comes from the title."""
    return build_item


@pytest.fixture(scope="session")
def make_issue(publication: Publication) -> MakeIssue:
    """Builds one issue around items. `assets` maps a path below the issue's folder to an Asset."""
    return issue_builder(publication)


@pytest.fixture(scope="session")
def sample_issue(make_issue: MakeIssue) -> Issue:
    """An issue with every kind, every field and everything that Markdown can hold."""
    return build_sample(make_issue)


@pytest.fixture(scope="session")
def templates(publication: Publication) -> Templates:
    """The templates that ship with the product."""
    return Templates([TEMPLATES], publication)


@pytest.fixture(scope="session")
def context_of(publication: Publication) -> Callable[[Issue], Context]:
    """What the formats are handed for an issue."""
    return build_context_of(publication)


@pytest.fixture(scope="session")
def sample_context(context_of: Callable[[Issue], Context], sample_issue: Issue) -> Context:
    """The context of the issue that covers everything."""
    return context_of(sample_issue)
