"""Which column of a list means what: by its title, by the service that wrote the file, or by what the user said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.errors import UsageError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": (
        "email", "e mail", "email address", "e mail address", "mail", "subscriber email", "work email",
        "destination", "contact", "contacts", "subscriber",
    ),
    "name": ("name", "full name", "display name"),
    "first": ("first name", "firstname", "forename", "given name", "fname"),
    "last": ("last name", "lastname", "surname", "family name", "lname"),
    "agency": ("agency", "organisation", "organization", "company", "employer", "service"),
    "area": ("area", "district", "locality", "borough", "region"),
    "audiences": ("audiences", "audience", "lists", "list", "topics", "topic", "topic name", "subscriptions"),
    "shared": ("shared", "shared mailbox", "team mailbox"),
    "language": ("language", "lang"),
    "basis": ("basis", "lawful basis", "legal basis"),
    "source": ("source",),
    "confirmed": ("confirmed", "confirmed at", "confirm time"),
    "status": ("status", "subscription status", "member status"),
}  # fmt: skip
_COLUMN_OF = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}
Service = Literal["", "Mailchimp", "GovDelivery"]
Left = Literal["", "unsubscribed", "bounced"]


@dataclass(frozen=True)
class Layout:
    """How the lines of one file are read."""

    titles: tuple[str, ...]  # the first line, as it stands
    places: Mapping[str, int]  # column -> its place
    service: Service = ""  # whose export it is
    left: Left = ""  # every line is of somebody who left, or whose address failed
    deleted: int | None = None  # GovDelivery's report of those who were deleted: the place of the reason

    @property
    def unused(self) -> tuple[str, ...]:
        """Titles of columns that are passed over."""
        used = {*self.places.values(), self.deleted}
        return tuple(title for place, title in enumerate(self.titles) if place not in used and title.strip())


def layout(titles: Sequence[str], file_name: str, chosen: Mapping[str, str]) -> Layout:
    """`chosen`: column -> the title the user gave for it, which goes before what we would think.

    Raises:
        UsageError: a chosen column is not there, or none holds addresses.
    """
    words = [normal(title) for title in titles]
    service = _service(words)
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        column = _COLUMN_OF.get(word)
        if column and not (service == "Mailchimp" and word == "region"):  # where an internet address lies, not a person
            places.setdefault(column, place)
    places.update(_chosen(titles, words, file_name, chosen))
    if "email" not in places:
        raise UsageError(
            f"{file_name}: no column of the first line is called email.",
            hint="The first line must name the columns, for example: email,name,agency,area"
            + (f'\nOr say which it is: --column email="{_likely(titles)}"' if any(words) else ""),
        )
    deleted = words.index("deletion reason") if "deletion reason" in words else None
    return Layout(tuple(titles), places, service, _left(service, words, file_name), deleted)


def normal(title: str) -> str:
    """A title as it is compared: "E-mail address:" is "e mail address"."""
    return " ".join(re.sub(r"[_\-./:*]", " ", title.replace("\ufeff", "")).split()).casefold()


def _chosen(titles: Sequence[str], words: Sequence[str], file_name: str, chosen: Mapping[str, str]) -> dict[str, int]:
    places = {}
    for column, title in chosen.items():
        if column not in COLUMNS:
            raise UsageError(f"There is no column '{column}'.", hint=f"The columns are {', '.join(COLUMNS)}.")
        if normal(title) not in words:
            raise UsageError(
                f"{file_name} has no column '{title}'.", hint=f"It has: {', '.join(filter(None, titles))}."
            )
        places[column] = words.index(normal(title))
    return places


def _service(words: Sequence[str]) -> Service:
    """Mailchimp puts LEID and EUID into every export; GovDelivery says Destination, or Contacts and where they
    came from (its pages on the deleted subscriber report and on subscriber lists)."""
    there = set(words)
    if {"leid", "euid"} <= there or "member rating" in there:
        return "Mailchimp"
    if "destination" in there or {"contacts", "origin"} <= there or "subscription created" in there:
        return "GovDelivery"
    return ""


def _left(service: Service, words: Sequence[str], file_name: str) -> Left:
    """Mailchimp writes three files: subscribed, unsubscribed and cleaned, which is its word for bounced."""
    if service != "Mailchimp":
        return ""
    if "clean time" in words or file_name.lower().startswith("cleaned"):
        return "bounced"
    if "unsub time" in words or file_name.lower().startswith("unsubscribed"):
        return "unsubscribed"
    return ""


def _likely(titles: Sequence[str]) -> str:
    """The title that most looks like that of addresses."""
    return next((title for title in titles if "mail" in title.casefold()), next(filter(None, titles)))


def deletion(reason: str) -> str:
    """What GovDelivery's reason for deleting somebody means to us. In doubt they left, and are not mailed."""
    word = reason.casefold()
    if "spam" in word or "complain" in word or "abuse" in word:
        return "complained"
    if any(part in word for part in ("fail", "bounce", "blacklist", "undeliver", "invalid")):
        return "bounced"
    return "unsubscribed"
