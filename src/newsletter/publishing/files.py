"""Writes files whole or not at all, only where their bytes changed, and never through a link to somewhere else."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from newsletter.errors import Refused

_UNFINISHED = ".newsletter-unfinished"  # the end of a temporary file's name


def write_if_changed(path: Path, data: bytes) -> bool:
    """Puts `data` at `path`, whose folder exists, in one step; whether anything was written.

    Whoever reads the file meanwhile, or after the machine stopped, finds the old bytes or the new ones.
    A file that holds these bytes already keeps its time stamp, so that copying the folder to a server stays quick.

    Raises:
        Refused: `path` is a link or a folder, or the disk does not take the file.
    """
    try:
        if _holds(path, data):
            return False
        unfinished = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}{_UNFINISHED}")
        try:
            with unfinished.open("xb") as file:
                file.write(data)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from None
    return True


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file is there with exactly these bytes."""
    size = _must_be_ordinary(path)
    return size == len(data) and path.read_bytes() == data


def _must_be_ordinary(path: Path) -> int | None:
    """The size of the file at `path`; None if nothing is there. Refuses links and folders."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise Refused(
            f"{path} is not an ordinary file, so it is not written.",
            hint="Move away what stands there (a link or a folder), and run the command again.",
        )
    return found.st_size


def is_below(relative: str) -> bool:
    """Whether a path with forward slashes stays below the folder it is relative to."""
    parts = relative.split("/")
    return not relative.startswith("/") and all(part not in ("", "..", ".") and "\\" not in part for part in parts)


class Folder:
    """A folder that the product writes into. Paths are relative to it, with forward slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[Path] = set()  # folders seen to be there, and no links

    def write(self, relative: str, data: bytes) -> bool:
        """`write_if_changed` below the folder; makes the folders in between.

        Raises:
            Refused: the path leads out of the folder, through a link, or the disk does not take the file.
        """
        path = self.path(relative)
        self._make_folders(path.parent)
        return write_if_changed(path, data)

    def write_together(self, files: Mapping[str, bytes]) -> list[str]:
        """Writes all changed files to one side, then puts each in its place, in the order given; gives those written.

        Raises:
            Refused: as `write`; then no file has changed, unless the very last step fails.
        """
        changed = {relative: data for relative, data in files.items() if self.read(relative) != data}
        if not changed:
            return []
        self._make_folders(self.root)
        try:
            aside = Path(tempfile.mkdtemp(suffix=_UNFINISHED, prefix=".", dir=self.root))
        except OSError as error:
            raise _refused(self.root, error) from None
        try:
            for number, data in enumerate(changed.values()):
                write_if_changed(aside / str(number), data)
            for number, relative in enumerate(changed):
                self._put(aside / str(number), relative)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return list(changed)

    def _put(self, source: Path, relative: str) -> None:
        path = self.path(relative)
        self._make_folders(path.parent)
        try:
            _must_be_ordinary(path)
            source.replace(path)
        except OSError as error:
            raise _refused(path, error) from None

    def read(self, relative: str) -> bytes | None:
        """The file's bytes; None if there is no such file."""
        path = self.path(relative)
        try:
            return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else None
        except OSError:
            return None

    def remove(self, relative: str) -> None:
        """Removes the file, and folders that are empty without it."""
        path = self.path(relative)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(path, error) from None
        for parent in path.parents:
            if parent == self.root:
                return
            try:
                parent.rmdir()
                self._made.discard(parent)
            except OSError:
                return  # something else is in it

    def listed(self) -> list[str]:
        """Every ordinary file below the folder, sorted. Links are not followed and not listed."""
        found: list[Path] = []
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            found += [path for name in names if not (path := Path(folder, name)).is_symlink()]
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def clear_unfinished(self, listed: list[str]) -> None:
        """Removes temporary files that an earlier run left when it was stopped."""
        for relative in listed:
            if relative.endswith(_UNFINISHED):
                self.remove(relative)

    def path(self, relative: str) -> Path:
        """Where a relative path stands.

        Raises:
            Refused: it leads out of the folder.
        """
        if not is_below(relative):
            raise Refused(f"'{relative}' does not stand below {self.root}, so it is not written.")
        return self.root / relative

    def _make_folders(self, folder: Path) -> None:
        """Makes the folder and those above it, up to the root. None of them may be a link."""
        if folder in self._made:
            return
        chain = [folder, *folder.parents]
        try:
            for step in reversed(chain[: chain.index(self.root) + 1]):
                if step.is_symlink():
                    raise Refused(
                        f"{step} is a link to another place, so nothing is written there.",
                        hint="Remove the link. To host the archive elsewhere, copy public/ there after a build.",
                    )
                step.mkdir(exist_ok=True, parents=step == self.root)
                self._made.add(step)
        except OSError as error:
            raise _refused(folder, error) from None


def _refused(path: Path, error: OSError) -> Refused:
    reason = (error.strerror or str(error)).lower()
    return Refused(
        f"{path} could not be written: {reason}.",
        hint="Check that the disk has room, that you may write there, and that no other program holds the file open.",
    )
