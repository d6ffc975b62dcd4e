"""How far a sending is: a bar on a terminal, or one line of JSON a second for another program."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.models.delivery import Campaign, Tally

    Counting = Callable[[Tally], None]

_WINDOW = 10.0  # seconds that the rate is taken over
_EVERY = 1.0  # seconds between two lines of JSON


class Speed:
    """Recipients a second over the last moments, and how long the rest will take."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, done: int) -> None:
        """So many recipients are done by now."""
        now = self._clock()
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW and len(self._seen) > 2:
            self._seen.popleft()

    @property
    def per_second(self) -> float:
        """0 as long as it is not known."""
        if len(self._seen) < 2:
            return 0.0
        (start, before), (end, done) = self._seen[0], self._seen[-1]
        return (done - before) / (end - start) if end > start else 0.0

    def seconds_for(self, left: int) -> int | None:
        """How long so many will take at this speed; None: nobody knows."""
        return round(left / self.per_second) if self.per_second > 0 else None


def done_of(tally: Tally) -> int:
    """Recipients who need nothing more."""
    return tally.frozen - tally.pending - tally.failed


@contextmanager
def counting(campaign: Campaign, how: str) -> Iterator[Counting]:
    """What shows the progress of a campaign. `how`: "bar", "json", "none", or "auto": a bar on a terminal.

    All of it goes to standard error, so that it never mixes with an answer."""
    if how == "auto":
        how = "bar" if sys.stderr.isatty() else "none"
    if how == "json":
        yield _lines(campaign)
    elif how == "bar":
        with _bar(campaign) as show:
            yield show
    else:
        yield lambda tally: None


def _lines(campaign: Campaign) -> Counting:
    speed, told = Speed(), [0.0]

    def show(tally: Tally) -> None:
        speed.saw(done_of(tally))
        open_now = tally.pending + tally.failed
        if open_now and time.monotonic() - told[0] < _EVERY:
            return
        told[0] = time.monotonic()
        line = {
            "campaign": campaign.id, "audience": campaign.audience, "done": done_of(tally), **tally.model_dump(),
            "per_second": round(speed.per_second, 1), "seconds_left": speed.seconds_for(open_now),
        }  # fmt: skip
        click.echo(json.dumps(line), err=True)

    return show


@contextmanager
def _bar(campaign: Campaign) -> Iterator[Counting]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rest]}"))
    speed = Speed()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Sending to {campaign.audience}", total=None, rest="")

        def show(tally: Tally) -> None:
            done = done_of(tally)
            speed.saw(done)
            bar.update(task, completed=done, total=tally.frozen, rest=_words(tally, speed))

        yield show


def _words(tally: Tally, speed: Speed) -> str:
    """ "120 a second, 14 seconds left; 3 refused, 1 uncertain"."""
    parts = []
    if speed.per_second:
        rate = speed.per_second
        parts.append(f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second")
    if (left := speed.seconds_for(tally.pending + tally.failed)) is not None:
        parts.append(f"{left} seconds left" if left < 120 else f"{round(left / 60)} minutes left")
    counts = {"refused": tally.refused, "uncertain": tally.uncertain, "excluded": tally.excluded,
              "to be tried again": tally.failed}  # fmt: skip
    told = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
    return "; ".join(filter(None, (", ".join(parts), told)))
