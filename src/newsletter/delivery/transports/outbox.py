"""Writes messages as files into a Maildir, which any mail program opens: the whole job without account or network.

A message's file is named after its delivery, is written whole to `tmp`, synced, and renamed into `new`: it is there
once or not at all, however often it is handed over.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from newsletter.delivery.compiled import wire
from newsletter.delivery.transport import Dsn, Mark, all_ours
from newsletter.errors import Refused, TransportUnavailable, UsageError
from newsletter.models.delivery import Message, Receipt, ReceiptState

RESERVE = 64 * 1024 * 1024  # bytes that stay free on the disk
_SUFFIX = ".eml"


class Outbox:
    """A Maildir (https://cr.yp.to/proto/maildir.html)."""

    batch_size = 100
    connections = 1
    idempotent = True

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self._there: set[str] = set()

    def __enter__(self) -> Outbox:
        try:
            for part in ("", "tmp", "new", "cur"):
                (self.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in ("new", "cur"):
                self._there.update(entry.name.split(_SUFFIX)[0] for entry in os.scandir(self.folder / part))
        except OSError as error:
            raise self._unavailable(error, []) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._there.clear()

    def send(self, messages: Sequence[Message], mark: Mark = all_ours) -> Sequence[Receipt]:
        """See `Transport`. Accepted means: on the disk, synced."""
        receipts: list[Receipt] = []
        ours = mark(messages)
        try:
            for message in (message for message in messages if message.delivery_id in ours):
                receipts.append(self._write(message))  # noqa: PERF401 (what is written counts if the next one fails)
            self._sync(self.folder / "new")
        except OSError as error:
            raise self._unavailable(error, receipts) from None
        return receipts

    def _write(self, message: Message) -> Receipt:
        key = message.delivery_id
        accepted = Receipt(delivery_id=key, state=ReceiptState.ACCEPTED, provider_id=f"new/{key}{_SUFFIX}")
        if key in self._there:
            return accepted
        try:
            data = wire(message)
        except Refused as error:
            return Receipt(delivery_id=key, state=ReceiptState.REFUSED, reason=error.message)
        if shutil.disk_usage(self.folder).free < len(data) + RESERVE:
            raise OSError(errno.ENOSPC, "the disk is nearly full")
        draft = self.folder / "tmp" / f"{key}{_SUFFIX}"
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / "new" / draft.name)
        finally:
            draft.unlink(missing_ok=True)
        self._there.add(key)
        return accepted

    def _sync(self, folder: Path) -> None:
        """The names too must survive a loss of power. Windows cannot open folders, and needs no such thing."""
        if os.name == "posix":
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _unavailable(self, error: OSError, receipts: Sequence[Receipt]) -> TransportUnavailable:
        return TransportUnavailable(
            f"The outbox {self.folder} cannot be written: {error.strerror or error}.",
            hint="Make room on the disk, or check who owns the folder, then send again with --resume.",
            receipts=receipts,
        )


def open_transport(dsn: Dsn) -> Outbox:
    """`outbox:PATH`, below the publication's folder unless it is absolute.

    Raises:
        UsageError: the path is empty or a file.
    """
    folder = dsn.base / (dsn.path or "outbox")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"The outbox {folder} is a file.", hint="Write outbox:FOLDER.")
    return Outbox(folder, str(dsn) if dsn.path else "outbox:outbox")
