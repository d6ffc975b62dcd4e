"""Remembers which files of a folder are ours, so that what is withdrawn disappears and nobody else's file ever does.

It stands in the folder itself, which is public. So it holds no path: only the SHA-256 of each, which tells nothing to
somebody who does not know the path already, and least of all where an unlisted issue stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from newsletter.publishing.files import Folder

FILE = ".newsletter-manifest.json"


class Ledger:
    """The ledger of one folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._ours = _read(folder.read(FILE))

    def may_write(self, path: str, data: bytes) -> bool:
        """Whether nobody else put a file there. One that says just what ours would is ours."""
        return _key(path) in self._ours or self._folder.read(path) in (None, data)

    def claim(self, paths: Collection[str]) -> None:
        """Says that these files are ours too. Called before they are written: a run that is stopped forgets none."""
        self._ours |= {_key(path) for path in paths}
        self._save(self._ours)

    def remove_others(self, wanted: Collection[str], ours: Collection[str] = ()) -> list[str]:
        """Removes our files that are not `wanted`, and leftovers of stopped runs; gives the paths removed, sorted.

        `ours`: paths that are ours in any case. They are not written down: they may name what nobody may know of yet.
        """
        found = self._folder.listed()
        self._folder.clear_unfinished(found)
        known = set(ours)
        gone = [path for path in found if path not in wanted and (path in known or _key(path) in self._ours)]
        for path in gone:
            self._folder.remove(path)
        self._save({_key(path) for path in wanted})
        return gone

    def _save(self, keys: Collection[str]) -> None:
        text = json.dumps({"version": 1, "files": sorted(keys)}, indent=0)
        self._folder.write(FILE, f"{text}\n".encode())


def _key(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def _read(data: bytes | None) -> set[str]:
    """What a ledger says; nothing, if there is none or it cannot be read: then no file is taken for ours."""
    try:
        files = json.loads(data or b"{}").get("files", [])
    except (ValueError, AttributeError):
        return set()
    return {name for name in files if isinstance(name, str)} if isinstance(files, list) else set()
