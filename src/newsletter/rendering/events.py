"""What an event says beside its words: when, where, how to book, and its day set large."""

from __future__ import annotations

from newsletter.models.dates import MONTHS, WEEKDAYS, When
from newsletter.models.items import EventItem, Session
from newsletter.rendering.context import Context
from newsletter.rendering.parts import Action, DateBox, Detail
from newsletter.rendering.rows import action, mail, plain, present, web
from newsletter.rendering.speech import Words, sentence


def event_when(front: EventItem) -> When | None:
    """When it happens, with `ends` taken in."""
    if front.when is None or front.ends is None or front.ends == front.when.day:
        return front.when
    return front.when.model_copy(update={"last_day": front.ends})


def event(front: EventItem, context: Context) -> dict[str, object]:
    """An event's part of its block."""
    when, _ = event_when(front), context.words()
    rows = [
        plain("when", _("When"), _.when(when) if when else ""),
        plain("venue", _("Venue"), front.venue),
        web("online", _("Online"), front.online),
        plain("who_for", _("Who it is for"), front.who_for),
        plain("cost", _("Cost"), front.cost),
        plain("duration", _("Duration"), front.duration),
        plain("delivery", _("Format"), front.delivery),
        plain("speakers", _("Speakers") if len(front.speakers) > 1 else _("Speaker"), "; ".join(front.speakers)),
        plain("host", _("Run by"), front.host),
        plain("certificate", _("Certificate"), front.certificate),
        *_booking(front, _),
    ]
    return {
        "status": status(front, _),
        "date_box": _date_box(when, _) if when else None,
        "details": present(rows),
        "sessions": tuple(_session(session, when, _) for session in front.sessions),
        "action": _booking_action(front, context),
    }


def status(front: EventItem, _: Words) -> str:
    """What is to be said of a date that is not fixed; "" for one that is."""
    return {
        "hold-the-date": _("Hold the date"),
        "to-be-announced": _("Date to be announced"),
        "on-demand": _("Available at any time"),
        "cancelled": _("Cancelled"),
    }.get(front.status, "")


def _session(session: Session, event: When | None, _: Words) -> Detail:
    """A session's label is its time when it is on the event's one day, otherwise its day and time."""
    same_day = event is not None and event.last_day is None and event.day == session.when.day
    label = _.times(session.when) if same_day and session.when.times else _.when(session.when)
    return Detail(name="session", label=label, text=session.title)


def _booking(front: EventItem, _: Words) -> list[Detail | None]:
    if front.status == "cancelled":
        return []
    booking = front.booking
    return [
        plain("booking_opens", _("Booking"), booking.opens if booking else ""),
        mail("booking_email", _("Book by email"), booking.email if booking else ""),
        plain("book_by", _("Book by"), _.long_date(front.book_by) if front.book_by else ""),
    ]


def booking_title(front: EventItem, _: Words) -> str:
    """What people are asked to do: "Book a place"; "" when nothing can be booked, or not yet."""
    booking = front.booking
    if front.status == "cancelled" or booking is None or not (booking.url or booking.email):
        return ""
    return _("Start the course") if front.status == "on-demand" else _("Book a place")


def _booking_action(front: EventItem, context: Context) -> Action | None:
    title = booking_title(front, context.words())
    return action(title, front, front.booking.url, context) if title and front.booking else None


def _date_box(when: When, _: Words) -> DateBox:
    return DateBox(
        weekday=sentence(_(WEEKDAYS[when.day.weekday()])),
        day=str(when.day.day),
        month=_(MONTHS[when.day.month - 1]),
        year=str(when.day.year),
        until=_("to %(date)s", date=_.day(when.last_day)) if when.last_day else "",
        times=_.times(when),
    )
