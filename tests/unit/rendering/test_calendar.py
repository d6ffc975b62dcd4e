"""The calendar rendition: what a diary program reads from it, and that nothing an author writes can break it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem, build_context_of, build_item, build_publication
from tests.unit.rendering.issue_kit import issue_builder as builder

from newsletter.models.issue import Issue
from newsletter.rendering.formats import calendar
from newsletter.rendering.ics import LONDON_RULES, calendar_file
from newsletter.rendering.templates import Templates

Events = Callable[..., list[Any]]  # entries as icalendar reads them
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def data_of(context_of: Callable[[Issue], object], templates: Templates) -> Callable[[Issue], bytes]:
    """The file's bytes."""
    return lambda issue: calendar.render(context_of(issue), templates)  # type: ignore[arg-type]


@pytest.fixture
def events_of(make_issue: MakeIssue, make_item: MakeItem, data_of: Callable[[Issue], bytes]) -> Events:
    """The entries of an issue with one event, as a diary program reads them."""

    def read(title: str = "Conference", *, issue: dict[str, Any] | None = None, **front: Any) -> list[Any]:
        made = make_issue([make_item("event", title, **front)], **(issue or {}))
        return list(icalendar.Calendar.from_ical(data_of(made)).walk("VEVENT"))

    return read


def test_a_timed_event_carries_its_hours_in_london_time(events_of: Events) -> None:
    (event,) = events_of(when="Thursday 26 November 2026, 9am to 2pm")
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "Europe/London"
    assert event.start == datetime(2026, 11, 26, 9, tzinfo=LONDON)
    assert event.end == datetime(2026, 11, 26, 14, tzinfo=LONDON)


def test_an_event_whose_end_nobody_knows_gets_none(events_of: Events) -> None:
    (event,) = events_of(when="26 November 2026, 9am")
    assert "DTEND" not in event
    assert "DURATION" not in event


def test_an_end_at_midnight_is_the_start_of_the_next_day(events_of: Events) -> None:
    (event,) = events_of(when="26 November 2026, 7pm to midnight")
    assert event.end == datetime(2026, 11, 27, tzinfo=LONDON)


def test_whole_days_end_on_the_morning_after(events_of: Events) -> None:
    (one,) = events_of(when="26 November 2026")
    (three,) = events_of(when="26 November 2026", ends="28 November 2026")
    assert (one.start, one.end) == (date(2026, 11, 26), date(2026, 11, 27))
    assert (three.start, three.end) == (date(2026, 11, 26), date(2026, 11, 29))
    assert one["DTSTART"].params["VALUE"] == "DATE"


def test_hours_over_several_days_are_those_of_each_day_and_leave_the_nights_free(events_of: Events) -> None:
    (event,) = events_of(when="16 to 20 November 2026, 9am to 4pm")
    assert event.start == datetime(2026, 11, 16, 9, tzinfo=LONDON)
    assert event.end == datetime(2026, 11, 16, 16, tzinfo=LONDON)
    assert event["RRULE"] == {"FREQ": ["DAILY"], "COUNT": [5]}


@pytest.mark.parametrize(
    ("status", "said", "summary", "sequence"),
    [
        ("confirmed", "CONFIRMED", "Conference", 1),
        ("hold-the-date", "TENTATIVE", "Hold the date: Conference", 0),
        ("cancelled", "CANCELLED", "Cancelled: Conference", 2),
    ],
)
def test_each_state_is_said_to_programs_and_to_people(
    events_of: Events, status: str, said: str, summary: str, sequence: int
) -> None:
    (event,) = events_of(when="26 November 2026", status=status)
    assert (event["STATUS"], event["SUMMARY"], event["SEQUENCE"]) == (said, summary, sequence)


@pytest.mark.parametrize("status", ["to-be-announced", "on-demand"])
def test_what_has_no_settled_date_is_in_no_calendar(make_issue: MakeIssue, make_item: MakeItem, status: str) -> None:
    assert not calendar.wanted(make_issue([make_item("event", status=status)]))
    assert not calendar.wanted(make_issue([make_item("event", status=status, when="26 November 2026")]))


def test_an_issue_without_events_has_no_calendar(make_issue: MakeIssue, make_item: MakeItem) -> None:
    assert not calendar.wanted(make_issue([make_item(), make_item("survey", url="https://x.org", closes="1 May 2027")]))
    assert calendar.wanted(make_issue([make_item(), make_item("event", when="26 November 2026")]))


