"""What the front matter of an item may say: one class for each kind. Field by field the contract of docs/content.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag, field_validator, model_validator
from pydantic.functional_validators import BeforeValidator

from newsletter.models.base import FieldError, Model
from newsletter.models.dates import Day, Moment, Occasion, Roughly
from newsletter.models.language import Lang
from newsletter.models.publication import Contact
from newsletter.models.values import Email, Text


def _as_list(value: object) -> object:
    """A single value where a list is meant is a list of one."""
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list, json_schema_input_type=tuple[Text, ...] | Text)]
Contacts = Annotated[  # names are resolved before validation
    tuple[Contact, ...],
    BeforeValidator(_as_list, json_schema_input_type=tuple[Contact | str, ...] | Contact | str),
]


class Image(Model):
    """A picture of the issue. Either it says something (`alt`) or it is decorative."""

    src: Text
    alt: str = ""
    decorative: bool = False
    credit: str = ""
    caption: str = ""
    link: str = ""


class Link(Model):
    """A link shown after the body; its title says where it goes."""

    title: Text
    url: Text


class Source(Model):
    """Where an item came from. Never printed."""

    agency: str = ""
    contributor: str = ""
    approved_by: str = ""


class SignOff(Model):
    """Printed at the end of an issue."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    date: Day | None = None


class Booking(Model):
    """How to book: an address, or when booking opens."""

    url: str = ""
    email: Email = ""
    opens: str = ""

    @model_validator(mode="after")
    def _something(self) -> Booking:
        if not (self.url or self.email or self.opens):
            raise ValueError("booking needs a url, an email, or opens (when booking opens).")
        return self


class Session(Model):
    """One session of an event that runs over several."""

    title: Text
    when: Occasion


class Referral(Model):
    """How to refer to a service."""

    email: Email = ""
    phone: str = ""
    url: str = ""
    hours: str = ""


class ResourceFile(Model):
    """A document: on the web (`url`) or in the issue's folder (`path`)."""

    title: Text
    url: str = ""
    path: str = ""
    language: str = ""
    for_: str = Field(default="", alias="for")

    @model_validator(mode="after")
    def _one_place(self) -> ResourceFile:
        if bool(self.url) == bool(self.path):
            raise ValueError("A file needs either a url or a path, not both.")
        return self


class ItemFront(Model):
    """What every kind may say."""

    title: Text
    section: str = ""  # "Training / Events" makes two levels
    short_title: str = ""
    heading: bool = True
    summary: str = ""
    image: Image | None = None
    links: tuple[Link, ...] = ()
    contact: Contacts = ()
    deadline: Day | None = None
    tags: Texts = ()
    areas: Texts = ()
    source: Source | None = None
    embargo_until: Moment | None = None
    retire_on: Day | None = None
    content_note: str = ""
    act_now: bool = False
    lang: Lang = ""  # BCP 47
    ignore: dict[str, Text] = Field(default_factory=dict)  # check code -> reason

    @field_validator("summary")
    @classmethod
    def _short(cls, value: str) -> str:
        if (words := len(value.split())) > 40:
            raise ValueError(f"The summary has {words} words; at most 40 are shown. Shorten it.")
        return value

    @property
    def sections(self) -> tuple[str, ...]:
        """Section headings from the outside in, at most two."""
        return tuple(part.strip() for part in self.section.split(" / ", 1) if part.strip())


class Article(ItemFront):
    """A story."""

    kind: Literal["article"] = "article"


class MessageItem(ItemFront):
    """A message from the chair or another person."""

    kind: Literal["message"]
    author: str = ""
    role: str = ""
    organisation: str = ""
    photo: Image | None = None

    @model_validator(mode="after")
    def _from_somebody(self) -> MessageItem:
        if not (self.author or self.role):
            raise FieldError("kind", "A message needs an author or a role: say who it is from.")
        return self


class Notice(ItemFront):
    """A change that people must act on."""

    kind: Literal["notice"]
    what_to_do: Text
    effective_from: Day | None = None
    supersedes: str = ""


class EventItem(ItemFront):
    """A dated happening readers can attend."""

    kind: Literal["event"]
    when: Occasion | None = None
    ends: Day | None = None
    status: Literal["confirmed", "hold-the-date", "to-be-announced", "on-demand", "cancelled"] = "confirmed"
    venue: str = ""
    online: str = ""
    booking: Booking | None = None
    book_by: Day | None = None
    cost: str = ""
    who_for: str = ""
    host: str = ""
    speakers: Texts = ()
    duration: str = ""
    delivery: str = ""
    certificate: str = ""
    sessions: tuple[Session, ...] = ()

    @model_validator(mode="after")
    def _dated(self) -> EventItem:
        if self.when is None and self.status not in ("to-be-announced", "on-demand"):
            raise FieldError(
                "kind",
                "An event needs when, for example: when: Thursday 26 November 2026, 9am to 2pm."
                " If the date is not known write status: to-be-announced;"
                " if it can be taken at any time, status: on-demand.",
            )
        if self.when and self.ends and self.ends < self.when.day:
            raise FieldError("ends", "The event ends before it starts.")
        return self


class Survey(ItemFront):
    """A survey or a consultation."""

    kind: Literal["survey"]
    url: Text
    closes: Day
    minutes: int | None = Field(default=None, ge=1, le=240)
    who_for: str = ""


class Resource(ItemFront):
    """Documents to use."""

    kind: Literal["resource"]
    files: tuple[ResourceFile, ...] = Field(min_length=1)


class Review(ItemFront):
    """Learning from a review of practice. Says how its subject is named, and when it was published."""

    kind: Literal["review"]
    subject: Literal["pseudonym", "named", "not-named"]
    published: Roughly
    report_url: Text
    area: str = ""
    scope: Literal["local", "national", "elsewhere"] | None = None
    themes: Texts = ()
    questions: Texts = ()
    identity_checked_by: str = ""


class Service(ItemFront):
    """A service to refer to."""

    kind: Literal["service"]
    who_for: Text
    referral: Referral | None = None
    how: str = ""
    risk_level: str = ""
    self_referral: str = ""


class KeyMessages(ItemFront):
    """Numbered key messages, taken from the first ordered list of the body."""

    kind: Literal["key-messages"]


AnyFront = Annotated[
    Annotated[Article, Tag("article")]
    | Annotated[MessageItem, Tag("message")]
    | Annotated[Notice, Tag("notice")]
    | Annotated[EventItem, Tag("event")]
    | Annotated[Survey, Tag("survey")]
    | Annotated[Resource, Tag("resource")]
    | Annotated[Review, Tag("review")]
    | Annotated[Service, Tag("service")]
    | Annotated[KeyMessages, Tag("key-messages")],
    Field(discriminator="kind"),
]

KINDS: dict[str, type[ItemFront]] = {
    "article": Article,
    "message": MessageItem,
    "notice": Notice,
    "event": EventItem,
    "survey": Survey,
    "resource": Resource,
    "review": Review,
    "service": Service,
    "key-messages": KeyMessages,
}
