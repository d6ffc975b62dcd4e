"""NL116: a named person's address where a team's would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.contacts import emails, phones
from newsletter.checks.places import Spot
from newsletter.checks.subject import Subject
from newsletter.checks.text import Piece
from newsletter.models.finding import Finding, Level

CODE = "NL116"
TITLE = "A named person's email address or mobile number"
LEVEL = Level.ADVICE
THRESHOLD = "Addresses such as first.last@; mobile numbers beside a person's name."
WHY = "People leave, their mailboxes go unread, and their addresses stay in the archive for good."
SOURCE = "UK GDPR article 5(1)(c), data minimisation"
EXAMPLE = "contact sam.jones@northshire.gov.uk"
FIX = "Give the team's mailbox or number; if there is none, ask for one."

_PERSON = re.compile(r"(?P<first>[a-z]{1,12})[._-](?:[a-z][._-])?(?P<last>[a-z]{3,20})\d{0,3}@", re.I)
_PERSON_BEFORE = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z'’-]+[^.]{0,25}$")  # a name, then "on" or "is reached at"
_TEAM = re.compile(
    r"(?i:team|train|safeguard|child|adult|famil|info|enquir|admin|office|partner|board|hub|mash|support|service|help|contact|referral|duty|"
    r"learn|develop|event|book|news|comms|media|press|policy|review|audit|licens|health|school|educ|police|council|business|unit|group|"
    r"staff|hr|data|privacy|complain|feedback|survey|young|youth|early|social|care|mental|domestic|abuse|exploit|missing|lado|reply|"
    r"network|project|programme|forum|centre|department|customer|public|access|inbox|mail|general|north|south|east|west|local|practice|safe|"
    r"prevent|workforce|quality|improve|voice|carer|parent|advis|advice|consult|champion|conference|system|digital|web|online|self|"
    r"scp|sab|csp|lscp|panel|operation|community|voluntary|sector|housing|probation|fire|rescue|ambulance|midwi|nurs|doctor|gp)"
)


def check(subject: Subject) -> Iterator[Finding]:
    """Personal addresses of the text and of contacts."""
    shared = {contact.email for contact in subject.publication.contacts.values()}
    for piece in subject.pieces:
        services = _names_of_services(piece)
        for passage in piece.passages:
            for found in emails(passage.text):
                if _is_personal(found[0], services):
                    yield _mailbox(passage.spot(found.start()), found[0])
            for phone in phones(passage.text):
                if _is_mobile(phone.digits) and _PERSON_BEFORE.search(passage.text[: phone.start]):
                    yield _mobile(passage.spot(phone.start), phone.written)
        for field in piece.addresses:
            if field.kind == "email" and field.value not in shared and _is_personal(field.value, services):
                yield _mailbox(field.spot, field.value)
            elif field.kind == "phone" and field.person:
                for phone in phones(field.value, sure=True):
                    if _is_mobile(phone.digits):
                        yield _mobile(field.spot, field.value)


def _names_of_services(piece: Piece) -> frozenset[str]:
    """Words of titles and roles: stepping.stones@ is the mailbox of Stepping Stones, not of a person."""
    titles = [passage.text for passage in piece.fields if passage.role in ("title", "short_title", "section")]
    roles = [field.role for field in piece.addresses]
    return frozenset(re.findall(r"[a-z]+", " ".join(titles + roles).lower()))


def _is_personal(address: str, services: frozenset[str]) -> bool:
    found = _PERSON.match(address)
    if not found or _TEAM.search(found["first"]) or _TEAM.search(found["last"]):
        return False
    return not {found["first"].lower(), found["last"].lower()} & services


def _is_mobile(digits: str) -> bool:
    return digits.startswith("07") and len(digits) == 11


def _mailbox(spot: Spot, words: str) -> Finding:
    message = "This looks like one person's mailbox."
    return Finding(code=CODE, level=LEVEL, **spot, words=words, message=message, fix=FIX)


def _mobile(spot: Spot, words: str) -> Finding:
    message = "This is a named person's mobile number."
    return Finding(code=CODE, level=LEVEL, **spot, words=words, message=message, fix=FIX)
