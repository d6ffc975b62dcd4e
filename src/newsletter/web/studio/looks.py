"""What there is to show of each issue, worked out when asked for and kept until something is saved."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsletter.errors import ContentError, NewsletterError, Problem, SettingsError, TemplateError
from newsletter.models.edition import Edition, EditionAsset
from newsletter.models.finding import Finding
from newsletter.models.issue import Issue
from newsletter.web.studio.ports import PreviewApp

RENDITIONS = ("email", "text", "web")  # what is shown; print and calendar take time and are not
SETTINGS = frozenset({"newsletter.toml", ".env"})
AROUND = 1  # lines shown before and after one at fault
LONGEST_LINE = 300  # characters of a source line that are shown

_TITLE = re.compile(r"^title:\s*(\S.*?)\s*$", re.M)
log = logging.getLogger("newsletter.web")


@dataclass(frozen=True)
class SourceLine:
    """One line of a file at fault."""

    number: int
    text: str
    at_fault: bool


@dataclass(frozen=True)
class Fault:
    """A problem, with the lines of the file around it."""

    problem: Problem
    lines: tuple[SourceLine, ...] = ()


@dataclass(frozen=True)
class Look:
    """One issue: either an edition with its findings, or what is wrong with it."""

    path: str  # "issues/2026-11-winter"
    issue: Issue | None = None
    edition: Edition | None = None
    findings: tuple[Finding, ...] | None = None  # None: not checked yet
    faults: tuple[Fault, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Listed:
    """One line of the list of issues."""

    path: str
    title: str


@dataclass
class Looks:
    """Reads, renders and checks issues, one at a time. Any thread may ask.

    `reopen` gives the publication anew when newsletter.toml has changed.
    """

    app: PreviewApp
    reopen: Callable[[], PreviewApp] | None = None
    _kept: dict[str, Look] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _settings_fault: NewsletterError | None = None

    def folders(self) -> dict[str, Path]:
        """Every issue's folder by its path below the project."""
        project = self.app.project
        return {folder.relative_to(project).as_posix(): folder for folder in self.app.issue_folders()}

    def listed(self) -> dict[str, tuple[Listed, ...]]:
        """Series title -> its issues, the newest first."""
        by_series = {series.folder: series.title for series in self.app.publication.series.values()}
        lists: dict[str, list[Listed]] = {}
        for path, folder in sorted(self.folders().items(), key=lambda found: found[1].name, reverse=True):
            series = by_series.get(path.split("/")[0], "")
            lists.setdefault(series, []).append(Listed(path, _title(folder)))
        return {title: tuple(lists[title]) for title in by_series.values() if title in lists}

    def latest(self) -> str:
        """The path of the issue with the latest name; "" if there is none."""
        return max(self.folders(), key=lambda path: path.split("/")[-1], default="")

    def look(self, path: str, *, checked: bool = True) -> Look | None:
        """The issue at this path; None if there is none. `checked`: with its findings, which take longest."""
        with self._lock:
            look = self._kept.get(path)
            if look is None:
                folder = self.folders().get(path)
                if folder is None:
                    return None
                look = self._guarded(path, lambda: self._read(path, folder))
            if checked and look.findings is None:
                looked = look
                look = self._guarded(path, lambda: self._check(looked))
            self._kept[path] = look
            return look

    def stylesheet(self, path: str) -> EditionAsset | None:
        """A style sheet that some web copy shown so far links to."""
        with self._lock:
            sheets = [look.edition.stylesheet for look in self._kept.values() if look.edition]
        return next((sheet for sheet in sheets if sheet and sheet.path == path), None)

    def saved(self, paths: Iterable[Path]) -> None:
        """Forgets what may have changed: one issue for a file of its own, everything for any other."""
        with self._lock:
            changed = {self._issue_of(path) for path in paths}
            if "" in changed:
                self._kept.clear()
                if any(path.name in SETTINGS for path in paths):
                    self._open_again()
            for path in changed:
                self._kept.pop(path, None)

    def _issue_of(self, file: Path) -> str:
        """The issue whose folder holds this file; "" for anything else."""
        if not file.is_relative_to(self.app.project):
            return ""
        parts = file.relative_to(self.app.project).parts
        known = {series.folder for series in self.app.publication.series.values()}
        return "/".join(parts[:2]) if len(parts) > 2 and parts[0] in known else ""

    def _open_again(self) -> None:
        if self.reopen is None:
            return
        self._settings_fault = None
        try:
            self.app = self.reopen()
        except NewsletterError as error:
            self._settings_fault = error

    def _read(self, path: str, folder: Path) -> Look:
        if self._settings_fault:
            raise self._settings_fault
        issue = self.app.read(folder)
        return Look(path, issue, self.app.render(issue, RENDITIONS))

    def _check(self, look: Look) -> Look:
        if look.issue is None or look.edition is None:
            return look
        return replace(look, findings=self.app.check(look.issue, look.edition))

    def _guarded(self, path: str, work: Callable[[], Look]) -> Look:
        """A look, whatever goes wrong: somebody is in the middle of writing."""
        try:
            return work()
        except NewsletterError as error:
            return self._failed(path, error)
        except Exception as error:  # a mistake of ours must not end the preview
            log.exception("preview failed")
            problem = Problem(path, 0, f"The program met a mistake of its own ({type(error).__name__}).")
            return Look(path, faults=(Fault(problem),), hint="Take back your last change, and report this please.")

    def _failed(self, path: str, error: NewsletterError) -> Look:
        if isinstance(error, ContentError | SettingsError | TemplateError):
            faults = tuple(Fault(problem, self._lines(problem)) for problem in error.problems)
        else:
            faults = (Fault(Problem(path, 0, error.message)),)
        return Look(path, faults=faults, hint=error.hint)

    def _lines(self, problem: Problem) -> tuple[SourceLine, ...]:
        """The lines of the file around the one at fault; none if it cannot be shown."""
        file = self.app.project / problem.file
        if not file.is_file() and problem.file.startswith("templates/"):
            file = self.app.templates.source_path(problem.file.removeprefix("templates/")) or file
        try:
            lines = file.read_bytes().decode("utf-8", "replace").splitlines()
        except OSError:
            return ()
        if not 0 < problem.line <= len(lines):
            return ()
        first = max(1, problem.line - AROUND)
        numbers = range(first, min(len(lines), problem.line + AROUND) + 1)
        return tuple(SourceLine(at, lines[at - 1][:LONGEST_LINE], at == problem.line) for at in numbers)


def _title(folder: Path) -> str:
    """The title as written, without reading the issue whole: the list must come at once, and for a broken issue too."""
    try:
        with (folder / "issue.md").open("rb") as file:
            found = _TITLE.search(file.read(4_000).decode("utf-8", "replace"))
    except OSError:
        found = None
    return found[1].strip("\"'") if found else folder.name
