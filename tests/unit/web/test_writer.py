"""The one writer thread: order, honesty about failure, and patience with a database that hangs."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.web.spool import Spool, Spooled
from newsletter.web.writer import Writer

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def tokens(spool: Spool) -> list[str]:
    """What is in the spool, without applying it."""
    kept: list[str] = []

    def note(request: Spooled) -> bool:
        kept.append(request.token)
        return True

    spool.replay(note)
    return kept


def test_writes_happen_one_at_a_time_in_the_order_they_came(tmp_path: Path) -> None:
    done: list[int] = []
    threads: set[str] = set()

    async def scenario() -> None:
        def write(number: int) -> int:
            threads.add(threading.current_thread().name)
            done.append(number)
            return number * 2

        answers = await asyncio.gather(*(writer.run(lambda number=number: write(number)) for number in range(50)))  # type: ignore[misc]
        assert answers == [number * 2 for number in range(50)]

    writer = Writer(Spool(tmp_path), lambda request: True)
    asyncio.run(scenario())
    writer.close()
    assert done == list(range(50))
    assert threads == {"newsletter-writer"}


def test_a_database_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    hanging, spool = threading.Event(), Spool(tmp_path)

    def apply(request: Spooled) -> bool:
        hanging.wait(20)
        return True

    writer = Writer(spool, apply, patience=0.05)
    asyncio.run(writer.unsubscribe(Spooled("one", NOW)))
    assert tokens(spool) == ["one"]
    hanging.set()
    writer.close()


def test_a_request_that_fails_for_a_reason_nobody_thought_of_is_kept_and_blocks_nothing(tmp_path: Path) -> None:
    spool, applied = Spool(tmp_path), []

    def apply(request: Spooled) -> bool:
        if request.token == "bad":
            raise ZeroDivisionError
        applied.append(request.token)
        return True

    async def scenario() -> None:
        for token in ("bad", "good"):
            await writer.unsubscribe(Spooled(token, NOW))

    writer = Writer(spool, apply)
    asyncio.run(scenario())
    writer.close()
    assert applied == ["good"]
    assert "bad" in spool.unread.read_text()


def test_after_a_lock_was_found_others_do_not_wait_for_it_again(tmp_path: Path) -> None:
    tries: list[str] = []

    def apply(request: Spooled) -> bool:
        tries.append(request.token)
        raise StoreError("locked")

    async def scenario() -> None:
        for number in range(10):
            await writer.unsubscribe(Spooled(str(number), NOW))
        with pytest.raises(StoreError):
            await writer.run(lambda: None)

    spool = Spool(tmp_path)
    writer = Writer(spool, apply, rest=60)
    asyncio.run(scenario())
    writer.close()
    assert tries == ["0"]
    assert tokens(spool) == [str(number) for number in range(10)]


def test_closing_finishes_what_is_waiting(tmp_path: Path) -> None:
    done: list[int] = []

    async def scenario() -> None:
        waiting = [asyncio.ensure_future(writer.run(lambda number=number: done.append(number))) for number in range(20)]  # type: ignore[misc]
        await asyncio.sleep(0)
        await asyncio.to_thread(writer.close)
        await asyncio.gather(*waiting)

    writer = Writer(Spool(tmp_path), lambda request: True)
    asyncio.run(scenario())
    assert done == list(range(20))
