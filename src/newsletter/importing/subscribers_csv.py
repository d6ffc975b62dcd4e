"""Lists of people from a spreadsheet: CSV as Excel and mailing services write it, row by row.

UTF-8 with or without a mark at its start, UTF-16 or Windows-1252; commas, semicolons or tabs; columns in any order.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from newsletter.errors import UsageError
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import ImportRow, InvalidRow

LONGEST = 200  # characters of a name, an agency, an area
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # can make one name look like another
_COLUMNS = {
    "email": ("email", "e mail", "email address", "e mail address", "mail", "subscriber email", "work email"),
    "name": ("name", "full name", "display name"),
    "first": ("first name", "firstname", "forename", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "agency": ("agency", "organisation", "organization", "company", "employer", "service"),
    "area": ("area", "district", "locality", "borough", "region"),
    "audiences": ("audiences", "audience", "lists", "list", "topics"),
    "shared": ("shared", "shared mailbox", "team mailbox"),
    "language": ("language", "lang"),
}
_COLUMN_OF = {alias: column for column, aliases in _COLUMNS.items() for alias in aliases}
EXPORTED = ("email", "name", "agency", "area", "audiences", "shared", "language")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula (OWASP, CSV injection)
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"no", "n", "false", "0"})


def read_csv(path: Path, *, known_audiences: Collection[str]) -> Iterator[ImportRow | InvalidRow]:
    """Every row of the file, in order: what it says, or why it cannot be used. Empty rows are left out.

    `known_audiences`: the names a row may use.

    Raises:
        UsageError: the file cannot be read, or no column holds addresses.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            yield from _rows(file, path.name, known_audiences)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint="Check the name of the file.") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{path.name} is not a text file of rows and columns.",
            hint='In Excel use "Save as", and choose "CSV UTF-8 (comma delimited)".',
        ) from None


def read_row(cells: Mapping[str, str], *, known_audiences: Collection[str] = ()) -> ImportRow | InvalidRow:
    """One person given by hand: column -> what it says."""
    return _row(1, list(cells.values()), {name: place for place, name in enumerate(cells)}, len(cells), known_audiences)


def write_csv(path: Path, people: Iterable[Subscriber]) -> int:
    """Writes the list as Excel reads it (UTF-8 with a mark), whole or not at all; how many there were.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front (CWE-1236); reading takes it off again.

    Raises:
        UsageError: the file cannot be written.
    """
    total = 0
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("x", encoding="utf-8-sig", newline="") as file:
            part.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(EXPORTED)
            for person in people:
                shared = "yes" if person.shared else "no"
                cells = (
                    person.email,
                    person.name,
                    person.agency,
                    person.area,
                    ";".join(person.audiences),
                    shared,
                    person.language,
                )
                writer.writerow([_harmless(cell) for cell in cells])
                total += 1
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Name another file or folder.") from None
    finally:
        part.unlink(missing_ok=True)
    return total


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


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


def _rows(file: TextIO, name: str, known_audiences: Collection[str]) -> Iterator[ImportRow | InvalidRow]:
    line, delimiter = _delimiter(file)
    reader = csv.reader(file, delimiter=delimiter, strict=False)
    header = next(reader, [])
    columns = _columns(header, name)
    last = line + reader.line_num
    for cells in reader:
        number, last = last + 1, line + reader.line_num
        if any(cell.strip() for cell in cells):
            yield _row(number, cells, columns, len(header), known_audiences)


def _delimiter(file: TextIO) -> tuple[int, str]:
    """Lines to skip before the header, and what separates its cells. Excel may say so itself: `sep=;`."""
    first = file.readline()
    if found := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first, re.I):
        return 1, found[1]
    file.seek(0)
    return 0, max(",;\t", key=first.count)


def _columns(header: Sequence[str], name: str) -> dict[str, int]:
    """column -> its place. Columns that we do not know are left out; the first of two with one meaning counts."""
    columns: dict[str, int] = {}
    for place, title in enumerate(header):
        words = " ".join(re.sub(r"[_\-./:*]", " ", title.replace("\ufeff", "")).split()).casefold()
        if column := _COLUMN_OF.get(words):
            columns.setdefault(column, place)
    if "email" not in columns:
        raise UsageError(
            f"{name}: no column of the first line is called email.",
            hint="The first line must name the columns, for example: email,name,agency,area",
        )
    return columns


def _row(
    line: int, cells: Sequence[str], columns: dict[str, int], width: int, known_audiences: Collection[str]
) -> ImportRow | InvalidRow:
    if any(cell.strip() for cell in cells[width:]):
        return InvalidRow(line, "It has more cells than there are columns. A name with a comma needs quotes around it.")
    said = {column: _as_meant(cells[place]) for column, place in columns.items() if place < len(cells)}
    try:
        display, email = _email(said.get("email", ""))
        name = said.get("name") or " ".join(filter(None, (said.get("first"), said.get("last")))) or display
        return ImportRow(
            line=line,
            email=email,
            name=_plain(name, "name"),
            agency=_plain(said.get("agency", ""), "agency"),
            area=_plain(said.get("area", ""), "area"),
            audiences=_audiences(said.get("audiences", ""), known_audiences),
            shared=_shared(said.get("shared", "")),
            language=_language(said.get("language", "")),
        )
    except ValueError as error:
        return InvalidRow(line, str(error))


def _as_meant(cell: str) -> str:
    """Without the apostrophe that an export put in front of a cell that looks like a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _email(text: str) -> tuple[str, str]:
    """Display name and address of a cell: "jo@example.org", "mailto:jo@example.org", "Jo Smith <jo@example.org>"."""
    from email_validator import EmailNotValidError, validate_email

    if not text:
        raise ValueError("There is no email address.")
    framed = re.fullmatch(r"([^<>]*)<([^<>]*)>", text, re.S)
    display, written = (framed[1].strip(" \t\"'"), framed[2]) if framed else ("", text)
    address = re.sub(r"^mailto:", "", written.strip(), flags=re.I)
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"'{_shown(text)}' is not an email address. {error}") from None
    return display, address


def _plain(text: str, what: str) -> str:
    """One line of text. A line break in a name could add headers to a message."""
    if any(unicodedata.category(char) == "Cc" or char in _BIDI for char in text):
        raise ValueError(f"The {what} holds a line break or another invisible sign.")
    if len(text) > LONGEST:
        raise ValueError(f"The {what} is longer than {LONGEST} characters.")
    return " ".join(text.split())


def _audiences(text: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in re.split(r"[;,|]", text)))))
    for name in names:
        if name not in known:
            raise ValueError(
                f"The audience '{_shown(name)}' is not in newsletter.toml. Known: {', '.join(sorted(known))}."
            )
    return names


def _shared(text: str) -> bool | None:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    if word:
        raise ValueError(f"Shared mailbox: '{_shown(text)}' is neither yes nor no.")
    return None


def _language(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError(f"'{_shown(text)}' is not a language. Write en for English or cy for Welsh.")
    return text


def _shown(text: str) -> str:
    """Short and on one line, for a message."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:60])
