"""A sending in a process of its own: stopped by Ctrl-C, by a polite kill, from another terminal; and watched."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import BRIEFING, SEND

from newsletter.models.dates import print_moment
from newsletter.testing import SmtpSink

Command = Callable[..., Any]
PEOPLE = 17
SLOWLY = "?connections=1&per_second=8"


@contextmanager
def sending(project: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`newsletter` in a process of its own, without a terminal."""
    command = [sys.executable, "-m", "newsletter", *words]
    process = subprocess.Popen(
        command, cwd=project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_politely_it_settles_what_is_in_flight_and_says_how_to_go_on(
    ready: Command, project: Path, number: signal.Signals
) -> None:
    with SmtpSink() as sink:
        with sending(project, *SEND, "--transport", sink.dsn + SLOWLY) as process:
            until(lambda: len(sink.recipients) >= 3)
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        accepted = len(sink.recipients)
        assert 3 <= accepted < PEOPLE
        assert f"{PEOPLE} recipients = {accepted} accepted" in out
        assert f"0 uncertain + {PEOPLE - accepted} pending" in out
        assert f"Finish it with: newsletter send {BRIEFING} --to practitioners --resume" in out
        ran = ready("send", BRIEFING, "--to", "practitioners", "--resume", "--transport", sink.dsn)
        assert ran.code == 0
        assert set(Counter(sink.recipients).values()) == {1}
        assert len(sink.recipients) == PEOPLE


@pytest.mark.parametrize(("word", "code"), [("pause", 3), ("cancel", 0)])
def test_a_word_from_another_terminal_stops_it(ready: Command, project: Path, word: str, code: int) -> None:
    with SmtpSink() as sink:
        with sending(project, *SEND, "--transport", sink.dsn + SLOWLY) as process:
            until(lambda: len(sink.recipients) >= 2)
            words = ("--yes",) if word == "cancel" else ()
            assert ready(word, BRIEFING, "--by", "Jo Smith", *words).code == 0
            out, err = process.communicate(timeout=30)
        accepted = len(sink.recipients)
        assert process.returncode == code, err
        assert accepted < PEOPLE
        left = f"{PEOPLE - accepted} excluded" if word == "cancel" else "0 excluded"
        assert f"{PEOPLE} recipients = {accepted} accepted + {left}" in out
        resumed = ready("send", BRIEFING, "--to", "practitioners", "--resume", "--transport", sink.dsn)
        assert resumed.code == (1 if word == "cancel" else 0)
        assert len(sink.recipients) == (accepted if word == "cancel" else PEOPLE)


def test_progress_as_lines_of_json_adds_up_and_stays_off_standard_output(ready: Command, project: Path) -> None:
    with SmtpSink() as sink:
        ran = ready(*SEND, "--progress", "json", "--json", "--transport", f"{sink.dsn}?per_second=12")
    assert json.loads(ran.out)["campaigns"][0]["accepted"] == PEOPLE
    lines = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)
    parts = ("accepted", "excluded", "refused", "failed", "uncertain", "pending")
    assert all(sum(line[part] for part in parts) == line["frozen"] == PEOPLE for line in lines)
    assert lines[0]["done"] == 0
    assert lines[-1]["done"] == PEOPLE
    assert lines[-1]["seconds_left"] in (0, None)


def on_a_terminal(project: Path, *words: str, answer: str = "") -> tuple[int, str]:
    """Runs `newsletter` on a terminal of its own, where `answer` is typed; the exit code and what was shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(project)
        os.environ["COLUMNS"] = "140"
        os.execv(sys.executable, [sys.executable, "-m", "newsletter", *words])
    os.write(terminal, answer.encode())
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode("utf-8", "replace"))


def test_on_a_terminal_a_bar_shows_the_rate_and_the_time_left(ready: Command, project: Path) -> None:
    with SmtpSink() as sink:
        words = ("send", BRIEFING, "--to", "practitioners", "--transport", f"{sink.dsn}?per_second=12")
        code, shown = on_a_terminal(project, *words, answer=f"{PEOPLE}\n")
    assert "type the number of recipients" in shown
    assert "Sending to practitioners" in shown
    assert re.search(r"\d a second, \d+ seconds left", shown)
    assert (code, len(sink.recipients)) == (0, PEOPLE)


@pytest.mark.parametrize(("answer", "accepted"), [("y\n", PEOPLE), ("n\n", 0)])
def test_on_a_terminal_a_campaign_that_is_found_late_is_asked_about(
    ready: Command, project: Path, answer: str, accepted: int
) -> None:
    from datetime import UTC, datetime, timedelta

    from newsletter.app import App

    at = datetime.now(UTC) + timedelta(hours=1)
    assert ready(*SEND, "--at", print_moment(at)).code == 0
    with App.open(project) as app:
        found = app.store.ledger.campaigns()[0]
        app.store.schedules.set(found.id, at - timedelta(hours=9), reason="", now=app.now())
    code, shown = on_a_terminal(project, "send", "--due", answer=answer)
    assert "8 hours ago. Send it now?" in shown or "7 hours ago. Send it now?" in shown
    assert code == (0 if accepted else 1)
    with App.open(project) as app:
        assert app.store.ledger.campaigns()[0].tally.accepted == accepted
