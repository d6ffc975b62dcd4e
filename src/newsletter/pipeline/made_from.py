"""The files that an edition is made from, each with its hash, so that it can be said which one changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from newsletter.models.issue import Issue
from newsletter.models.publication import Publication

SETTINGS = "newsletter.toml"
TEMPLATES = ("email", "text", "web")  # folders of templates that a hash depends on; what is derived is no part of it
_TEXTS = frozenset({".md", ".toml", ".mjml", ".html", ".txt", ".css"})


def made_from(project: Path, templates: Iterable[Path], publication: Publication, issue: Issue) -> dict[str, str]:
    """Path below the project, with forward slashes -> SHA-256 in hexadecimal.

    `templates`: template folders, the first that holds a file wins; one that ships with the program is named as if it
    stood in `templates/`. A text has the same hash however its lines end, since Git may change that.
    """
    named = {SETTINGS: project / SETTINGS, **dict(_issue_files(project, issue)), **dict(_templates(templates))}
    if logo := publication.partnership.logo:
        named[logo] = project / logo
    return {name: found for name, path in sorted(named.items()) if (found := _hash(path))}


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """ "newsletter.toml changed", "templates/text/x.txt was removed": each file that differs, the issue's first."""
    found = [
        f"{name} {'was added' if name not in before else 'was removed' if name not in now else 'changed'}"
        for name in before.keys() | now.keys()
        if before.get(name) != now.get(name)
    ]
    return tuple(sorted(found, key=lambda line: (line.startswith("templates/"), line.startswith(SETTINGS), line)))


def _issue_files(project: Path, issue: Issue) -> Iterator[tuple[str, Path]]:
    names = [issue.origin.file, *(item.origin.file for item in issue.items)]
    names += [f"{issue.path}/{asset}" for asset in issue.assets]
    return ((name, project / name) for name in names)


def _templates(folders: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Later ones win where the pairs become a mapping, so the publication's own folder comes last."""
    for folder in reversed(tuple(folders)):
        for part in TEMPLATES:
            for path in sorted((folder / part).rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    yield f"templates/{path.relative_to(folder).as_posix()}", path


def _hash(path: Path) -> str:
    """ "" for a file that is not there."""
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    if path.suffix.lower() in _TEXTS:
        data = data.replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()
