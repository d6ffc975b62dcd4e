"""How fast messages may leave: so many a second, so many an hour, in sliding windows. The caller waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

HOUR = 3600.0


@dataclass(frozen=True)
class Rate:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float


def rates(*, per_second: float | None = None, per_hour: int | None = None) -> tuple[Rate, ...]:
    """What the settings mean. `per_second` may be a fraction: 0.5 is one message every two seconds."""
    found = []
    if per_second is not None:
        count = max(1, int(per_second))
        found.append(Rate(count, count / per_second))
    if per_hour is not None:
        found.append(Rate(per_hour, HOUR))
    return tuple(found)


class Places(Protocol):
    """Gives out places in time, in order."""

    @property
    def piece(self) -> int | None:
        """How many messages may be handed over at a time; None: as many as one likes."""

    def reserve(self, count: int, now: float) -> float:
        """Takes the next `count` places, and gives the moment of the last of them: `now`, or later."""


class Pace:
    """Places in time, given out in order. Not for several threads at once: the caller holds a lock."""

    def __init__(self, limits: Sequence[Rate], handed_over: Iterable[float] = ()) -> None:
        """`handed_over`: moments (seconds, ascending) at which messages left before, in this run or an earlier one."""
        self._limits = limits
        self._moments: deque[float] = deque(handed_over, maxlen=max((rate.count for rate in limits), default=1))

    @property
    def piece(self) -> int | None:
        """How many messages may be handed over at a time; None: as many as one likes."""
        return min((rate.count for rate in self._limits), default=None)

    def reserve(self, count: int, now: float) -> float:
        """Takes the next `count` places, and gives the moment of the last of them: `now`, or later."""
        moment = now
        for _ in range(count if self._limits else 0):
            moment = max(moment, self._earliest())
            self._moments.append(moment)
        return moment

    def _earliest(self) -> float:
        """When the next message keeps every limit."""
        filled = [rate for rate in self._limits if len(self._moments) >= rate.count]
        after = [self._moments[-rate.count] + rate.seconds for rate in filled]
        return max([*after, self._moments[-1] if self._moments else 0.0])


class SharedPace:
    """The same limits, kept together with other machines: the database gives out the places."""

    def __init__(self, limits: Sequence[Rate], reserve: Callable[[int], Sequence[float]]) -> None:
        """`reserve`: takes so many places, and says in how many seconds each of them comes."""
        self._limits, self._reserve = limits, reserve

    @property
    def piece(self) -> int | None:
        """See `Places`."""
        return min((rate.count for rate in self._limits), default=None)

    def reserve(self, count: int, now: float) -> float:
        """See `Places`."""
        return now + max(self._reserve(count), default=0.0)


class Granted:
    """Places that were taken already."""

    def __init__(self, moments: Sequence[float], piece: int) -> None:
        self._moments, self.piece = deque(moments), piece

    def reserve(self, count: int, now: float) -> float:
        """See `Places`."""
        taken = [self._moments.popleft() for _ in range(min(count, len(self._moments)))]
        return max([now, *taken])
