"""Killed at any moment and started again: nobody is mailed twice, nobody is lost, and every doubt is counted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.unit.delivery.sending_kit import NOW, edition, open_store, subscribe

from newsletter.models.delivery import CampaignState
from newsletter.testing import SmtpSink

ROOT = Path(__file__).parents[3]
PEOPLE, KILLS, CONNECTIONS = 300, 4, 3


def start(folder: Path, campaign_id: str, dsn: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.unit.delivery.killed_sender", str(folder), campaign_id, dsn]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def kill_after(process: subprocess.Popen[bytes], reached: Callable[[], bool], delay: float) -> None:
    until = time.monotonic() + 30
    while not reached() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(delay)
    process.kill()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, f"it ended by itself, so nothing was tried: {errors!r}"


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_killed_again_and_again_over_smtp_nobody_is_mailed_twice(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    with SmtpSink() as sink, open_store(tmp_path) as store:
        dsn = f"{sink.dsn}?connections={CONNECTIONS}"
        subscribe(store, PEOPLE)
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        for _ in range(KILLS):
            goal = len(sink.recipients) + chance.randrange(1, 40)
            process = start(tmp_path, campaign_id, dsn)
            kill_after(process, lambda goal=goal: len(sink.recipients) >= goal, chance.random() * 0.01)  # type: ignore[misc]
        finish(start(tmp_path, campaign_id, dsn))
        campaign = store.ledger.campaign(campaign_id)
        tally, times = campaign.tally, Counter(sink.recipients)
        assert campaign.state is CampaignState.FINISHED, seed
        assert tally.adds_up, seed
        assert (tally.frozen, tally.pending, tally.failed, tally.refused) == (PEOPLE, 0, 0, 0), seed
        assert max(times.values()) == 1, (seed, "somebody was mailed twice")
        assert tally.uncertain <= KILLS * CONNECTIONS, (seed, "more than one message a connection and kill")
        assert tally.accepted <= len(times) <= tally.accepted + tally.uncertain, (seed, "accepted, and never arrived")


def test_killed_in_the_outbox_everybody_is_there_once(tmp_path: Path) -> None:
    new = tmp_path / "outbox/new"
    with open_store(tmp_path) as store:
        subscribe(store, PEOPLE)
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        process = start(tmp_path, campaign_id, "outbox:outbox")
        kill_after(process, lambda: new.is_dir() and len(list(new.iterdir())) > 20, 0)
        finish(start(tmp_path, campaign_id, "outbox:outbox"))
        tally = store.ledger.tally(campaign_id)
    assert (tally.accepted, tally.uncertain, tally.complete) == (PEOPLE, 0, True)
    assert len(list(new.iterdir())) == PEOPLE
    assert list((tmp_path / "outbox/tmp").iterdir()) == []


def test_a_sender_that_is_stopped_and_wakes_up_late_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    with SmtpSink() as sink, open_store(tmp_path) as store:
        subscribe(store, PEOPLE)
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        first = start(tmp_path, campaign_id, sink.dsn)
        until = time.monotonic() + 30
        while len(sink.recipients) < 20 and time.monotonic() < until:
            time.sleep(0.001)
        first.send_signal(signal.SIGSTOP)
        second = start(tmp_path, campaign_id, sink.dsn)
        _, errors = second.communicate(timeout=60)
        first.send_signal(signal.SIGCONT)
        finish(first)
        assert b"Another newsletter command is sending" in errors
        tally = store.ledger.tally(campaign_id)
        assert (tally.accepted, tally.complete) == (PEOPLE, True)
        assert max(Counter(sink.recipients).values()) == 1
