"""A folder to an Issue. Everything is read first and every problem gathered; then there is an issue, or one error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from newsletter.content.addresses import Reference
from newsletter.content.assets import read_assets
from newsletter.content.decode import read_text
from newsletter.content.frontmatter import Source, read_source
from newsletter.content.fronts import issue_front, item_front
from newsletter.content.markdown import Rendered, render
from newsletter.content.names import ISSUE_FILE, folder_fault, in_order, is_ignored, is_markdown, right_name, slugs
from newsletter.content.references import body_references, dangling, front_references, merge_tags
from newsletter.errors import ContentError, Problem
from newsletter.models.issue import Body, Issue, IssueFront, Item, Origin
from newsletter.models.items import ItemFront
from newsletter.models.problems import line_of, suggest
from newsletter.models.publication import Publication, Series

Front = TypeVar("Front", IssueFront, ItemFront)


def find_issues(project: Path, publication: Publication) -> list[Path]:
    """Every folder that holds Markdown below the folder of a series, sorted."""
    parents = [project / series.folder for series in publication.series.values()]
    folders = [parent / name for parent in parents for name in _names(parent) if not is_ignored(name)]
    return sorted(folder for folder in folders if any(is_markdown(name) for name in _names(folder)))


def read_issue(project: Path, folder: Path, publication: Publication) -> Issue:
    """The issue in `folder` (absolute, or below `project`), whole.

    Raises:
        ContentError: with every problem of every file, each with its file and line.
    """
    series, absolute, path = _place(project, folder, publication)
    work = _Work(folder=absolute, path=path, publication=publication)
    files = _files(work)
    opening = work.read(ISSUE_FILE, issue_front, "opening") if ISSUE_FILE in files else None
    lang = (opening.front.lang if opening and opening.front else "") or publication.partnership.lang
    named = slugs(in_order(name for name in files if name != ISSUE_FILE))
    of_item = partial(item_front, lang=lang)
    parts = [part for name, slug in named.items() if (part := work.read(name, of_item, slug, lang))]
    items = [item for part in parts if (item := _item(part, work))]
    ids = [name for part in (opening, *parts) if part for name in part.ids]
    work.problems += dangling(work.references, [*named.values(), *ids])
    assets = read_assets(work.folder, work.references, work.problems)
    if opening and opening.front:
        work.problems += _correction(opening.front, opening.source, project, publication)
    if work.problems or opening is None or opening.front is None:
        raise ContentError(sorted(set(work.problems)))
    return Issue(
        series=series,
        slug=work.folder.name,
        folder=work.folder,
        path=path,
        front=opening.front,
        body=opening.body,
        items=tuple(items),
        assets=assets,
        origin=opening.origin,
        lang=lang,
        glossary=publication.glossary,
    )


@dataclass(frozen=True)
class _Part(Generic[Front]):
    """One file, read. `front` is None when its problems have been noted."""

    source: Source
    slug: str
    front: Front | None
    rendered: Rendered

    @property
    def body(self) -> Body:
        return Body(markdown=self.source.body, html=self.rendered.html)

    @property
    def ids(self) -> list[str]:
        return re.findall(r' id="([^"]+)"', self.rendered.html)

    @property
    def origin(self) -> Origin:
        return Origin(file=self.source.file, body_line=self.source.body_line, lines=self.source.lines)


@dataclass
class _Work:
    """What is gathered while a folder is read."""

    folder: Path  # absolute
    path: str  # below the project, with forward slashes
    publication: Publication
    problems: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def note(self, name: str, message: str, fix: str = "", line: int = 0) -> None:
        self.problems.append(Problem(f"{self.path}/{name}".rstrip("/"), line, message, fix))

    def read(
        self, name: str, validate: Callable[[Source, Publication], Front], slug: str, lang: str = ""
    ) -> _Part[Front] | None:
        """One file, with its problems and references noted; None if it cannot be taken apart."""
        file = f"{self.path}/{name}"
        try:
            source = read_source(read_text(self.folder / name, file), file)
        except ContentError as error:
            self.problems += error.problems
            return None
        front: Front | None = None
        try:
            front = validate(source, self.publication)
        except ContentError as error:
            self.problems += error.problems
        own = front.lang if front else ""
        rendered = render(source.body, slug, own or lang or self.publication.partnership.lang)
        for fault in rendered.faults:
            self.note(name, fault.message, fault.fix, line=source.body_line + fault.line - 1)
        self.problems += merge_tags(source, rendered)
        self.references += front_references(front, source) if front else ()
        self.references += body_references(rendered, source)
        return _Part(source, slug, front, rendered)


def _place(project: Path, folder: Path, publication: Publication) -> tuple[Series, Path, str]:
    """The series whose folder this is in, the folder's absolute path, and its path below the project."""
    absolute, root = (project / folder).absolute(), project.absolute()
    if ".." in absolute.parts or not absolute.is_relative_to(root):
        absolute, root = absolute.resolve(), root.resolve()
    shown = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(folder)
    if not absolute.exists():
        raise ContentError([Problem(shown, 0, "There is no such folder.", _known_issues(project, publication))])
    if not absolute.is_dir():
        raise ContentError([Problem(shown, 0, "This is a file, not the folder of an issue.")])
    found = (series for series in publication.series.values() if f"{series.folder}/{absolute.name}" == shown)
    series = next(found, None)
    if series is None:
        fix = f"Issues are folders in {', '.join(f'{series.folder}/' for series in publication.series.values())}"
        raise ContentError([Problem(shown, 0, "This folder is not an issue of a series.", fix)])
    return series, absolute, shown


