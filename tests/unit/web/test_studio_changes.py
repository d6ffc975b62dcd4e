"""Saves are noticed, gathered and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from newsletter.web.studio.changes import Changes, watch


def test_a_page_that_is_behind_is_told_at_once_and_others_at_the_next_save() -> None:
    async def scenario() -> list[str]:
        changes = Changes()
        changes.notify()
        behind, level = changes.stream(0), changes.stream(1)
        heard = [await anext(behind), await anext(behind), await anext(level)]
        waiting = asyncio.create_task(_next(level))
        await asyncio.sleep(0)
        changes.notify()
        return [*heard, await asyncio.wait_for(waiting, 5)]

    first, told, start, later = asyncio.run(scenario())
    assert first == start == "retry: 1000\n\n"
    assert told == "event: saved\ndata: 1\n\n"
    assert later == "event: saved\ndata: 2\n\n"


async def _next(stream: AsyncIterator[str]) -> str:
    return await anext(stream)


def test_streams_end_when_the_preview_stops() -> None:
    async def scenario() -> list[str]:
        changes = Changes()
        stream = changes.stream(0)
        await anext(stream)
        ending = asyncio.create_task(_rest(stream))
        await asyncio.sleep(0)
        changes.close()
        return await asyncio.wait_for(ending, 5)

    assert asyncio.run(scenario()) == []


async def _rest(stream: AsyncIterator[str]) -> list[str]:
    return [event async for event in stream]


class Notes:
    """What the watcher tells."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.told = asyncio.Event()

    async def __call__(self, paths: set[Path]) -> None:
        self.names |= {path.name for path in paths}
        self.told.set()

    async def until(self, name: str, act: Callable[[], object]) -> None:
        """Does something again and again until the watcher tells of it: a watcher takes a moment to start."""
        async with asyncio.timeout(20):
            while name not in self.names:
                act()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.told.wait(), 0.3)
                self.told.clear()


@asynccontextmanager
async def watching(project: Path, *names: str) -> AsyncIterator[Notes]:
    notes = Notes()
    task = asyncio.create_task(watch(project, lambda: {project / name for name in names}, notes))
    try:
        yield notes
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_a_save_is_noticed_in_issues_and_settings_and_nowhere_else(tmp_path: Path) -> None:
    async def scenario() -> set[str]:
        async with watching(tmp_path, "issues", "briefings") as notes:
            (tmp_path / "public").mkdir()
            (tmp_path / "public" / "index.html").write_text("x")
            (tmp_path / "notes.txt").write_text("x")
            await notes.until("item.md", lambda: (tmp_path / "issues" / "winter" / "item.md").write_text("x"))
            await notes.until("newsletter.toml", lambda: (tmp_path / "newsletter.toml").write_text("x"))
        return notes.names

    (tmp_path / "issues" / "winter").mkdir(parents=True)
    assert asyncio.run(scenario()) <= {"item.md", "newsletter.toml"}


def test_a_folder_made_later_is_watched_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watching(tmp_path, "issues", "briefings") as notes:
            await notes.until("newsletter.toml", lambda: (tmp_path / "newsletter.toml").write_text("x"))
            await notes.until(tmp_path.name, lambda: (tmp_path / "briefings").mkdir(exist_ok=True))
            await notes.until("item.md", lambda: (tmp_path / "briefings" / "item.md").write_text("x"))

    (tmp_path / "issues").mkdir()
    asyncio.run(scenario())
