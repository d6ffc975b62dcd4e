"""The rows of an import, laid out on disk: a million of them need no more memory than a hundred.

A private SQLite file that nobody else can open and that is gone when it is closed, whatever database the list is in.
"""

from __future__ import annotations

import dataclasses
import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

from newsletter.models.addresses import address_key
from newsletter.models.lists import DuplicateRow, Evidence, ImportRow, InvalidRow

T = TypeVar("T")
PAGE = 500  # rows read at a time
_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-16384;
CREATE TABLE rows (id INTEGER PRIMARY KEY, key TEXT, leaving INTEGER, data TEXT, UNIQUE (key, leaving));
CREATE TABLE heaps (id INTEGER PRIMARY KEY, heap TEXT, data TEXT);
CREATE INDEX by_heap ON heaps (heap, id);
BEGIN;
"""


class Staging:
    """Each address once among those who come, and once among those who left. Rows are read in the file's order."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)
        self.invalid = self.heap("invalid", InvalidRow)
        self.duplicates = self.heap("duplicate", DuplicateRow)

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM rows").fetchone()[0])

    def __iter__(self) -> Iterator[ImportRow]:
        for page in self.pages():
            yield from page

    def take(self, rows: Iterable[ImportRow | InvalidRow], audiences: Sequence[str]) -> None:
        """Lays every row down. `audiences`: for rows that name none."""
        for row in rows:
            if isinstance(row, InvalidRow):
                self.invalid.add(row)
            elif not (row.audiences or audiences or row.left):
                self.invalid.add(InvalidRow(row.line, "It names no audience, and the import has no default one."))
            else:
                self._lay(row if row.audiences else dataclasses.replace(row, audiences=tuple(audiences)))

    def pages(self) -> Iterator[list[ImportRow]]:
        """Those who left first, so that the same file can never bring them back; each page holds one of both sorts."""
        for leaving in (1, 0):
            last = 0
            while page := self._database.execute(
                "SELECT id, data FROM rows WHERE leaving = ? AND id > ? ORDER BY id LIMIT ?", (leaving, last, PAGE)
            ).fetchall():
                last = page[-1][0]
                yield [_read(data) for _, data in page]

    def leavers(self, keys: Sequence[str]) -> dict[str, ImportRow]:
        """Those of these addresses, in normal form, that the same file says have left."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, data FROM rows WHERE leaving = 1 AND key IN ({marks})"  # noqa: S608 (question marks only)
        return {key: _read(data) for key, data in self._database.execute(query, list(keys))}

    def heap(self, name: str, of: type[T]) -> Heap[T]:
        """A list on disk of elements of one sort."""
        return Heap(self, name)

    def _lay(self, row: ImportRow) -> None:
        key, leaving = address_key(row.email), int(bool(row.left))
        laid = self._database.execute(
            "INSERT OR IGNORE INTO rows (key, leaving, data) VALUES (?, ?, ?)", (key, leaving, _written(row))
        )
        if laid.rowcount:
            return
        number, data = self._database.execute(
            "SELECT id, data FROM rows WHERE key = ? AND leaving = ?", (key, leaving)
        ).fetchone()
        first: ImportRow = _read(data)
        self.duplicates.add(DuplicateRow(row.line, first.line))
        if (joined := _joined(first, row)) != first:
            self._database.execute("UPDATE rows SET data = ? WHERE id = ?", (_written(joined), number))


class Heap(Sequence[T]):
    """A list on disk that can grow, be counted and be gone through."""

    def __init__(self, staging: Staging, name: str) -> None:
        self._staging, self._name, self._count = staging, name, 0

    def add(self, element: T) -> None:
        """One more, at the end."""
        self._count += 1
        self._staging._database.execute("INSERT INTO heaps (heap, data) VALUES (?, ?)", (self._name, _written(element)))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        last = 0
        query = "SELECT id, data FROM heaps WHERE heap = ? AND id > ? ORDER BY id LIMIT ?"
        while page := self._staging._database.execute(query, (self._name, last, PAGE)).fetchall():
            last = page[-1][0]
            yield from (_read(data) for _, data in page)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        wanted = range(self._count)[place]
        if isinstance(wanted, int):
            return self._some(wanted, 1)[0]
        if wanted.step != 1:
            raise ValueError("A list on disk is read forwards, one by one.")
        return self._some(wanted.start, len(wanted))

    def _some(self, start: int, count: int) -> list[T]:
        found = self._staging._database.execute(
            "SELECT data FROM heaps WHERE heap = ? ORDER BY id LIMIT ? OFFSET ?", (self._name, count, start)
        )
        return [_read(data) for (data,) in found]


def _written(element: object) -> bytes:
    return pickle.dumps(element, pickle.HIGHEST_PROTOCOL)


def _read(data: bytes) -> Any:
    return pickle.loads(data)  # noqa: S301 (written by this process, in a file that nobody else can open)


def _joined(first: ImportRow, again: ImportRow) -> ImportRow:
    """The first line, with the audiences of both: some services write one line for each audience somebody gets."""
    if first.left and not (first.left == again.left and first.audiences and again.audiences):
        return dataclasses.replace(first, audiences=(), left=max(first.left, again.left, key=_gravity))
    added = tuple(name for name in again.audiences if name not in first.audiences)
    if not added:
        return first
    audiences = (*first.audiences, *added)
    said: Mapping[str, Evidence] = {
        **{name: first.evidence_for(name) for name in first.audiences},
        **{name: again.evidence_for(name) for name in added},
    }
    evidence = tuple(said[name] for name in audiences)
    return dataclasses.replace(first, audiences=audiences, evidence=() if set(evidence) == {Evidence()} else evidence)


def _gravity(left: str) -> int:
    return ("unsubscribed", "bounced", "complained").index(left)
