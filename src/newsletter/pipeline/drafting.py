"""Starts new issues and items from `templates/new/`, so that nobody begins with an empty page."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from newsletter.errors import Refused, UsageError
from newsletter.models import approval, dates
from newsletter.models.items import KINDS
from newsletter.models.publication import Publication, Series
from newsletter.rendering.templates import Templates

FIRST_ITEMS = {  # standing items of a series that has contents, and of one that has none
    True: (("message", "Message from the chair"), ("article", "What has changed"), ("event", "Training and events")),
    False: (("notice", "What has changed"), ("key-messages", "What to remember")),
}
_NUMBER = re.compile(r"^(\d+)-")


def series_called(publication: Publication, word: str) -> Series:
    """The series a user means: "newsletter", "issue" (its folder is issues) or "briefing".

    Raises:
        UsageError: there is none of that name.
    """
    for series in publication.series.values():
        if word.lower() in (series.name.lower(), series.folder.lower(), series.folder.lower().removesuffix("s")):
            return series
    known = ", ".join(publication.series)
    raise UsageError(f"There is no series called '{word}'.", hint=f"Known in newsletter.toml: {known}.")


def new_issue(
    templates: Templates,
    project: Path,
    publication: Publication,
    series: Series,
    title: str,
    day: date,
    copy_from: Path | None = None,
) -> Path:
    """A new issue's folder with standing items, or with the items of an earlier issue; appears whole or not at all.

    Raises:
        Refused: the folder is there already.
    """
    folder = project / series.folder / f"{day:%Y-%m}-{slug(title)}"
    if folder.exists():
        raise Refused(
            f"{folder.relative_to(project).as_posix()} is there already.",
            hint="Choose another title, or edit that issue.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    audiences = [a.name for a in publication.audiences.values() if series.name in a.series and not a.test]
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as temporary:
        draft = Path(temporary) / folder.name
        draft.mkdir()
        if copy_from is not None:
            _copy_items(copy_from, draft)
        else:
            for place, (kind, heading) in enumerate(FIRST_ITEMS[series.contents > 0], 1):
                _write_item(templates, draft, kind, heading, place * 10, day)
        values = {"title": title, "date": day, "audiences": audiences}
        (draft / "issue.md").write_text(_fill(templates, "new/issue.md", values), encoding="utf-8")
        draft.rename(folder)
    return folder


def add_item(templates: Templates, folder: Path, kind: str, title: str, day: date) -> Path:
    """A new item at the end of an issue, with its kind's front matter filled in and commented.

    Raises:
        UsageError: the kind is not known. Refused: the file is there already.
    """
    if kind not in KINDS:
        raise UsageError(f"'{kind}' is not a kind of item.", hint=f"Write one of: {', '.join(KINDS)}.")
    taken = [int(found[1]) for path in folder.glob("*.md") if (found := _NUMBER.match(path.name))]
    return _write_item(templates, folder, kind, title, (max(taken, default=0) // 10 + 1) * 10, day)


def slug(title: str) -> str:
    """ "Winter newsletter!" -> "winter-newsletter"; letters of every script that has lower-case Latin equivalents."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words)[:60].strip("-") or "issue"


def _write_item(templates: Templates, folder: Path, kind: str, title: str, number: int, day: date) -> Path:
    path = folder / f"{number:02d}-{slug(title)}.md"
    if path.exists():
        raise Refused(f"{path.name} is there already.", hint="Choose another title.")
    values = {"title": title, "date": day, "closes": day + timedelta(days=28)}
    path.write_text(_fill(templates, f"new/{kind}.md", values), encoding="utf-8")
    return path


def _fill(templates: Templates, name: str, values: dict[str, object]) -> str:
    templates.add_filter("yaml", _yaml)
    templates.add_filter("month_year", lambda day: f"{dates.MONTHS[day.month - 1]} {day.year}")
    return templates.render(name, **values)


def _yaml(value: str | Sequence[str]) -> str:
    """A value as YAML that needs no thought about colons and quotes: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def _copy_items(source: Path, target: Path) -> None:
    """Items, pictures and files of an earlier issue; its issue.md is written anew."""
    for path in _visible(source.iterdir()):
        if path.is_dir():
            shutil.copytree(path, target / path.name, ignore=lambda _, names: [n for n in names if n.startswith(".")])
        elif path.name not in ("issue.md", approval.FILE):
            shutil.copy2(path, target / path.name)


def _visible(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if not path.name.startswith((".", "_", "~")) and not path.is_symlink())
