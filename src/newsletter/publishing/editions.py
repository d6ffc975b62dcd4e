"""An edition as files in `build/<series>/<slug>/`: every rendition, its pictures and files, and `edition.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsletter.models.edition import Edition
from newsletter.publishing.files import Folder, is_below

FILE = "edition.json"


def write_edition(build: Path, edition: Edition, approvals: Sequence[Mapping[str, str]] = ()) -> list[Path]:
    """Writes the edition and removes what an earlier one left in its folder; gives the edition's files.

    Everything is written to one side first, so that a full disk changes nothing; `edition.json` is put in place last,
    so that where it names a hash, the files of that edition are there. Files that are not ours stay.

    Raises:
        Refused: a file cannot be written.
    """
    place = f"{edition.series}/{edition.slug}"
    files = {f"{place}/{rendition.file_name}": rendition.data for rendition in edition.renditions.values()}
    files |= {f"{place}/{asset.path}": asset.data for asset in edition.assets}
    about = {f"{place}/{FILE}": describe(edition, approvals)}
    folder = Folder(build)
    earlier = {f"{place}/{name}" for name in _earlier_files(folder.read(f"{place}/{FILE}"))}
    shared = {edition.stylesheet.path: edition.stylesheet.data} if edition.stylesheet else {}
    folder.write_together({**shared, **files, **about})
    for path in sorted(earlier - set(files)):
        folder.remove(path)
    return [build / path for path in sorted({**files, **about})]


def _earlier_files(data: bytes | None) -> list[str]:
    """What an `edition.json` on disk names as its edition's files; nothing, if it cannot be read."""
    try:
        names = json.loads(data or b"{}").get("files", [])
    except (ValueError, AttributeError):
        return []
    safe = [name for name in names if isinstance(name, str) and is_below(name)] if isinstance(names, list) else []
    return [name for name in safe if name != FILE]


def describe(edition: Edition, approvals: Sequence[Mapping[str, str]] = ()) -> bytes:
    """`edition.json`: what people and scripts may rely on. Sorted keys, UTF-8, the same bytes every time."""
    about = {
        "hash": edition.hash,
        "subject": edition.subject,
        "title": edition.title,
        "date": edition.date.isoformat(),
        "series": edition.series,
        "slug": edition.slug,
        "words": edition.words,
        "minutes": edition.minutes,
        "reading_age": edition.reading_age,
        "bytes": {name: len(rendition.data) for name, rendition in edition.renditions.items()},
        "files": sorted(
            [rendition.file_name for rendition in edition.renditions.values()]
            + [asset.path for asset in edition.assets]
        ),
        "links": list(edition.links),
        "approvals": [dict(approval) for approval in approvals],
    }
    return (json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
