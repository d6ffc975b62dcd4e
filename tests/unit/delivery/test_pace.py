"""Pace: in no window of the length a limit names do more messages leave than it allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.pace import Pace, Rate, rates
from newsletter.delivery.transport import parse_dsn

LIMITS = st.lists(st.builds(Rate, st.integers(1, 6), st.sampled_from([1.0, 2.5, 60.0])), min_size=1, max_size=2)


@given(limits=LIMITS, steps=st.lists(st.tuples(st.integers(1, 3), st.floats(0, 5)), max_size=30))
def test_no_window_holds_more_than_its_limit(limits: list[Rate], steps: list[tuple[int, float]]) -> None:
    pace, now, moments = Pace(limits), 0.0, []
    for count, wait in steps:
        for _ in range(count):
            now = max(now, pace.reserve(1, now))
            moments.append(now)
        now += wait
    assert moments == sorted(moments)
    for rate in limits:
        for first, later in zip(moments, moments[rate.count :], strict=False):
            assert later - first >= rate.seconds - 1e-9


def test_what_left_in_an_earlier_run_counts() -> None:
    pace = Pace(rates(per_hour=3), handed_over=[100.0, 200.0, 300.0])
    assert [pace.reserve(1, 400.0) for _ in range(4)] == [3700.0, 3800.0, 3900.0, 7300.0]


def test_several_at_once_wait_for_the_last_of_them() -> None:
    pace = Pace(rates(per_second=2))
    assert [pace.reserve(2, 0.0), pace.reserve(2, 0.0), pace.reserve(1, 10.0)] == [0.0, 1.0, 10.0]
    assert pace.piece == 2


@pytest.mark.parametrize(("per_second", "rate"), [(0.5, Rate(1, 2.0)), (20, Rate(20, 1.0)), (2.5, Rate(2, 0.8))])
def test_a_fraction_of_a_message_a_second_is_a_longer_window(per_second: float, rate: Rate) -> None:
    assert rates(per_second=per_second) == (rate,)


def test_an_option_of_the_transport_wins_over_the_publication(tmp_path: Path) -> None:
    dsn = parse_dsn("smtp://mail.example.org?per_second=5", tmp_path)
    assert dsn.rates(per_second=1.0, per_hour=100) == (Rate(5, 1.0), Rate(100, 3600.0))
    assert parse_dsn("outbox:outbox", tmp_path).rates(per_second=1.0) == (Rate(1, 1.0),)


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(rates())
    assert (pace.piece, pace.reserve(1000, 5.0)) == (None, 5.0)
