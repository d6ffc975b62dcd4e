"""What returned messages are kept in: an .eml file, an mbox, a Maildir, a folder of .eml files. Reads only."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from pathlib import Path

from newsletter.errors import UsageError

LARGEST = 30 * 1024 * 1024  # bytes read of one .eml: what matters stands in front
_OUTLOOK = b"\xd0\xcf\x11\xe0"  # the OLE container that Outlook's own .msg files are


def messages(path: Path) -> Iterator[bytes]:
    """Each message as it came, one at a time.

    Raises:
        UsageError: it is none of these, or cannot be read.
    """
    try:
        if path.is_dir():
            yield from _folder(path)
        elif _first(path) == b"From ":
            yield from _mbox(path)
        else:
            yield _one(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None


def _folder(path: Path) -> Iterator[bytes]:
    if (path / "cur").is_dir() and (path / "new").is_dir():
        box = mailbox.Maildir(path, create=False)
        for key in sorted(box.keys()):
            yield box.get_bytes(key)
        return
    files = sorted(file for file in path.iterdir() if file.suffix.casefold() == ".eml")
    if not files:
        raise UsageError(
            f"{path} is neither a Maildir nor a folder with .eml files.",
            hint="Save the messages from your mail program as .eml files into one folder, and name that.",
        )
    for file in files:
        yield _one(file)


def _mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 (a mailbox iterates over messages)
            yield box.get_bytes(key)
    finally:
        box.close()


def _one(path: Path) -> bytes:
    if _first(path).startswith(_OUTLOOK):
        raise UsageError(
            f"{path.name} is a file of Outlook's own kind, which only Outlook reads.",
            hint="Drag the message into a folder of your mail on the web and download it there, or save it as .eml.",
        )
    with path.open("rb") as file:
        return file.read(LARGEST)


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(5)
