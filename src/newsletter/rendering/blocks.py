"""What each item says beside its words, worked out once, so that email, text and web copy cannot disagree.

Plain words and addresses only, no HTML: every rendition escapes and lays out for itself. `block_for(item, context)`
gives one `Block` (`rendering/parts.py`); what an item does not have is empty there, so a template asks
`{% if block.files %}` and no more.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.models.issue import Item, direction
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
from newsletter.rendering.speech import Words

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


def block_for(item: Item, context: Context) -> Block:
    """Everything the item says beside its words."""
    front, context = item.front, context.of(item)
    _ = context.words()
    return Block(
        kind=item.kind,
        areas=_("For %(areas)s", areas=_and(front.areas, _)) if front.areas else "",
        content_note=front.content_note,
        deadline=_deadline(front, _),
        links=tuple(_link_line(link, context) for link in front.links),
        contacts=contact_lines(front.contact, context),
        **_of_kind(front, context),
    )


def _deadline(front: ItemFront, _: Words) -> str:
    """ "by Wednesday 14 October 2026"; "" when a survey's closing or an event's booking date says the same."""
    said = (getattr(front, "closes", None), getattr(front, "book_by", None))
    return _("by %(date)s", date=_.day(front.deadline)) if front.deadline and front.deadline not in said else ""


def _of_kind(front: ItemFront, context: Context) -> dict[str, object]:
    if isinstance(front, EventItem):
        return event(front, context)
    if isinstance(front, Survey):
        return _survey(front, context)
    if isinstance(front, Service):
        return {"details": _service(front, context.words())}
    if isinstance(front, Review):
        return _review(front, context)
    if isinstance(front, Resource):
        return {"files": tuple(_file_line(file, context) for file in front.files)}
    if isinstance(front, Notice):
        return {"what_to_do": front.what_to_do, "details": _notice(front, context.words())}
    if isinstance(front, MessageItem):
        return {
            "byline": Byline(name=front.author, role=front.role, organisation=front.organisation, photo=front.photo)
        }
    return {}


def _survey(front: Survey, context: Context) -> dict[str, object]:
    _ = context.words()
    minutes = _("1 minute") if front.minutes == 1 else _("%(number)s minutes", number=front.minutes)
    rows = [
        plain("closes", _("Closes"), _.long_date(front.closes)),
        plain("minutes", _("Takes about"), minutes if front.minutes else ""),
        plain("who_for", _("Who it is for"), front.who_for),
    ]
    return {
        "details": present(rows),
        "action": action(_survey_title(front, _), front, front.url, context),
    }


def _survey_title(front: Survey, _: Words) -> str:
    asked = any(word in front.title.casefold() for word in ("consultation", "ymgynghoriad"))
    return _("Respond to the consultation") if asked else _("Take the survey")


def _service(front: Service, _: Words) -> tuple[Detail, ...]:
    referral = front.referral
    return present(
        [
            plain("who_for", _("Who it is for"), front.who_for),
            plain("risk_level", _("Level of risk"), front.risk_level),
            phone("phone", _("Phone"), referral.phone if referral else ""),
            mail("email", _("Email"), referral.email if referral else ""),
            web("referral_url", _("Refer online"), referral.url if referral else ""),
            plain("hours", _("Hours"), referral.hours if referral else ""),
            plain("how", _("How to refer"), front.how),
            plain("self_referral", _("Self-referral"), front.self_referral),
        ]
    )


def _review(front: Review, context: Context) -> dict[str, object]:
    _ = context.words()
    rows = [
        plain("area", _("Area"), front.area),
        plain("published", _("Published"), _.roughly(front.published)),
        plain("themes", _("Themes"), "; ".join(front.themes)),
        plain("subject", _("Names"), _("Not the real name") if front.subject == "pseudonym" else ""),
    ]
    report = address(front.report_url, context)
    return {
        "status": _scope(front, _),
        "details": present(rows),
        "questions": front.questions,
        "report": FileLine(title=_("Read the report"), note=file_note(front.report_url, context), **dict(report)),
    }


def _scope(front: Review, _: Words) -> str:
    return {
        "local": _("Local review"),
        "national": _("National review"),
        "elsewhere": _("Review from another area"),
    }.get(front.scope or "", "")


def _notice(front: Notice, _: Words) -> tuple[Detail, ...]:
    starts = _.long_date(front.effective_from) if front.effective_from else ""
    return present([plain("effective_from", _("From"), starts), plain("supersedes", _("Replaces"), front.supersedes)])


def act_lines(context: Context) -> tuple[ActLine, ...]:
    """ "What you need to do": items with `act_now` or a deadline; what holds from now on first, then the soonest."""
    _ = context.words()
    return tuple(
        ActLine(
            title=item.front.title,
            what=said or _asked(item.front, _),
            said=bool(said),
            by=_("by %(date)s", date=_.day(day)) if (day := due(item.front)) else "",
            anchor=item.slug,
        )
        for item in context.outline.act_now
        for said in [item.front.what_to_do if isinstance(item.front, Notice) else ""]
    )


def _asked(front: ItemFront, _: Words) -> str:
    """What an item asks people to do when no sentence of it says so; "" when its title has to say it."""
    if isinstance(front, EventItem):
        return booking_title(front, _)
    if isinstance(front, Survey):
        return _survey_title(front, _)
    if isinstance(front, Review):
        return _("Read the report") if front.report_url else ""
    if isinstance(front, Resource):
        return _("Read the document") if len(front.files) == 1 else _("Read the documents")
    return ""


def contact_lines(contacts: Iterable[Contact], context: Context) -> tuple[ContactLine, ...]:
    """Contacts, each with its tel: address; those of newsletter.toml marked with the partnership's language."""
    settings, home = context.publication.contacts.values(), context.publication.partnership.lang
    marked = {"lang": home, "dir": direction(home)} if context.theirs() else {}
    return tuple(
        ContactLine(
            **(marked if contact in settings else {}),
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
    source, _ = file.path or file.url, context.words()
    where = address(source, context)
    more = [
        _("for %(readers)s", readers=file.for_) if file.for_ else "",
        _("in %(language)s", language=file.language) if file.language else "",
    ]
    return FileLine(
        title=file.title, note=file_note(source, context), more=", ".join(filter(None, more)), **dict(where)
    )


def _link_line(link: Link, context: Context) -> LinkLine:
    where = address(link.url, context)
    return LinkLine(title=link.title, note=file_note(link.url, context), **dict(where))


def _and(parts: Iterable[str], _: Words) -> str:
    """ "one", "one and two", "one, two and three"."""
    *first, last = parts
    return _("%(first)s and %(last)s", first=", ".join(first), last=last) if first else last
