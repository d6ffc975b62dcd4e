"""Notices what is saved, and tells every open page (server-sent events)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from pathlib import Path

from watchfiles import DefaultFilter, awatch

from newsletter.web.studio.looks import SETTINGS

GATHER = 150  # milliseconds in which saves count as one
QUIET = 25  # milliseconds of silence that end them
LOOK_AGAIN = 1_000  # milliseconds between looks for folders that came while nobody watched
HEARTBEAT = 15.0  # seconds; tells a page that nothing has changed, and us that it is gone

Saved = Callable[[set[Path]], Awaitable[None]]


class Changes:
    """Counts saves. Pages wait for the next one."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()
        self._closed = False

    def notify(self) -> None:
        """Something was saved."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    def close(self) -> None:
        """Ends every stream."""
        self._closed = True
        self._next.set()

    async def stream(self, seen: int) -> AsyncIterator[str]:
        """Server-sent events (HTML standard, section 9.2): one for each save after number `seen`."""
        yield "retry: 1000\n\n"
        while not self._closed:
            following = self._next
            if self.count != seen:
                seen = self.count
                yield f"event: saved\ndata: {seen}\n\n"
                continue
            try:
                await asyncio.wait_for(following.wait(), HEARTBEAT)
            except TimeoutError:
                yield ": still here\n\n"


async def watch(project: Path, folders: Callable[[], Collection[Path]], saved: Saved) -> None:
    """Calls `saved` with what was changed below `folders`, and when the settings change. Never returns.

    The project itself is watched only on its first level: below it stand outputs that the preview must not react to.
    """
    while True:
        watched = {folder for folder in folders() if folder.is_dir()}
        beside = asyncio.create_task(_first_level(project, folders, watched, saved))
        inside = asyncio.create_task(_below(watched, saved))
        try:
            await beside  # ends when a folder has come or gone
        finally:
            for task in (beside, inside):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await inside


async def _below(watched: Iterable[Path], saved: Saved) -> None:
    paths = sorted(watched)
    if not paths:
        await asyncio.Event().wait()
    async for changes in awatch(*paths, watch_filter=DefaultFilter(), debounce=GATHER, step=QUIET):
        await saved({Path(path) for _, path in changes})


async def _first_level(
    project: Path, folders: Callable[[], Collection[Path]], watched: set[Path], saved: Saved
) -> None:
    names = DefaultFilter(ignore_dirs=(), ignore_entity_patterns=())
    changes = awatch(
        project,
        watch_filter=names,
        recursive=False,
        debounce=GATHER,
        step=QUIET,
        rust_timeout=LOOK_AGAIN,
        yield_on_timeout=True,
    )
    async for change in changes:
        if settings := {Path(path) for _, path in change if Path(path).name in SETTINGS}:
            await saved(settings)
        if {folder for folder in folders() if folder.is_dir()} != watched:
            await saved({project})
            return
