"""Moments as people say them, in UK time, and the hours that the change of the clocks leaves out or gives twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError, Refused, UsageError
from newsletter.models.dates import print_moment
from newsletter.pipeline.schedule_times import FURTHEST, read_when

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # a Tuesday
SUMMER = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("26 November 2026 10am", "2026-11-26T10:00"),
        ("Thursday 26 November 2026, 9.30am", "2026-11-26T09:30"),
        ("2026-11-26 14:00", "2026-11-26T14:00"),
        ("today 4pm", "2026-11-24T16:00"),
        ("tomorrow 10am", "2026-11-25T10:00"),
        ("Tomorrow, at midday", "2026-11-25T12:00"),
        ("Monday 9am", "2026-11-30T09:00"),
        ("Tuesday 4pm", "2026-11-24T16:00"),
        ("tuesday 9am", "2026-12-01T09:00"),
        ("now", "2026-11-24T14:00"),
    ],
)
def test_a_moment_is_read_as_people_say_it(text: str, meant: str) -> None:
    assert read_when(text, NOW) == datetime.fromisoformat(f"{meant}+00:00")


def test_a_summer_time_is_meant_as_the_clocks_show_it() -> None:
    assert read_when("2 July 2026 10am", SUMMER) == datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
    assert read_when("26 October 2026 10am", SUMMER) == datetime(2026, 10, 26, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("28 March 2027 1.30am", "clocks go forward"),
        ("25 October 2026 1.30am", "clocks go back"),
        ("25 October 2026 1am", "clocks go back"),
        ("26 November 2026", "no time of day"),
        ("26 November 10am", "no year"),
        ("26/11/2026 10am", "more than one way"),
        ("26 November 2026, 9am to 2pm", "more than one moment"),
        ("tomorrow 9am to 2pm", "more than one moment"),
        ("tomorrow", "not a date"),
        ("10am", "not a date"),
        ("Wednesday 26 November 2026 10am", "is a Thursday"),
        ("", "not a date"),
    ],
)
def test_what_can_be_read_in_no_way_or_in_two_is_refused_with_an_example(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_when(text, SUMMER if "October" in text else NOW)
    assert "--at" in caught.value.hint


@pytest.mark.parametrize("text", ["25 October 2026 12.59am", "25 October 2026 2am", "28 March 2027 2am"])
def test_the_minutes_around_the_change_are_meant_once(text: str) -> None:
    assert read_when(text, SUMMER)


@pytest.mark.parametrize("text", ["today 1pm", "24 November 2026 1.59pm", "26 November 2028 10am"])
def test_what_is_past_or_too_far_away_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_when(text, NOW)


@given(st.datetimes(datetime(2026, 11, 25), datetime(2027, 11, 20)).map(lambda moment: moment.replace(tzinfo=UTC)))
def test_what_is_printed_is_read_back_unless_the_clocks_change_there(moment: datetime) -> None:
    read: datetime | None
    try:
        read = read_when(print_moment(moment), NOW)
    except UsageError as error:
        read = None if "clocks" in str(error) else NOW
    assert read in (None, moment.replace(second=0, microsecond=0))


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_an_error_in_words(text: str) -> None:
    with suppress(NewsletterError):
        assert NOW <= read_when(text, NOW) <= NOW + FURTHEST
