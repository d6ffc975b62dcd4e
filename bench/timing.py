"""Times whole commands in turn (A B A B ...), so that a drifting machine cannot favour one of them."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def interleaved(
    commands: Mapping[str, Sequence[str]],
    *,
    rounds: int = 7,
    before: Callable[[str], None] = lambda name: None,
    cwd: Path | None = None,
) -> dict[str, float]:
    """Median wall seconds of each command over `rounds`, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            before(name)
            start = time.perf_counter()
            subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def machine() -> str:
    """One line about where the figures come from."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
