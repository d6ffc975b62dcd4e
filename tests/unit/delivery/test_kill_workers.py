"""Three workers on PostgreSQL, killed at any moment, their queue emptied: nobody twice, nobody lost, all counted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.postgresql_kit import Server, binaries, server
from tests.unit.delivery.killed_worker import LEASE
from tests.unit.delivery.sending_kit import NOW, databases_from, edition, open_store, subscribe

from newsletter.models.delivery import CampaignState
from newsletter.store.store import Store
from newsletter.testing import SmtpSink

ROOT = Path(__file__).parents[3]
PEOPLE, WORKERS, KILLS, CONNECTIONS = 900, 3, 4, 2
PATIENCE = 45.0  # seconds


@pytest.fixture
def folder(postgresql: Server, tmp_path: Path) -> Iterator[Path]:
    """Names a database of a server that waits for the disk, as a real one does."""
    programs = binaries()
    assert programs is not None
    with server(programs, fsync="on", full_page_writes="on", synchronous_commit="on") as durable:
        durable.make_template()
        with databases_from(lambda folder: durable.url(durable.new())):
            yield tmp_path


class Team:
    """Workers, each in a process of its own."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self._command = [sys.executable, "-m", "tests.unit.delivery.killed_worker", str(folder), dsn]
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """One more."""
        self.running.append(subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.PIPE))

    def kill(self, which: int) -> None:
        """One fewer."""
        process = self.running.pop(which)
        process.kill()
        _, errors = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL, f"it ended by itself, so nothing was tried: {errors!r}"

    def sleep(self, which: int, seconds: float) -> None:
        """One stops where it is, and wakes up when others have its recipients."""
        self.running[which].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.running[which].send_signal(signal.SIGCONT)

    def wait(self, reached: Callable[[], bool]) -> None:
        """Until then, as long as everybody is at work."""
        until = time.monotonic() + PATIENCE
        while not reached() and time.monotonic() < until and all(each.poll() is None for each in self.running):
            time.sleep(0.005)

    def stop(self) -> list[tuple[int, bytes]]:
        """Politely; how each ended."""
        for process in self.running:
            process.terminate()
        return [(process.wait(timeout=30), process.communicate()[1]) for process in self.running]


def take_time(address: str) -> None:
    """A server that is slow enough for something to happen meanwhile."""
    time.sleep(0.004)


def empty_the_queue(store: Store) -> None:
    with store._database.write() as connection:
        connection.exec_driver_sql("SET LOCAL search_path TO newsletter_queue")
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")


def test_workers_that_are_killed_or_wake_up_late_and_a_queue_that_is_emptied_change_nothing(folder: Path) -> None:
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    with SmtpSink(data=take_time) as sink, open_store(folder) as store:
        subscribe(store, PEOPLE)
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        store.workers.hand_over(campaign_id, now=NOW)
        team = Team(folder, f"{sink.dsn}?connections={CONNECTIONS}")
        for _ in range(WORKERS):
            team.start()
        for kill in range(KILLS):
            goal = len(sink.recipients) + chance.randrange(1, PEOPLE // (2 * KILLS))
            team.wait(lambda goal=goal: len(sink.recipients) >= goal)  # type: ignore[misc]
            time.sleep(chance.random() * 0.02)
            if kill == KILLS // 2:
                empty_the_queue(store)
            team.kill(0)
            team.start()
        team.sleep(0, LEASE.total_seconds() + 1)
        team.wait(lambda: store.ledger.state(campaign_id) is not CampaignState.RUNNING)
        ended = team.stop()
        campaign = store.ledger.campaign(campaign_id)
        tally, times = campaign.tally, Counter(sink.recipients)
    # The last one may have been asked to stop before it had begun to listen.
    assert all(code in (0, -signal.SIGTERM) and not errors for code, errors in ended), (seed, ended)
    assert campaign.state is CampaignState.FINISHED, (seed, campaign)
    assert tally.adds_up, seed
    assert (tally.frozen, tally.pending, tally.failed, tally.refused) == (PEOPLE, 0, 0, 0), (seed, tally)
    assert max(times.values()) == 1, (seed, "somebody was mailed twice")
    assert tally.uncertain <= (KILLS + 1) * CONNECTIONS, (seed, "more than one message a connection and kill")
    assert tally.accepted <= len(times) <= tally.accepted + tally.uncertain, (seed, "accepted, and never arrived")