def _known_issues(project: Path, publication: Publication) -> str:
    names = [f"{folder.parent.name}/{folder.name}" for folder in find_issues(project, publication)]
    return f"There are: {', '.join(names)}." if names else ""


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _files(work: _Work) -> list[str]:
    """The Markdown files that are in the issue. Notes what a person may think is in it and is not."""
    if fault := folder_fault(work.folder.name):
        work.note("", *fault)
    entries = _names(work.folder)
    for name in entries:
        if better := right_name(name):
            work.note(
                name,
                "This file is not read, since its name does not end in .md as it should.",
                f"Rename it to {better}",
            )
    names = [name for name in entries if is_markdown(name)]
    inside = work.folder.resolve()
    for name in list(names):
        if not (work.folder / name).resolve().is_relative_to(inside):
            work.note(name, "This is a shortcut that leads out of the issue's folder.", "Copy the file itself.")
            names.remove(name)
    if ISSUE_FILE not in names:
        other = next((name for name in names if name.lower() == ISSUE_FILE), None)
        if other:
            names.remove(other)
            work.note(other, "The issue's own file is called issue.md, in small letters.", f"Rename it to {ISSUE_FILE}")
        else:
            fix = "It is a text file that starts with a line ---, then title: and date:, then a line ---."
            work.note("", f"There is no {ISSUE_FILE} in this folder.", fix)
    if not [name for name in names if name != ISSUE_FILE]:
        work.note("", "There are no items in this folder.", "An item is a file such as 10-news.md.")
    return names


def _item(part: _Part[ItemFront], work: _Work) -> Item | None:
    if part.front is None:
        return None
    item = Item(slug=part.slug, front=part.front, body=part.body, origin=part.origin)
    if item.kind == "key-messages" and "<ol" not in item.body.html:
        message = "Key messages need a numbered list in the text."
        work.note(
            Path(part.source.file).name,
            message,
            "Write each on a line that starts with 1. 2. and so on.",
            line=item.origin.line("kind"),
        )
    return item


def _correction(front: IssueFront, source: Source, project: Path, publication: Publication) -> list[Problem]:
    """`corrects` names an issue that is there."""
    if not front.corrects:
        return []
    known = [f"{found.parent.name}/{found.name}" for found in find_issues(project, publication)]
    if front.corrects.strip("/") in known:
        return []
    message = f"corrects: there is no issue '{front.corrects}'."
    return [Problem(source.file, line_of(("corrects",), source.lines, 1), message, suggest(front.corrects, known))]
