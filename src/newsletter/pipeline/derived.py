"""When a build makes what stands beside an edition (the PDF to print), and what it says when that cannot be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from newsletter.errors import PrintError
from newsletter.models.dates import LONDON
from newsletter.models.edition import Edition, Rendition
from newsletter.models.issue import Issue
from newsletter.publishing import archive
from newsletter.rendering.render import Renderer

FRESH = timedelta(days=31)  # a build of everything makes PDFs of issues no older than this; of others when named


@dataclass(frozen=True)
class Derived:
    """Editions with what was made from them, and why something is missing or too long, each reason once."""

    editions: tuple[Edition, ...]
    notes: tuple[str, ...]


def derive(
    renderer: Renderer,
    made: Sequence[tuple[Issue, Edition]],
    *,
    now: datetime,
    build_dir: Path,
    named: bool,
    anew: bool,
) -> Derived:
    """The editions, each with a PDF where one is due.

    Where none is due, one that an earlier build left stays if it is still right. `named`: the user asked for these
    issues. `anew`: whether any may be made at all.

    Raises:
        TemplateError: a print template is wrong, with its file and line.
    """
    editions: list[Edition] = []
    notes: dict[str, None] = {}
    for issue, edition in made:
        due = anew and (named or issue.front.date >= now.astimezone(LONDON).date() - FRESH)
        try:
            more = _renditions(renderer, issue, now, build_dir / edition.series / edition.slug, anew=due)
        except PrintError as error:
            more = {}
            if due:
                notes[f"{error.message} {error.hint}"] = None
        notes |= {rendition.note: None for rendition in more.values() if rendition.note and due}
        editions.append(edition.model_copy(update={"renditions": {**edition.renditions, **more}}) if more else edition)
    return Derived(tuple(editions), tuple(notes))


def _renditions(
    renderer: Renderer, issue: Issue, now: datetime, folder: Path, *, anew: bool
) -> Mapping[str, Rendition]:
    """What the issue gives as it may be seen now: nothing of an issue that is retired, no retired item."""
    if issue.is_retired(now.astimezone(LONDON).date()):
        return {}
    shown = archive.as_published(issue, now)
    return renderer.derived(shown, now=now, earlier=lambda name: _bytes(folder / name), anew=anew)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
