"""Looking at a whole tree of files."""

from __future__ import annotations

from pathlib import Path


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file below `root`: its path and its bytes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def says(root: Path, words: str) -> list[str]:
    """The files whose name or content holds these words, whatever their case."""
    wanted = words.casefold().encode()
    return [path for path, data in tree_of(root).items() if wanted in data.lower() or wanted in path.lower().encode()]


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """When each file was written, and which file it is on the disk."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in root.rglob("*") if path.is_file()}