def test_sessions_on_other_days_are_entries_of_their_own(events_of: Events) -> None:
    sessions = [
        {"title": "Part 1", "when": "3 February 2027, 10am to 12pm"},
        {"title": "Part 2", "when": "10 February 2027, 10am to 12pm"},
        {"title": "Reading week", "when": "17 February 2027"},
    ]
    whole, second = events_of(when="3 February 2027, 10am to 12pm", sessions=sessions)
    assert second["SUMMARY"] == "Conference: Part 2"
    assert second.start == datetime(2027, 2, 10, 10, tzinfo=LONDON)
    assert whole["UID"] != second["UID"]


def test_sessions_of_an_event_that_names_no_hours_are_entries_of_their_own(events_of: Events) -> None:
    sessions = [{"title": "Opening", "when": "3 February 2027, 10am"}]
    whole, opening = events_of(when="3 February 2027", sessions=sessions, status="cancelled")
    assert (whole["SUMMARY"], opening["SUMMARY"]) == ("Cancelled: Conference", "Cancelled: Conference: Opening")
    assert opening["STATUS"] == "CANCELLED"


@pytest.mark.parametrize("hours", ["9am to 2pm", "9am to midnight", "10am"])
def test_sessions_within_the_hours_of_the_event_stand_in_its_description(events_of: Events, hours: str) -> None:
    sessions = [{"title": "Hearing the child", "when": "26 November 2026, 10am to 11am"}]
    (event,) = events_of(when=f"26 November 2026, {hours}", sessions=sessions)
    assert "10am to 11am: Hearing the child" in event["DESCRIPTION"]


def test_live_sessions_of_a_course_on_demand_are_dates(events_of: Events) -> None:
    (event,) = events_of(status="on-demand", sessions=[{"title": "Live", "when": "3 February 2027, 10am to 11am"}])
    assert event["SUMMARY"] == "Conference: Live"


def test_an_entry_says_where_what_it_costs_how_to_book_and_whom_to_ask(events_of: Events) -> None:
    (event,) = events_of(
        when="26 November 2026, 9am to 2pm",
        summary="A day about adolescents.",
        venue="Town Hall, Market Street",
        online="https://www.example.org/join",
        cost="Free",
        host="Northshire SCP",
        booking={"url": "https://www.example.org/book", "email": "book@example.org"},
        book_by="12 November 2026",
        tags=["training", "adolescents"],
        contact=[{"role": "Training team", "email": "training@example.org", "phone": "01632 960110"}],
    )
    assert event["LOCATION"] == "Town Hall, Market Street"
    assert event["DESCRIPTION"].split("\n") == [
        "A day about adolescents.",
        "Online: https://www.example.org/join",
        "Cost: Free",
        "Run by: Northshire SCP",
        "Book by email: book@example.org",
        "Book by: Thursday 12 November 2026",
        "Book a place: https://www.example.org/book",
        "Ask: Training team, training@example.org, 01632 960110",
        "From Newsletter: Winter newsletter, Northshire Safeguarding Children Partnership."
        " https://news.example.org/issues/2026-11-winter/#conference",
    ]
    assert event["URL"] == "https://news.example.org/issues/2026-11-winter/#conference"
    assert event["CATEGORIES"].to_ical() == b"training,adolescents"


def test_an_event_online_has_its_address_for_a_place(events_of: Events) -> None:
    (event,) = events_of(when="26 November 2026", online="https://www.example.org/join")
    assert event["LOCATION"] == "https://www.example.org/join"


def test_nobody_is_an_organiser_who_would_be_sent_answers(events_of: Events) -> None:
    (event,) = events_of(when="26 November 2026", host="Northshire SCP")
    assert "ORGANIZER" not in event
    assert "ATTENDEE" not in event


def test_a_restricted_issue_has_a_calendar_that_names_no_web_address(events_of: Events) -> None:
    restricted = {"visibility": "restricted"}
    (event,) = events_of(when="26 November 2026", issue=restricted)
    assert "URL" not in event
    assert "news.example.org/" not in event["DESCRIPTION"]
    (booked,) = events_of(when="26 November 2026", issue=restricted, booking={"url": "https://www.example.org/book"})
    assert booked["URL"] == "https://www.example.org/book"


