"""Trials: a disk that is full, a process that sleeps for a while, a server that hangs up in every phase.

Each time the campaign is then finished, and shown: nobody twice, nobody lost, nobody falsely accepted, few in doubt.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from tests.unit.delivery.raw_smtp import PHASES, HangingUp
from tests.unit.delivery.sending_kit import NOW, Clock, edition, open_store, personaliser, subscribe
from tests.unit.delivery.test_kill import finish, start

from newsletter.delivery.campaign import run
from newsletter.delivery.transport import open_transport, parse_dsn
from newsletter.errors import NewsletterError
from newsletter.models.delivery import CampaignState, Message
from newsletter.store.store import Store
from newsletter.testing import SmtpSink

ROOT = Path(__file__).parents[3]
CONNECTIONS = 3


def freeze(folder: Path, people: int) -> str:
    """A campaign ready to be sent; its id."""
    with open_store(folder) as store:
        subscribe(store, people)
        return store.ledger.freeze(edition(), "practitioners", now=NOW).id


def check(folder: Path, campaign_id: str, arrived: Sequence[str], people: int, doubts: int) -> None:
    """What every trial shows."""
    with open_store(folder) as store:
        campaign = store.ledger.campaign(campaign_id)
    tally, times = campaign.tally, Counter(arrived)
    assert campaign.state is CampaignState.FINISHED
    assert tally.adds_up
    assert (tally.frozen, tally.pending, tally.failed, tally.refused) == (people, 0, 0, 0)
    assert set(times.values()) == {1}, "somebody was mailed twice"
    assert tally.uncertain <= doubts, f"{tally.uncertain} are in doubt"
    assert tally.accepted <= len(times) <= tally.accepted + tally.uncertain, "accepted, and never arrived; or lost"


def until(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while not reached() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


# --- the disk is full -------------------------------------------------------


def start_with_room_for(room: int, folder: Path, campaign_id: str, dsn: str) -> subprocess.Popen[bytes]:
    """A sender none of whose files may grow beyond so many bytes. What it is told then is what a full disk tells."""
    command = [sys.executable, "-m", "tests.unit.delivery.killed_sender", str(folder), campaign_id, dsn]
    limited = ["sh", "-c", f'ulimit -f {room // 512} && exec "$@"', "sh", *command]
    return subprocess.Popen(limited, cwd=ROOT, stderr=subprocess.PIPE)


def test_a_database_that_cannot_grow_stops_the_sending_and_costs_nobody_their_place(tmp_path: Path) -> None:
    people = 300
    campaign_id = freeze(tmp_path, people)
    stopped = 0
    with SmtpSink() as sink:
        dsn = f"{sink.dsn}?connections={CONNECTIONS}"
        for more in (40, 200, 500):  # KiB that the database's journal may grow to
            process = start_with_room_for(more * 1024, tmp_path, campaign_id, dsn)
            _, errors = process.communicate(timeout=60)
            if process.returncode:
                assert b"StoreError" in errors, errors[-500:]
                stopped += 1
        assert stopped >= 2, "nothing was tried"
        finish(start(tmp_path, campaign_id, dsn))
        check(tmp_path, campaign_id, sink.recipients, people, stopped * CONNECTIONS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of twelve megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only an administrator can make a disk")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=12m", "tmpfs", place], check=False).returncode:
        pytest.skip("no disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_fills_up_stops_the_sending_and_costs_nobody_their_place(small_disk: Path) -> None:
    people = 200
    campaign_id = freeze(small_disk, people)
    filler = small_disk / "somebody-elses-file"
    stopped = 0
    with SmtpSink() as sink:
        dsn = f"{sink.dsn}?connections={CONNECTIONS}"
        for left in (24, 96, 300):  # KiB
            free = shutil.disk_usage(small_disk).free
            filler.write_bytes(b"x" * max(0, free - left * 1024))
            process = start(small_disk, campaign_id, dsn)
            _, errors = process.communicate(timeout=60)
            if process.returncode:
                assert b"StoreError" in errors or process.returncode == -signal.SIGBUS, errors[-500:]
                stopped += 1
            filler.unlink()
        assert stopped, "nothing was tried"
        finish(start(small_disk, campaign_id, dsn))
        check(small_disk, campaign_id, sink.recipients, people, stopped * CONNECTIONS)


# --- a sender that sleeps ---------------------------------------------------


def test_a_sender_that_sleeps_again_and_again_until_the_server_gives_it_up(tmp_path: Path) -> None:
    people, naps = 200, 3
    chance = random.Random(random.randrange(1 << 30))
    campaign_id = freeze(tmp_path, people)
    with SmtpSink(timeout=0.4) as sink:  # hangs up on whoever says nothing for so long
        dsn = f"{sink.dsn}?connections={CONNECTIONS}"
        process = start(tmp_path, campaign_id, dsn)
        for _ in range(naps):
            goal = len(sink.recipients) + chance.randrange(5, 40)
            until(lambda goal=goal: len(sink.recipients) >= goal, process)  # type: ignore[misc]
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.9)
            process.send_signal(signal.SIGCONT)
            if len(sink.recipients) < goal:  # too many answers were lost in a row, so it has paused: resumed
                process.communicate(timeout=60)
                process = start(tmp_path, campaign_id, dsn)
        process.communicate(timeout=60)
        if process.returncode:
            finish(start(tmp_path, campaign_id, dsn))
        check(tmp_path, campaign_id, sink.recipients, people, naps * CONNECTIONS)


# --- a server that hangs up -------------------------------------------------


def send_until_finished(store: Store, campaign_id: str, dsn: str, compose: Callable[..., Message]) -> None:
    """Resumed as often as it takes."""
    clock = Clock()
    for _ in range(30):
        with suppress(NewsletterError):
            run(
                store.ledger,
                open_transport(parse_dsn(dsn, Path())),
                lambda recipient: compose(recipient, date=NOW),
                campaign_id,
                clock=clock,
                sleep=clock.sleep,
            )
        if store.ledger.state(campaign_id) is CampaignState.FINISHED:
            return
    raise AssertionError("it is never finished")


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("phase", PHASES)
def test_a_server_that_hangs_up_in_a_phase_again_and_again(tmp_path: Path, phase: str, pipelining: bool) -> None:
    long = phase == "text"  # longer than what the system buffers, so that the loss is noticed within the text
    whole = edition(text="Leave: %%unsubscribe_url%%\n" + f"{'x' * 74}\n" * (130_000 if long else 1))
    connecting = phase in ("greeting", "ehlo")
    people, at = (5, (2, 3, 5)) if long else (24, (1, 2, 3) if connecting else (2, 3, 4, 11, 12, 20))
    with HangingUp(phase, at, pipelining=pipelining) as server, open_store(tmp_path) as store:
        subscribe(store, people)
        campaign_id = store.ledger.freeze(whole, "practitioners", now=NOW).id
        send_until_finished(store, campaign_id, f"{server.dsn}?connections=1&timeout=5", personaliser(whole).compose)
        tally = store.ledger.tally(campaign_id)
    assert (server.connections if connecting else server.messages) >= max(at), "not all of it was tried"
    assert set(Counter(server.accepted).values()) == {1}
    assert tally.uncertain == (len(at) if phase == "dot" else 0), "in doubt only after the dot"
    assert tally.accepted == people - tally.uncertain
    assert len(server.accepted) == people
