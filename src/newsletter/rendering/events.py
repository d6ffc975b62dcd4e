"""What an event says beside its words: when, where, how to book, and its day set large."""

from __future__ import annotations

from newsletter.models.dates import MONTHS, WEEKDAYS, When, long_date
from newsletter.models.items import EventItem, Session
from newsletter.rendering.context import Context
from newsletter.rendering.parts import Action, DateBox, Detail
from newsletter.rendering.rows import action, mail, plain, present, web

EVENT_STATUS = {
    "confirmed": "",
    "hold-the-date": "Hold the date",
    "to-be-announced": "Date to be announced",
    "on-demand": "Available at any time",
    "cancelled": "Cancelled",
}


def event_when(front: EventItem) -> When | None:
    """When it happens, with `ends` taken in."""
    if front.when is None or front.ends is None or front.ends == front.when.day:
        return front.when
    return front.when.model_copy(update={"last_day": front.ends})


def event(front: EventItem, context: Context) -> dict[str, object]:
    """An event's part of its block."""
    when = event_when(front)
    rows = [
        plain("when", "When", str(when) if when else ""),
        plain("venue", "Venue", front.venue),
        web("online", "Online", front.online),
        plain("who_for", "Who it is for", front.who_for),
        plain("cost", "Cost", front.cost),
        plain("duration", "Duration", front.duration),
        plain("delivery", "Format", front.delivery),
        plain("speakers", "Speakers" if len(front.speakers) > 1 else "Speaker", "; ".join(front.speakers)),
        plain("host", "Run by", front.host),
        plain("certificate", "Certificate", front.certificate),
        *_booking(front),
    ]
    return {
        "status": EVENT_STATUS[front.status],
        "date_box": _date_box(when) if when else None,
        "details": present(rows),
        "sessions": tuple(_session(session, when) for session in front.sessions),
        "action": _booking_action(front, context),
    }


def _session(session: Session, event: When | None) -> Detail:
    """A session's label is its time when it is on the event's one day, otherwise its day and time."""
    same_day = event is not None and event.last_day is None and event.day == session.when.day
    label = session.when.times if same_day and session.when.times else str(session.when)
    return Detail(name="session", label=label, text=session.title)


def _booking(front: EventItem) -> list[Detail | None]:
    if front.status == "cancelled":
        return []
    booking = front.booking
    return [
        plain("booking_opens", "Booking", booking.opens if booking else ""),
        mail("booking_email", "Book by email", booking.email if booking else ""),
        plain("book_by", "Book by", long_date(front.book_by) if front.book_by else ""),
    ]


def booking_title(front: EventItem) -> str:
    """What people are asked to do: "Book a place"; "" when nothing can be booked, or not yet."""
    booking = front.booking
    if front.status == "cancelled" or booking is None or not (booking.url or booking.email):
        return ""
    return "Start the course" if front.status == "on-demand" else "Book a place"


def _booking_action(front: EventItem, context: Context) -> Action | None:
    title = booking_title(front)
    return action(title, front, front.booking.url, context) if title and front.booking else None


def _date_box(when: When) -> DateBox:
    return DateBox(
        weekday=WEEKDAYS[when.day.weekday()],
        day=str(when.day.day),
        month=MONTHS[when.day.month - 1],
        year=str(when.day.year),
        until=f"to {long_date(when.last_day)}" if when.last_day else "",
        times=when.times,
    )
