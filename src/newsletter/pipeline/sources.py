"""The files of an issue, and the email's layouts, as they are written: for the places of findings, and for mending."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from newsletter.content.decode import read_text
from newsletter.errors import ContentError
from newsletter.models.issue import Issue


def source_paths(issue: Issue) -> dict[str, Path]:
    """Each Markdown file of the issue (its name in messages) and where it stands."""
    origins = (issue.origin, *(item.origin for item in issue.items))
    return {origin.file: issue.folder / PurePosixPath(origin.file).name for origin in origins}


def sources_of(issue: Issue) -> dict[str, str]:
    """Each Markdown file and its text, line endings as they are. One that has gone meanwhile is left out."""
    found: dict[str, str] = {}
    for file, path in source_paths(issue).items():
        try:
            found[file] = read_text(path, file)
        except ContentError:
            continue
    return found


def layouts_of(folders: Iterable[Path]) -> dict[str, str]:
    """The MJML templates of the email and their text, each from the first of the templates' folders that has it."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.glob("email/*.mjml")):
            file = f"templates/email/{path.name}"
            try:
                found.setdefault(file, read_text(path, file))
            except ContentError:
                continue
    return found
