"""What each item says beside its words, worked out once, so that email, text and web copy cannot disagree.

Plain words and addresses only, no HTML: every rendition escapes and lays out for itself. `block_for(item, context)`
gives one `Block` (`rendering/parts.py`); what an item does not have is empty there, so a template asks
`{% if block.files %}` and no more.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.models.dates import long_date
from newsletter.models.issue import Item
from newsletter.models.items import (
    EventItem,
    ItemFront,
    Link,
    MessageItem,
    Notice,
    Resource,
    ResourceFile,
    Review,
    Service,
    Survey,
)
from newsletter.models.publication import Contact, Worried
from newsletter.rendering.addresses import address, file_note, human_size, short_url, tel
from newsletter.rendering.context import Context
from newsletter.rendering.events import booking_title, event, event_when
from newsletter.rendering.outline import due
from newsletter.rendering.parts import (
    Action,
    ActLine,
    Block,
    Byline,
    ContactLine,
    DateBox,
    Detail,
    FileLine,
    LinkLine,
    WorriedLine,
)
from newsletter.rendering.rows import action, mail, phone, plain, present, web

__all__ = [
    "ActLine",
    "Action",
    "Block",
    "Byline",
    "ContactLine",
    "DateBox",
    "Detail",
    "FileLine",
    "LinkLine",
    "WorriedLine",
    "act_lines",
    "address",
    "block_for",
    "contact_lines",
    "event_when",
    "file_note",
    "human_size",
    "short_url",
    "tel",
    "worried_lines",
]

SCOPES = {"local": "Local review", "national": "National review", "elsewhere": "Review from another area"}
REPORT = "Read the report"


def block_for(item: Item, context: Context) -> Block:
    """Everything the item says beside its words."""
    front = item.front
    return Block(
        kind=item.kind,
        areas=f"For {_and(front.areas)}" if front.areas else "",
        content_note=front.content_note,
        deadline=_deadline(front),
        links=tuple(_link_line(link, context) for link in front.links),
        contacts=contact_lines(front.contact),
        **_of_kind(front, context),
    )


def _deadline(front: ItemFront) -> str:
    """ "by Wednesday 14 October 2026"; "" when a survey's closing or an event's booking date says the same."""
    said = (getattr(front, "closes", None), getattr(front, "book_by", None))
    return f"by {long_date(front.deadline)}" if front.deadline and front.deadline not in said else ""


def _of_kind(front: ItemFront, context: Context) -> dict[str, object]:
    if isinstance(front, EventItem):
        return event(front, context)
    if isinstance(front, Survey):
        return _survey(front, context)
    if isinstance(front, Service):
        return {"details": _service(front)}
    if isinstance(front, Review):
        return _review(front, context)
    if isinstance(front, Resource):
        return {"files": tuple(_file_line(file, context) for file in front.files)}
    if isinstance(front, Notice):
        return {"what_to_do": front.what_to_do, "details": _notice(front)}
    if isinstance(front, MessageItem):
        return {
            "byline": Byline(name=front.author, role=front.role, organisation=front.organisation, photo=front.photo)
        }
    return {}


def _survey(front: Survey, context: Context) -> dict[str, object]:
    minutes = f"{front.minutes} minute{'s' if front.minutes != 1 else ''}" if front.minutes else ""
    rows = [
        plain("closes", "Closes", long_date(front.closes)),
        plain("minutes", "Takes about", minutes),
        plain("who_for", "Who it is for", front.who_for),
    ]
    return {
        "details": present(rows),
        "action": action(_survey_title(front), front, front.url, context),
    }


def _survey_title(front: Survey) -> str:
    return "Respond to the consultation" if "consultation" in front.title.casefold() else "Take the survey"


def _service(front: Service) -> tuple[Detail, ...]:
    referral = front.referral
    return present(
        [
            plain("who_for", "Who it is for", front.who_for),
            plain("risk_level", "Level of risk", front.risk_level),
            phone("phone", "Phone", referral.phone if referral else ""),
            mail("email", "Email", referral.email if referral else ""),
            web("referral_url", "Refer online", referral.url if referral else ""),
            plain("hours", "Hours", referral.hours if referral else ""),
            plain("how", "How to refer", front.how),
            plain("self_referral", "Self-referral", front.self_referral),
        ]
    )


def _review(front: Review, context: Context) -> dict[str, object]:
    rows = [
        plain("area", "Area", front.area),
        plain("published", "Published", str(front.published)),
        plain("themes", "Themes", "; ".join(front.themes)),
        plain("subject", "Names", "Not the real name" if front.subject == "pseudonym" else ""),
    ]
    report = address(front.report_url, context)
    return {
        "status": SCOPES[front.scope] if front.scope else "",
        "details": present(rows),
        "questions": front.questions,
        "report": FileLine(title=REPORT, note=file_note(front.report_url, context), **dict(report)),
    }


def _notice(front: Notice) -> tuple[Detail, ...]:
    starts = long_date(front.effective_from) if front.effective_from else ""
    return present([plain("effective_from", "From", starts), plain("supersedes", "Replaces", front.supersedes)])


def act_lines(context: Context) -> tuple[ActLine, ...]:
    """ "What you need to do": items with `act_now` or a deadline; what holds from now on first, then the soonest."""
    return tuple(
        ActLine(
            title=item.front.title,
            what=said or _asked(item.front),
            said=bool(said),
            by=f"by {long_date(day)}" if (day := due(item.front)) else "",
            anchor=item.slug,
        )
        for item in context.outline.act_now
        for said in [item.front.what_to_do if isinstance(item.front, Notice) else ""]
    )


def _asked(front: ItemFront) -> str:
    """What an item asks people to do when no sentence of it says so; "" when its title has to say it."""
    if isinstance(front, EventItem):
        return booking_title(front)
    if isinstance(front, Survey):
        return _survey_title(front)
    if isinstance(front, Review):
        return REPORT if front.report_url else ""
    if isinstance(front, Resource):
        return "Read the document" if len(front.files) == 1 else "Read the documents"
    return ""


def contact_lines(contacts: Iterable[Contact]) -> tuple[ContactLine, ...]:
    """Contacts, each with its tel: address."""
    return tuple(
        ContactLine(
            title=contact.title,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            tel=tel(contact.phone),
            hours=contact.hours,
        )
        for contact in contacts
    )


def worried_lines(worried: Iterable[Worried]) -> tuple[WorriedLine, ...]:
    """The [[worried]] blocks, each with its tel: address."""
    return tuple(WorriedLine(**block.model_dump(), tel=tel(block.phone)) for block in worried)


def _file_line(file: ResourceFile, context: Context) -> FileLine:
    source = file.path or file.url
    where = address(source, context)
    return FileLine(
        title=file.title, note=file_note(source, context), language=file.language, for_=file.for_, **dict(where)
    )


def _link_line(link: Link, context: Context) -> LinkLine:
    where = address(link.url, context)
    return LinkLine(title=link.title, note=file_note(link.url, context), **dict(where))


def _and(parts: Iterable[str]) -> str:
    """ "one", "one and two", "one, two and three"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
