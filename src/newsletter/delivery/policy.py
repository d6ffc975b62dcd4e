"""How patient a run is, and how fast it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from newsletter.delivery.pace import Rate


@dataclass(frozen=True)
class Policy:
    """What a run goes by."""

    claim: int = 200  # recipients leased at a time, or what all connections take at once if that is more
    lease: timedelta = timedelta(minutes=10)
    backoff: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
    failures: int = 20  # so many refusals and failures in a row are the service's doing
    doubts: int = 3  # so many answers lost in a row
    rates: tuple[Rate, ...] = ()  # how fast messages may leave

    @property
    def windows(self) -> tuple[tuple[int, float], ...]:
        """The rates as messages and seconds."""
        return tuple((rate.count, rate.seconds) for rate in self.rates)
