"""Runs `newsletter` on a terminal, as a person does who answers its questions."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest


def on_a_terminal(project: Path, *words: str, asked: str, answer: str) -> tuple[int, str]:
    """Exit code and what the terminal showed. `answer`: what is typed once `asked` is shown."""
    pty = pytest.importorskip("pty", reason="Windows has no such terminals")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newsletter", *words]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=project, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    shown, typed = b"", False
    deadline = time.monotonic() + 60
    with suppress(OSError):  # the terminal is gone once the program has ended
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.5)[0]:
                shown += os.read(ours, 4096)
            elif not typed and asked.encode() in shown:
                os.write(ours, answer.encode())
                typed = True
    if process.poll() is None and time.monotonic() > deadline:
        process.kill()
    os.close(ours)
    return process.wait(timeout=20), shown.decode("utf-8", "replace")
