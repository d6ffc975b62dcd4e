"""Unsubscribe requests that the database could not take yet, kept on disk so that none is lost.

One JSON line for each: the token and the moment, nothing else about the person. It counts once it is on the disk.
Applying one twice does no harm, so a crash in the middle of a replay only repeats work.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LONGEST_LINE = 1_000  # bytes; ours have about 100


@dataclass(frozen=True, slots=True)
class Spooled:
    """One request: the token of its link, and when it came (aware).

    `key`: what the token was found to mean, subscriber and audience; not written down, since keys may change."""

    token: str
    at: datetime
    key: tuple[int, str] | None = None

    def line(self) -> bytes:
        """As it stands in the file."""
        return json.dumps({"token": self.token, "at": self.at.isoformat()}).encode("ascii") + b"\n"


class Spool:
    """One file of requests. Lines that mean nothing are set aside in `unread`, never dropped."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "unsubscribe.jsonl"
        self.unread = folder / "unsubscribe.unread.jsonl"
        self._lock = threading.Lock()

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        try:
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True

    def append(self, requests: Sequence[Spooled]) -> None:
        """Puts requests on the disk; returns once they are safe there.

        Raises:
            OSError: they are not.
        """
        with self._lock:
            _append(self.path, b"".join(request.line() for request in requests))

    def replay(self, apply: Callable[[Spooled], bool]) -> int:
        """Applies every request in order, then takes it off the file. Returns how many were applied.

        `apply` answers False for a request that means nothing to it. What it raises stops the replay; the file stays.
        """
        if self.empty:
            return 0
        waiting = self.path.read_bytes()
        applied, strange = 0, []
        for line in waiting.splitlines(keepends=True):
            request = _parse(line)
            if request is not None and apply(request):
                applied += 1
            elif line.strip():
                strange.append(line.rstrip(b"\n")[:LONGEST_LINE] + b"\n")
        with self._lock:
            if strange:
                _append(self.unread, b"".join(strange))
            self._drop(len(waiting))
        return applied

    def _drop(self, size: int) -> None:
        """Takes the first `size` bytes off the file, keeping what was appended since."""
        rest = self.path.read_bytes()[size:]
        if not rest:
            self.path.unlink()
            return
        temporary = self.path.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        _append(temporary, rest)
        temporary.replace(self.path)


def _append(path: Path, data: bytes) -> None:
    """Appends and waits for the disk. Starts on a line of its own, whatever a crash left behind."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            data = data if file.read(1) == b"\n" else b"\n" + data
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A new file's name is safe only when its folder is; Windows neither needs nor allows this."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(line: bytes) -> Spooled | None:
    try:
        data = json.loads(line)
        at = datetime.fromisoformat(data["at"])
        token = data["token"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Spooled(token=token, at=at) if isinstance(token, str) and at.tzinfo else None
