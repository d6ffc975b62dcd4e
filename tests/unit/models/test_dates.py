"""Dates as people write them: read, printed one way, and read again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from newsletter.models.dates import (
    LONDON,
    Approximate,
    Day,
    Moment,
    Occasion,
    Roughly,
    When,
    clock,
    long_date,
    parse_day,
    parse_moment,
    print_moment,
    short_date,
)

NOVEMBER = date(2026, 11, 26)


@pytest.mark.parametrize(
    "text",
    [
        "26 November 2026", "Thursday 26 November 2026", "Thursday, 26 November 2026", "Thurs 26 Nov 2026",
        "Thu. 26 Nov. 2026", "26th November 2026", "26th of November, 2026", "26  november\u00a02026", "2026-11-26",
        "2026-11-26.", "20261126",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert parse_day(text) == NOVEMBER


@pytest.mark.parametrize("text", ["Weds 25 November 2026", "Wed 25 Nov 2026", "Tues 24 November 2026", "Sept. 1 2026"])
def test_short_names_are_known(text: str) -> None:
    if text.startswith("Sept"):
        text = "1 Sept 2026"
    assert parse_day(text).year == 2026


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thursday 27 November 2026", "is a Friday. Did you mean Thursday 26 November 2026?"),
        ("Monday 1 January 1900", None),
        ("31 November 2026", "not a day in the calendar"),
        ("29 February 2026", "not a day in the calendar"),
        ("2026-13-01", "not a day in the calendar"),
        ("26 November", "has no year"),
        ("16/4/20", "can be read in more than one way"),
        ("16.04.2020", "can be read in more than one way"),
        ("26 November 2026, 9am", "is more than a day"),
        ("26 November 20261", "has no year"),
        ("26 November 0226", "too far away"),
        ("26 November 9999", "too far away"),
        ("next week", "is not a date"),
        ("end of April", "is not a date"),
        ("", "is not a date"),
        ("November 2026", "is not a date"),
    ],
)
def test_what_is_no_day_is_told_what_to_write(text: str, words: str | None) -> None:
    if words is None:
        assert parse_day(text) == date(1900, 1, 1)
        return
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        parse_day(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("26 November 2026", "Thursday 26 November 2026"),
        ("26 November 2026, 9am to 2pm", "Thursday 26 November 2026, 9am to 2pm"),
        ("Thursday 26 November 2026 from 9am-2pm", "Thursday 26 November 2026, 9am to 2pm"),
        ("26 November 2026 9 to 11am", "Thursday 26 November 2026, 9am to 11am"),
        ("26 November 2026, 10 to 2pm", "Thursday 26 November 2026, 10am to 2pm"),
        ("26 November 2026, 9.30 a.m. – 12 noon", "Thursday 26 November 2026, 9.30am to midday"),
        ("26 November 2026, 12.30pm until 1:15 PM", "Thursday 26 November 2026, 12.30pm to 1.15pm"),
        ("26 November 2026, 14:00-15:30", "Thursday 26 November 2026, 2pm to 3.30pm"),
        ("26 November 2026 at 7pm", "Thursday 26 November 2026, 7pm"),
        ("26 November 2026, 7pm to midnight", "Thursday 26 November 2026, 7pm to midnight"),
        ("26 November 2026, midnight to 1am", "Thursday 26 November 2026, midnight to 1am"),
        ("2026-11-26 09:00", "Thursday 26 November 2026, 9am"),
        ("2026-11-26T09:00:00", "Thursday 26 November 2026, 9am"),
        ("16 to 20 November 2026", "Monday 16 November 2026 to Friday 20 November 2026"),
        ("Monday 16 - Friday 20 November 2026", "Monday 16 November 2026 to Friday 20 November 2026"),
        ("30 November to 4 December 2026", "Monday 30 November 2026 to Friday 4 December 2026"),
        ("16 to 20 November 2026, 9am to 4pm", "Monday 16 November 2026 to Friday 20 November 2026, 9am to 4pm"),
        ("2026-11-16 to 2026-11-20", "Monday 16 November 2026 to Friday 20 November 2026"),
    ],
)
def test_an_occasion_is_read_and_printed_one_way(text: str, printed: str) -> None:
    when = When.parse(text)
    assert str(when) == printed
    assert When.parse(printed) == when


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("26 November 2026, 2pm to 9am", "ends before it starts"),
        ("26 November 2026, 2pm to 2pm", "ends when it starts"),
        ("26 November 2026, TBC", "is not a time"),
        ("26 November 2026, 9", "is not a time"),
        ("26 November 2026, 9-5", "is not a time"),
        ("26 November 2026, 25:00", "is not a time"),
        ("26 November 2026, 9.75am", "is not a time"),
        ("26 November 2026, 13pm", "is not a time"),
        ("20 to 16 November 2026", "ends before it starts"),
        ("30 December to 2 January 2027", "both days their year"),
        ("16 and 17 November 2026", "names two days"),
        ("26 November 2026 to 26 November 2026", "ends before it starts"),
        ("Friday 16 to Friday 20 November 2026", "is a Monday"),
        ("Thursday 26 November from 9am", "has no year"),
        ("9am to 2pm", "is not a date"),
        ("26/11/2026 9am", "more than one way"),
    ],
)
def test_what_is_no_occasion_is_told_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        When.parse(text)
    assert words in str(caught.value)


def test_starts_and_ends_are_london_time() -> None:
    summer, winter = When.parse("1 July 2026, 9am to 5pm"), When.parse("26 November 2026, 9am")
    assert summer.starts_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert summer.ends_at == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert winter.starts_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert winter.ends_at is None


def test_an_end_at_midnight_is_the_end_of_the_day() -> None:
    when = When.parse("26 November 2026, 7pm to midnight")
    assert when.starts_at is not None
    assert when.ends_at is not None
    assert when.ends_at - when.starts_at == timedelta(hours=5)


def test_several_days_end_on_the_last() -> None:
    when = When.parse("16 to 20 November 2026, 9am to 4pm")
    assert when.final_day == date(2026, 11, 20)
    assert when.ends_at == datetime(2026, 11, 20, 16, tzinfo=LONDON)
    assert When.parse("26 November 2026").ends_at is None


days = st.dates(date(1900, 1, 1), date(2199, 12, 30))
times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@st.composite
def occasions(draw: st.DrawFn) -> When:
    day = draw(days)
    last = draw(st.none() | st.integers(1, 400).map(lambda more: min(day + timedelta(more), date(2199, 12, 31))))
    start = draw(st.none() | times)
    end = draw(st.none() | times) if start is not None else None
    if start is not None and end is not None and (end == start or (end < start and end != time(0))):
        end = None
    return When(day=day, last_day=last, start=start, end=end)


@given(occasions())
def test_every_printed_occasion_can_be_read_again(when: When) -> None:
    assert When.parse(str(when)) == when


@given(days)
def test_every_printed_day_can_be_read_again(day: date) -> None:
    for printed in (short_date(day), long_date(day), day.isoformat(), day.strftime("%Y%m%d")):
        assert parse_day(printed) == day
        assert Approximate.parse(printed) == Approximate(year=day.year, month=day.month, day=day.day)


@given(days, st.sampled_from([0, 1, 2]))
def test_every_printed_approximate_date_can_be_read_again(day: date, known: int) -> None:
    about = Approximate(year=day.year, month=day.month if known else None, day=day.day if known == 2 else None)
    assert Approximate.parse(str(about)) == about


@given(times)
def test_every_printed_time_can_be_read_again(moment: time) -> None:
    assert When.parse(f"26 November 2026, {clock(moment)}").start == moment


@given(st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 30)).map(lambda at: at.replace(second=0, microsecond=0)))
def test_every_printed_moment_can_be_read_again(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    read = parse_moment(print_moment(moment))
    assert read in (moment, moment - timedelta(hours=1))  # the hour that comes twice in October is the first one


letters = st.sampled_from(
    ["26", "1", "2026", "November", "Nov", "Thursday", "9am", "2pm", "noon", "to", "-", ":", ".", ",", " ", "/", "T",
     "at", "th", "of", "midnight", "12", "00", "30", "\u0663", "ﬁ", "–", "and", "from", "a.m."]
)  # fmt: skip


@given(
    st.lists(letters, max_size=12).map(" ".join) | st.lists(letters, max_size=12).map("".join) | st.text(max_size=30)
)
def test_no_text_gives_anything_but_a_date_or_a_reason(text: str) -> None:
    for parse in (parse_day, When.parse, Approximate.parse, parse_moment):
        try:
            parse(text)
        except ValidationError:
            pytest.fail("a reason for programmers")
        except ValueError as reason:
            assert str(reason)[-1] in ".?"  # noqa: PT017


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2026", "2026"),
        ("November 2026", "November 2026"),
        ("2026-11", "November 2026"),
        ("26 Nov 2026", "26 November 2026"),
    ],
)
def test_a_month_or_a_year_is_a_date_where_the_day_is_unknown(text: str, printed: str) -> None:
    assert str(Approximate.parse(text)) == printed


@pytest.mark.parametrize("text", ["Winter 2026", "2026-13", "0999", "November 9999", "16/4/20", "about 2026"])
def test_what_is_no_approximate_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write it as"):
        Approximate.parse(text)


def test_a_moment_is_london_time() -> None:
    assert parse_moment("26 November 2026 10am") == datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert parse_moment("1 July 2026") == datetime(2026, 6, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("29 March 2026 1.30am", "clocks go forward"),
        ("26 November 2026, 9am to 2pm", "more than one moment"),
        ("16 to 20 November 2026", "more than one moment"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_moment(text)


class Dated(BaseModel):
    day: Day = NOVEMBER
    moment: Moment | None = None
    occasion: Occasion | None = None
    roughly: Roughly | None = None


def test_models_read_text_and_take_values_as_they_are() -> None:
    typed = Dated.model_validate({"day": "26 November 2026", "occasion": "26 November 2026, 9am", "roughly": "2026"})
    again = Dated(day=typed.day, occasion=typed.occasion, roughly=typed.roughly)
    assert again == typed


@pytest.mark.parametrize("field", ["day", "moment", "occasion", "roughly"])
@pytest.mark.parametrize("value", [["26 November 2026"], {"day": "x"}, 2026, True])
def test_models_refuse_what_is_no_text_with_an_example(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=r"A date is expected here\. Write it as"):
        Dated.model_validate({field: value})