def test_an_entry_is_known_by_its_place_and_not_by_its_words(
    make_issue: MakeIssue, make_item: MakeItem, data_of: Callable[[Issue], bytes]
) -> None:
    def uid(**front: Any) -> str:
        item = make_item("event", "Conference", **front)
        changed = item.model_copy(update={"front": item.front.model_copy(update={"title": str(front["venue"])})})
        (event,) = icalendar.Calendar.from_ical(data_of(make_issue([changed]))).walk("VEVENT")
        return str(event["UID"])

    first = uid(when="26 November 2026", venue="Town Hall")
    assert first == uid(when="3 December 2026, 9am", venue="Library", status="cancelled")
    assert re.fullmatch(r"[0-9a-f-]{36}@news\.example\.org", first)


def test_the_stamp_is_the_day_of_the_issue_so_the_same_issue_gives_the_same_bytes(
    sample_issue: Issue, data_of: Callable[[Issue], bytes]
) -> None:
    data = data_of(sample_issue)
    assert data == data_of(sample_issue)
    assert set(re.findall(rb"DTSTAMP:(\S+)", data)) == {b"20261126T000000Z"}


def test_the_calendar_says_what_it_is_and_whose(sample_issue: Issue, data_of: Callable[[Issue], bytes]) -> None:
    read = icalendar.Calendar.from_ical(data_of(sample_issue))
    assert (read["VERSION"], read["METHOD"], read["CALSCALE"]) == ("2.0", "PUBLISH", "GREGORIAN")
    assert read["X-WR-CALNAME"] == read["NAME"] == "NSCP: Winter newsletter"


def test_every_identifier_is_there_once(sample_issue: Issue, data_of: Callable[[Issue], bytes]) -> None:
    uids = re.findall(rb"^UID:(.+)\r$", data_of(sample_issue), re.M)
    assert len(uids) == len(set(uids)) == 3


def test_the_zone_knows_every_change_of_the_clocks() -> None:
    rules: Any = icalendar.Timezone.from_ical(LONDON_RULES.replace("\n", "\r\n"))
    zone = rules.to_tz(lookup_tzid=False)
    first = datetime(1998, 1, 1, 12)
    for days in range(0, 39 * 365, 3):
        moment = first + timedelta(days=days)
        assert moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=LONDON).utcoffset(), moment


def test_whole_days_need_no_zone(make_issue: MakeIssue, make_item: MakeItem, data_of: Callable[[Issue], bytes]) -> None:
    assert b"VTIMEZONE" not in data_of(make_issue([make_item("event", when="26 November 2026")]))
    assert data_of(make_issue([make_item("event", when="26 November 2026, 9am")])).count(b"BEGIN:VTIMEZONE") == 1


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
_MAKE, _CONTEXT = builder(build_publication()), build_context_of(build_publication())


@settings(max_examples=60)
@given(title=_WORDS, venue=_WORDS, tag=_WORDS, url=_WORDS)
def test_no_words_become_lines_of_the_file_itself(title: str, venue: str, tag: str, url: str) -> None:
    front: dict[str, Any] = {
        "venue": f"Hall {venue}",
        "summary": "",
        "tags": [f"t{tag}"],
        "booking": {"url": f"https://x.org/{url}"},
    }
    item = build_item("event", f"T {title}\r\nATTACH:evil", when="26 November 2026, 9am", **front)
    context = _CONTEXT(_MAKE([item], visibility="restricted"))
    data = calendar.render(context, Templates([], context.publication))
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    unfolded = data.replace(b"\r\n ", b"").split(b"\r\n")
    names = [re.split(rb"[:;]", line)[0] for line in unfolded[unfolded.index(b"BEGIN:VEVENT") :]]
    assert sorted(names) == sorted(
        b"BEGIN UID DTSTAMP SEQUENCE STATUS SUMMARY DTSTART DESCRIPTION LOCATION URL CATEGORIES END END ".split(b" ")
    )
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    kept = re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", " ".join(f"T {title} ATTACH:evil".split()))
    assert event["SUMMARY"] == kept


def test_a_calendar_without_entries_is_still_a_calendar() -> None:
    assert icalendar.Calendar.from_ical(calendar_file("Empty", [], date(2026, 11, 26))).walk("VEVENT") == []
