"""Lists of people from a spreadsheet: CSV as Excel and mailing services write it, read and written row by row.

UTF-8 with or without a mark at its start, UTF-16 or Windows-1252; commas, semicolons or tabs; columns in any order.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TextIO

from newsletter.errors import UsageError
from newsletter.importing import cells, safe_csv
from newsletter.importing.columns import Layout, deletion, layout
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import Evidence, ImportRow, InPost, InvalidRow

EXPORTED = ("email", "name", "agency", "area", "audiences", "shared", "language", "basis", "source", "confirmed")
IN_POST = ("email", "name", "agency", "area", "audiences", "last confirmed", "confirmed", "status")
_TOLD_EVERY = 1000  # rows between two reports of progress


@dataclass(frozen=True)
class Reading:
    """What the words of a list may be, and how they are understood."""

    known_audiences: Collection[str] = ()
    topics: Mapping[str, str] = field(default_factory=dict)  # another name for an audience, in small letters -> ours
    columns: Mapping[str, str] = field(default_factory=dict)  # column -> the title the user gave for it
    latest: datetime | None = None  # no confirmation can be later: now


def read_csv(
    path: Path, reading: Reading, progress: Callable[[int, int], None] = lambda row, about: None
) -> Iterator[ImportRow | InvalidRow]:
    """Every row of the file, in order: what it says, or why it cannot be used. Empty rows are left out.

    `progress` is told the row, and about how many there are.

    Raises:
        UsageError: the file cannot be read, or no column holds addresses.
    """
    size = path.stat().st_size if path.is_file() else 0
    with _opened(path) as (raw, file):
        line, rows = _lines(file)
        found = layout(next(rows, (0, []))[1], path.name, reading.columns)
        for count, (number, row) in enumerate(rows, 1):
            if count % _TOLD_EVERY == 0:
                progress(count, max(count, round(count * size / max(raw.tell(), 1))))
            if any(cell.strip() for cell in row):
                yield _row(line + number, row, found, reading)


def look(path: Path, columns: Mapping[str, str]) -> Layout:
    """How the file would be read. `columns`: column -> the title the user gave for it.

    Raises:
        UsageError: as `read_csv`.
    """
    return layout(titles(path), path.name, columns)


def titles(path: Path) -> list[str]:
    """The first line of the file: what its columns are called.

    Raises:
        UsageError: the file cannot be read.
    """
    with _opened(path) as (_, file):
        return next(_lines(file)[1], (0, []))[1]


def read_row(said: Mapping[str, str]) -> ImportRow | InvalidRow:
    """One person given by hand: column -> what it says."""
    places = {name: place for place, name in enumerate(said)}
    return _row(1, list(said.values()), Layout(tuple(said), places), Reading())


def write_csv(path: Path, people: Iterable[tuple[Subscriber, Mapping[str, Evidence]]]) -> int:
    """Writes the list with the evidence of each audience, so that it can be read again; how many people there were.

    Raises:
        UsageError: the file cannot be written.
    """
    return safe_csv.write(path, EXPORTED, (_exported(person, evidence) for person, evidence in people))


def write_in_post(path: Path, people: Iterable[InPost]) -> int:
    """Writes whom to ask after. Filled in ("confirmed": a date; "status": left) it can be imported.

    Raises:
        UsageError: the file cannot be written.
    """
    return safe_csv.write(
        path,
        IN_POST,
        (
            (who.email, who.name, who.agency, who.area, ";".join(who.audiences), who.last.date().isoformat(), "", "")
            for who in people
        ),
    )


def _exported(person: Subscriber, evidence: Mapping[str, Evidence]) -> tuple[str, ...]:
    said = [evidence[name] for name in person.audiences]
    moments = [each.confirmed_at.isoformat() if each.confirmed_at else "" for each in said]
    return (
        person.email,
        person.name,
        person.agency,
        person.area,
        ";".join(person.audiences),
        "yes" if person.shared else "no",
        person.language,
        _together([each.basis for each in said]),
        _together([each.source for each in said]),
        _together(moments),
    )


def _together(parts: Sequence[str]) -> str:
    """Once if it holds for every audience, else one for each, in their order."""
    safe = [part.replace(";", ",") for part in parts]
    return safe[0] if len(set(safe)) == 1 else ";".join(safe)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, TextIO]]:
    try:
        encoding = _encoding(path)
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            yield raw, file
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint="Check the name of the file.") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{path.name} is not a text file of rows and columns.",
            hint='In Excel use "Save as", and choose "CSV UTF-8 (comma delimited)".',
        ) from None


def _encoding(path: Path) -> str:
    """UTF-8 if the whole file is; else what Excel on Windows writes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _lines(file: TextIO) -> tuple[int, Iterator[tuple[int, list[str]]]]:
    """Lines before the first row, and every row with the line it starts on."""
    skipped, delimiter = _delimiter(file)

    def rows() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(file, delimiter=delimiter, strict=False)
        last = 0
        for row in reader:
            number, last = last + 1, reader.line_num
            yield number, row

    return skipped, rows()


def _delimiter(file: TextIO) -> tuple[int, str]:
    """Lines to skip before the header, and what separates its cells. Excel may say so itself: `sep=;`."""
    first = file.readline()
    if found := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first, re.I):
        return 1, found[1]
    file.seek(0)
    return 0, max(",;\t", key=first.count)


def _row(line: int, row: Sequence[str], found: Layout, reading: Reading) -> ImportRow | InvalidRow:
    if any(cell.strip() for cell in row[len(found.titles) :]):
        return InvalidRow(line, "It has more cells than there are columns. A name with a comma needs quotes around it.")
    said = {column: safe_csv.as_meant(row[place]) for column, place in found.places.items() if place < len(row)}
    try:
        display, email = cells.address(said.get("email", ""))
        name = said.get("name") or " ".join(filter(None, (said.get("first"), said.get("last")))) or display
        audiences = cells.audiences(said.get("audiences", ""), reading.known_audiences, reading.topics)
        return ImportRow(
            line=line,
            email=email,
            name=cells.plain(name, "name"),
            agency=cells.plain(said.get("agency", ""), "agency"),
            area=cells.plain(said.get("area", ""), "area"),
            audiences=audiences,
            shared=cells.yes_or_no(said.get("shared", "")),
            language=cells.language(said.get("language", "")),
            evidence=_evidence(said, len(audiences), reading.latest),
            left=_left(row, said, found),
        )
    except ValueError as error:
        return InvalidRow(line, str(error))


def _left(row: Sequence[str], said: Mapping[str, str], found: Layout) -> str:
    """The file says it of all its lines, or a cell of this one."""
    if found.left:
        return found.left
    if found.deleted is not None:
        return deletion(row[found.deleted] if found.deleted < len(row) else "")
    return cells.status(said.get("status", ""))


def _evidence(said: Mapping[str, str], audiences: int, latest: datetime | None) -> tuple[Evidence, ...]:
    """None, one for all audiences, or one for each. "public task;consent" belongs to the audiences in their order."""
    parts = [_parts(said.get(name, ""), name, audiences) for name in ("basis", "source", "confirmed")]
    if not any(any(values) for values in parts):
        return ()
    found = tuple(
        Evidence(basis, source, cells.moment(confirmed, latest))
        for basis, source, confirmed in zip(*parts, strict=True)
    )
    return found[:1] if len(set(found)) == 1 else found


def _parts(text: str, what: str, audiences: int) -> list[str]:
    several = text.split(";")
    if audiences > 1 and len(several) == audiences:
        return [cells.plain(part.strip(), what) for part in several]
    return [cells.plain(text, what)] * max(audiences, 1)
