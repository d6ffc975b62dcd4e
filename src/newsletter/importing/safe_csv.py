"""CSV files that a spreadsheet can open safely (CWE-1236), written whole or not at all, for their owner only."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from newsletter.errors import UsageError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula (OWASP, CSV injection)


def write(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Writes UTF-8 with a mark, as Excel wants it; how many rows there were.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front; `as_meant` takes it off again.

    Raises:
        UsageError: the file cannot be written.
    """
    total = 0
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("x", encoding="utf-8-sig", newline="") as file:
            part.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(titles)
            for row in rows:
                writer.writerow([harmless(cell) for cell in row])
                total += 1
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Name another file or folder.") from None
    finally:
        part.unlink(missing_ok=True)
    return total


def harmless(cell: str) -> str:
    """One apostrophe more than it has, so that reading gives back exactly what was written."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def as_meant(cell: str) -> str:
    """Without the apostrophe that `write` put in front of a cell that looks like a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text
