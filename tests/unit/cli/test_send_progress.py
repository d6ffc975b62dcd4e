"""How fast a sending is, and how long the rest will take: over the last seconds, not since its start."""

from __future__ import annotations

from newsletter.cli.send_progress import Speed


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    speed = Speed(clock)
    speed.saw(0)
    assert (speed.per_second, speed.seconds_for(100)) == (0.0, None), "nobody knows yet"
    for second in range(1, 61):
        clock.now = float(second)
        speed.saw(second * 100 if second <= 30 else 3000 + (second - 30) * 10)
    assert speed.per_second == 10.0
    assert speed.seconds_for(100) == 10


def test_a_sending_that_stands_still_promises_nothing() -> None:
    clock = Clock()
    speed = Speed(clock)
    for second in range(30):
        clock.now = float(second)
        speed.saw(50)
    assert (speed.per_second, speed.seconds_for(10)) == (0.0, None)
