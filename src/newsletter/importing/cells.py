"""What the cells of a list say: addresses, names, audiences, yes or no, dates, and whether somebody left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache

from newsletter.models.dates import LONDON
from newsletter.models.days import parse_day

LONGEST = 200  # characters of a name, an agency, an area, a basis, a source
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # can make one name look like another
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"no", "n", "false", "0"})
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 dot-atom
_STATUS = {
    "": ("", "subscribed", "active", "confirmed", "current", "enabled", "in post"),
    "unsubscribed": (
        "unsubscribed",
        "unsubscribe",
        "opted out",
        "left",
        "deleted",
        "removed",
        "inactive",
        "not in post",
    ),
    "bounced": ("cleaned", "bounced", "hard bounce", "undeliverable", "invalid"),
    "complained": ("complained", "complaint", "spam", "abuse"),
}
_LEFT = {word: left for left, words in _STATUS.items() for word in words}


def address(text: str) -> tuple[str, str]:
    """Display name and address of a cell: "jo@example.org", "mailto:jo@example.org", "Jo Smith <jo@example.org>".

    Raises:
        ValueError: it holds none.
    """
    if not text:
        raise ValueError("There is no email address.")
    framed = re.fullmatch(r"([^<>]*)<([^<>]*)>", text, re.S) if text.endswith(">") else None
    display, written = (framed[1].strip(" \t\"'"), framed[2]) if framed else ("", text)
    found = re.sub(r"^mailto:", "", written.strip(), flags=re.I)
    if not _is_plain(found) and (problem := _problem(found)):
        raise ValueError(f"'{shown(text)}' is not an email address. {problem}")
    return display, found


def _is_plain(found: str) -> bool:
    """What nearly every address is. Its domain is judged once, which makes a long list ten times faster to read."""
    local, _, domain = found.rpartition("@")
    return (
        len(found) <= 254  # RFC 5321 section 4.5.3.1, and the next line
        and len(local) <= 64
        and _PLAIN_LOCAL.fullmatch(local) is not None
        and not _domain_problem(domain)
    )


@lru_cache(maxsize=10_000)
def _domain_problem(domain: str) -> str:
    return _problem(f"x@{domain}") if domain.isascii() else "judge the address as a whole"


def _problem(found: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(found, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return ""


def plain(text: str, what: str) -> str:
    """One line of text. A line break in a name could add headers to a message.

    Raises:
        ValueError: it holds a sign that cannot be seen, or is too long.
    """
    if not text.isprintable() and any(unicodedata.category(char) == "Cc" or char in _BIDI for char in text):
        raise ValueError(f"The {what} holds a line break or another invisible sign.")
    if len(text) > LONGEST:
        raise ValueError(f"The {what} is longer than {LONGEST} characters.")
    return " ".join(text.split())


def audiences(text: str, known: Collection[str], topics: Mapping[str, str]) -> tuple[str, ...]:
    """Audiences by name, or by what another service calls them (`topics`: its name, in small letters -> ours).

    Raises:
        ValueError: one is not known.
    """
    if whole := topics.get(" ".join(text.split()).casefold()):
        return (whole,)
    names = filter(None, (" ".join(name.split()) for name in re.split(r"[;,|]", text)))
    return tuple(dict.fromkeys(_audience(name, known, topics) for name in names))


def _audience(name: str, known: Collection[str], topics: Mapping[str, str]) -> str:
    found = name if name in known else topics.get(name.casefold())
    if found is None:
        raise ValueError(
            f"The audience '{shown(name)}' is not in newsletter.toml. Known: {', '.join(sorted(known))}."
            f' If it is another name for one of them, add --topic "{shown(name)}=AUDIENCE".'
        )
    return found


def yes_or_no(text: str) -> bool | None:
    """Whether it is a shared mailbox; None: not said. Raises ValueError for anything else."""
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    if word:
        raise ValueError(f"Shared mailbox: '{shown(text)}' is neither yes nor no.")
    return None


def language(text: str) -> str:
    """A language code (BCP 47). Raises ValueError for anything else."""
    if text and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError(f"'{shown(text)}' is not a language. Write en for English or cy for Welsh.")
    return text


def moment(text: str, latest: datetime | None) -> datetime | None:
    """When somebody was confirmed: a day of Europe/London, or a moment as programs write it (UTC if no zone is given).

    Raises:
        ValueError: it is not a date, can be read in two ways, or lies after `latest`.
    """
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        found = read if read.tzinfo else read.replace(tzinfo=LONDON if len(text) <= len("2026-11-26") else UTC)
    except ValueError:
        found = datetime.combine(_day(text), time(), LONDON)
    if latest is not None and found > latest:
        raise ValueError(f"Confirmed: '{shown(text)}' is in the future.")
    return found.astimezone(UTC)


def _day(text: str) -> date:
    """Excel in this country turns 2026-11-26 into 26/11/2026, so the day comes first."""
    british = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}(:\d{2})?)?", text)
    try:
        return date(int(british[3]), int(british[2]), int(british[1])) if british else parse_day(text)
    except ValueError:
        raise ValueError(f"Confirmed: '{shown(text)}' is not a date. Write it as 26 November 2026.") from None


def status(text: str) -> str:
    """Why somebody is not to be mailed; "" for those who are. Raises ValueError for a word that is not known."""
    word = " ".join(re.sub(r"[_-]", " ", text).split()).casefold()
    if word not in _LEFT:
        raise ValueError(f"The status '{shown(text)}' is not known. Write subscribed, unsubscribed or bounced.")
    return _LEFT[word]


def shown(text: str) -> str:
    """Short and on one line, for a message."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:60])
