"""NL106: email addresses that are one slip away from the right one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from newsletter.checks.contacts import emails
from newsletter.checks.places import Spot
from newsletter.checks.spelling import one_slip
from newsletter.checks.subject import Subject
from newsletter.checks.text import word_set
from newsletter.models.finding import Finding, Level

CODE = "NL106"
TITLE = "A misspelt email address"
LEVEL = Level.FIX
THRESHOLD = (
    "One letter away from a contact of newsletter.toml, from a well-known domain, or from a word such as safeguarding."
)
WHY = "A referral sent to a mailbox that does not exist reaches nobody, and often nobody notices."
SOURCE = "Seen in real guidance: a safeguarding mailbox spelt with a q for a g"
EXAMPLE = "cypsafequarding@northshire.gov.uk"
FIX = "Check the address with the team it belongs to, and write it as it is spelt there."

_DOMAINS = word_set(
    "nhs.net nhs.uk gov.uk police.uk gmail.com outlook.com hotmail.com hotmail.co.uk yahoo.co.uk icloud.com"
    " nspcc.org.uk barnardos.org.uk education.gov.uk"
)
_BROKEN_END = re.compile(
    r"\.(?:con|cmo|ogr|gvo|go\.uk|gov\.u|gov\.k|co\.k|org\.u|org\.k|gov\.co\.uk|gov\.com|nhs\.nt|ukk|govuk|orguk)$"
)
_WORDS = ("safeguarding", "partnership", "childrens", "children", "training", "referrals", "enquiries")


class _Use(NamedTuple):
    spot: Spot
    address: str


def check(subject: Subject) -> Iterator[Finding]:
    """Addresses of the text, of mailto: links and of contact fields."""
    uses = list(_uses(subject))
    counts = Counter(use.address.casefold() for use in uses)
    known = _known(subject)
    for use in uses:
        address = use.address.casefold()
        if address in known:
            continue
        if reason := _slip(address, known, counts):
            yield Finding(
                code=CODE,
                level=LEVEL,
                **use.spot,
                words=use.address,
                message=reason,
                fix="Check the address with the team it belongs to.",
            )


def _uses(subject: Subject) -> Iterator[_Use]:
    for piece in subject.pieces:
        for passage in piece.passages:
            for found in emails(passage.text):
                yield _Use(passage.spot(found.start()), found[0])
        for link in piece.links:
            if link.url.lower().startswith("mailto:") and (address := unquote(link.url[7:].split("?")[0])):
                yield _Use(link.spot, address.strip())
        for field in piece.addresses:
            if field.kind == "email":
                yield _Use(field.spot, field.value.strip())


def _known(subject: Subject) -> frozenset[str]:
    publication = subject.publication
    found = [contact.email for contact in publication.contacts.values()]
    found += [publication.sender.email, publication.sender.reply_to, *(block.email for block in publication.worried)]
    return frozenset(address.casefold() for address in found if address)


def _slip(address: str, known: frozenset[str], counts: Counter[str]) -> str:
    """What an address may be a misspelling of; "" if nothing."""
    local, _, domain = address.partition("@")
    for other in sorted(known | frozenset(counts)):
        other_local, _, other_domain = other.partition("@")
        rarer = other in known or counts[other] > counts[address]
        if rarer and other_domain == domain and one_slip(local, other_local) and not _numbered(local, other_local):
            return f"This is one letter away from {other}."
    domains = _DOMAINS | {other.partition("@")[2] for other in known}
    if domain not in domains and (close := next((other for other in sorted(domains) if one_slip(domain, other)), None)):
        return f"The part after the @ is one letter away from {close}."
    if _BROKEN_END.search(domain):
        return "No address ends like this."
    for word in _WORDS:
        if word not in local and (wrong := _misspelt(local, word)):
            return f"“{wrong}” looks like a slip for “{word}”."
    return ""


def _numbered(one: str, other: str) -> bool:
    """team1@ and team2@, admin@ and admin2@ are two mailboxes, as are the singular and the plural."""
    return bool(re.sub(r"\d", "", one) == re.sub(r"\d", "", other)) or one.rstrip("s") == other.rstrip("s")


def _misspelt(local: str, word: str) -> str:
    """The part of an address that is one slip away from a long word; "" if there is none."""
    for length in (len(word), len(word) + 1, len(word) - 1):
        for start in range(len(local) - length + 1):
            part = local[start : start + length]
            if part[0] == word[0] and part[-1] == word[-1] and part.isalpha() and one_slip(part, word):
                return part
    return ""
