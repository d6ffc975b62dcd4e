"""Issues, before they are sent: found, read, rendered, checked and built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.app.resources import Resources
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.models.edition import Edition
    from newsletter.models.finding import Finding
    from newsletter.models.issue import Issue
    from newsletter.pipeline.editorial import Built, Checked, Progress


class Editing(Resources):
    """What editors do."""

    def issue_folders(self) -> list[Path]:
        """Every issue's folder, sorted."""
        from newsletter.content.folder import find_issues

        return find_issues(self.project, self.publication)

    def folder(self, name: str) -> Path:
        """The folder of the issue a user named: a path, "issues/2026-11-winter", or the folder's own name.

        Raises:
            UsageError: there is none, or more than one.
        """
        folders = self.issue_folders()
        asked = name.strip().rstrip("/\\").replace("\\", "/").removesuffix("/issue.md")
        for candidate in (Path.cwd() / asked, self.project / asked):
            if candidate.resolve() in folders:
                return candidate.resolve()
        named = [folder for folder in folders if folder.name == asked]
        if len(named) == 1:
            return named[0]
        raise UsageError(
            f"There is no issue '{name}'." if not named else f"More than one issue is called '{name}'.",
            hint=self._known(folders),
        )

    def _known(self, folders: Sequence[Path]) -> str:
        if not folders:
            return 'There are no issues yet. Make one with: newsletter new issue "Winter newsletter"'
        latest = sorted(folders, key=lambda folder: folder.name, reverse=True)[:5]
        return "The latest are: " + ", ".join(path.relative_to(self.project).as_posix() for path in latest) + "."

    def read(self, folder: Path) -> Issue:
        """The issue in this folder.

        Raises:
            ContentError: with every problem.
        """
        from newsletter.content.folder import read_issue

        return read_issue(self.project, folder, self.publication)

    def render(self, issue: Issue, only: Sequence[str] = ()) -> Edition:
        """The issue's edition, or only some of its renditions."""
        return self.renderer.render(issue, only)

    def check(self, issue: Issue, edition: Edition | None = None, **sending: Any) -> tuple[Finding, ...]:
        """What the checks say of the issue."""
        from newsletter.pipeline import editorial

        return editorial.check(self.desk, issue, self.now(), edition, **sending).findings

    def checked(self, folder: Path) -> Checked:
        """The issue in this folder with its edition and its findings."""
        from newsletter.pipeline import editorial

        return editorial.check(self.desk, self.read(folder), self.now())

    def build(self, named: Sequence[Path], progress: Progress, *, pdf: bool = True) -> Built:
        """Editions into build/, the archive into public/. `pdf`: whether PDFs to print are made.

        Raises:
            ContentError, TemplateError: nothing was written. Refused: a file could not be written.
        """
        from newsletter.pipeline import editorial

        known = self.has_database
        return editorial.build(
            self.desk,
            named,
            now=self.now(),
            build_dir=self.settings.build,
            public=self.public,
            sent=self.store.ledger.sent() if known else None,
            approvals=self._approvals if known else lambda edition: (),
            pdf=pdf,
            progress=progress,
        )

    def _approvals(self, edition: Edition) -> Sequence[Mapping[str, str]]:
        return [
            {"name": approval.name, "role": approval.role, "at": approval.at.isoformat(timespec="seconds")}
            for approval in self.store.approvals.list_for(edition.hash)
        ]

    def summary(self, findings: Sequence[Finding]) -> str:
        """The checks' closing sentence."""
        from newsletter import checks

        return checks.summary(findings)
