"""Read, render, check and build: everything that happens to an issue before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from newsletter.content import folder as content
from newsletter.errors import ContentError, Problem
from newsletter.models.edition import Edition
from newsletter.models.finding import Finding
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.pipeline.derived import derive
from newsletter.pipeline.holding import Hold, held, refuse_pages
from newsletter.pipeline.measuring import rendered, with_reading_age
from newsletter.pipeline.sources import layouts_of, sources_of
from newsletter.publishing import archive
from newsletter.rendering.render import Renderer
from newsletter.rendering.theme import theme_for

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, how many there are


def silent(what: str, done: int, total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True)
class Desk:
    """What the editorial use cases need: the publication, where it stands, and how it is rendered."""

    project: Path
    publication: Publication
    renderer: Renderer
    never_publish: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Checked:
    """An issue with its edition and what the checks say."""

    issue: Issue
    edition: Edition
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Whether something must be mended before it is sent."""
        return any(finding.blocks for finding in self.findings)


@dataclass(frozen=True)
class Built:
    """What a build wrote."""

    editions: tuple[Edition, ...]
    folders: tuple[Path, ...]  # build/<series>/<slug>
    published: archive.Published
    notes: tuple[str, ...] = ()  # PDFs that were left out, and how to get them
    held: tuple[Hold, ...] = ()  # issues that are left out of the archive though their day has come


def read_issues(desk: Desk, folders: Iterable[Path], progress: Progress = silent) -> list[Issue]:
    """Reads every folder before anything is done with one.

    Raises:
        ContentError: with the problems of all of them.
    """
    issues: list[Issue] = []
    problems: list[Problem] = []
    paths = list(folders)
    for done, path in enumerate(paths):
        progress("Reading", done, len(paths))
        try:
            issues.append(content.read_issue(desk.project, path, desk.publication))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return issues


def check(desk: Desk, issue: Issue, now: datetime, edition: Edition | None = None, **sending: Any) -> Checked:
    """Renders the issue and runs every check. `sending` holds what is known of a campaign: audience and its sizes."""
    edition = edition or desk.renderer.render(issue)
    from newsletter import checks  # its rules take a while to load, and a build asks none of them

    subject = checks.Subject(
        issue=issue,
        edition=edition,
        publication=desk.publication,
        now=now,
        never_publish=desk.never_publish,
        sources=sources_of(issue),
        corrections=tuple(map(str, theme_for(desk.publication.theme).corrections)),
        templates=layouts_of(desk.renderer.templates.folders),
        **sending,
    )
    return Checked(issue, with_reading_age(edition, subject.pieces), checks.run(subject))


def build(
    desk: Desk,
    named: Sequence[Path],
    *,
    now: datetime,
    build_dir: Path,
    public: Path,
    sent: Mapping[str, frozenset[str]] | None = None,
    approvals: Callable[[Edition], Sequence[Mapping[str, str]]] = lambda edition: (),
    pdf: bool = True,
    progress: Progress = silent,
) -> Built:
    """Writes editions into `build_dir` and the archive into `public`; only what changed is written.

    First everything is read and rendered, then everything is written: a mistake in one issue writes nothing.
    `named`: folders whose editions are wanted; empty for all that were not sent yet. `sent`: issue path -> hashes sent,
    or None if that is not known here. What must not be seen is left out (`pipeline/holding.py`).
    `pdf`: whether PDFs to print are made; one that is there and still right stays in any case.
    """
    issues = read_issues(desk, content.find_issues(desk.project, desk.publication), progress)
    wanted = _wanted(desk, issues, named, sent or {})
    entries, made, holds = [], [], []
    for done, issue in enumerate(issues):
        progress("Rendering", done, len(issues))
        edition = rendered(desk.renderer, issue) if issue.path in wanted else None
        entry = _entry(desk, issue, edition, now)
        hold = held(desk, entry.issue, entry.edition, now, sent=None if sent is None else issue.path in sent)
        if hold:
            holds.append(hold)
        if edition and not (hold and hold.everywhere):
            made.append((issue, edition))
        entries.append(replace(entry, held=hold is not None))
    progress("Making PDFs", 0, len(made))
    with_pdf = derive(desk.renderer, made, now=now, build_dir=build_dir, named=bool(named), anew=pdf)
    folders = []
    for done, edition in enumerate(with_pdf.editions):
        progress("Writing", done, len(with_pdf.editions))
        archive.write_edition(build_dir, edition, approvals(edition))
        folders.append(build_dir / edition.series / edition.slug)
    renderer, guard = desk.renderer, partial(refuse_pages, desk)
    published = archive.publish(
        entries, desk.publication, public, renderer.templates.render, now, guard=guard, logo=renderer.site_logo
    )
    return Built(with_pdf.editions, tuple(folders), published, with_pdf.notes, tuple(holds))


def _entry(desk: Desk, issue: Issue, edition: Edition | None, now: datetime) -> archive.Entry:
    """The issue as the archive shows it: items that are retired are taken down, and only its public pages are made."""
    shown = archive.as_published(issue, now)
    if edition is None or shown is not issue:
        edition = desk.renderer.render(shown, archive.RENDITIONS)
    return archive.Entry(issue=shown, edition=edition)


def _wanted(
    desk: Desk, issues: Sequence[Issue], named: Sequence[Path], sent: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Paths of the issues whose editions are written."""
    if not named:
        return frozenset(issue.path for issue in issues if issue.path not in sent)
    by_folder = {issue.folder: issue.path for issue in issues}
    missing = [path for path in named if path not in by_folder]
    if missing:
        raise ContentError(
            [Problem(_below(path, desk.project), 0, "This is not an issue's folder.") for path in missing]
        )
    return frozenset(by_folder[path] for path in named)


def _below(path: Path, project: Path) -> str:
    return path.relative_to(project).as_posix() if path.is_relative_to(project) else path.name
