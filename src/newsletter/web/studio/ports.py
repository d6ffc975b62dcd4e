"""What the preview needs of the publication. `app.App` fits; so does a fake in a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from newsletter.models.edition import Edition
from newsletter.models.finding import Finding
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication


class Templates(Protocol):
    """The publication's templates."""

    @property
    def folders(self) -> Sequence[Path]:
        """Where they stand; the first that holds a file wins."""
        ...

    def render(self, name: str, /, **values: Any) -> str:
        """The text of a template."""
        ...

    def source_path(self, name: str) -> Path | None:
        """The file that a template name stands for."""
        ...


class PreviewApp(Protocol):
    """One publication, open."""

    @property
    def project(self) -> Path:
        """The publication's folder."""
        ...

    @property
    def publication(self) -> Publication:
        """What newsletter.toml says."""
        ...

    @property
    def templates(self) -> Templates:
        """The publication's templates."""
        ...

    def issue_folders(self) -> list[Path]:
        """Every issue's folder, sorted."""
        ...

    def read(self, folder: Path) -> Issue:
        """The issue in a folder. Raises ContentError with every problem."""
        ...

    def render(self, issue: Issue, only: Sequence[str] = ()) -> Edition:
        """Some of its renditions. Raises TemplateError."""
        ...

    def check(self, issue: Issue, edition: Edition) -> tuple[Finding, ...]:
        """What the checks say of it."""
        ...
