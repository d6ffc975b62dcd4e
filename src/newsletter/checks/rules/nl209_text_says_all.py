"""NL209: the plain text says everything that the HTML says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import html as lxml_html

from newsletter.checks.contacts import emails, national, phones
from newsletter.checks.places import Spot, whole
from newsletter.checks.rendered import same, words_of
from newsletter.checks.subject import Subject
from newsletter.models.dates import MONTHS
from newsletter.models.finding import Finding, Level

CODE = "NL209"
TITLE = "The plain text leaves something out"
LEVEL = Level.STOP
THRESHOLD = "Every heading, link, date, email address and phone number of the email's HTML stands in its plain text."
WHY = "Some people read the text part: on old systems, on watches, with their own choice of letters."
SOURCE = "Email Markup Consortium, compliant email standards; RFC 2046 section 5.1.4 (alternatives say the same)"
EXAMPLE = "A booking link in the HTML that the text does not give"
FIX = "Mend the template in templates/text so that it prints this."

_TEMPLATE = whole("templates/text")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_END_OF_LINK = r"/?(?=$|[\s)>\]|\"'”’,;]|\.(?:\s|$))"  # not the start of a longer address
_DATE = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}\b")


def check(subject: Subject) -> Iterator[Finding]:
    """What stands in the HTML and not in the text, each once."""
    tree, text = subject.tree("email"), subject.rendition("text")
    if tree is None or text is None:
        return
    plain = same(text)
    titles = {same(piece.item.front.title): piece for piece in subject.pieces if piece.item}
    for heading in dict.fromkeys(_headings(tree)):
        if same(heading) not in plain:
            piece = titles.get(same(heading))
            yield _finding("heading", heading, piece.spot("title") if piece else _TEMPLATE)
    web_url = subject.edition.web_url if subject.edition else ""
    unquoted, digits = unquote(text), _digits(text)
    for url in dict.fromkeys(_links(tree, web_url)):
        if not _has_link(url, unquoted, digits):
            yield _finding("link", url)
    words = words_of(tree, hidden=False)
    for date in dict.fromkeys(_DATE.findall(words)):
        if same(date) not in plain:
            yield _finding("date", date)
    yield from _contacts(words, text, digits)


def _headings(tree: lxml_html.HtmlElement) -> Iterator[str]:
    for element in tree.iter(*_HEADINGS):
        if words := " ".join(element.text_content().split()):
            yield words


def _links(tree: lxml_html.HtmlElement, web_url: str) -> Iterator[str]:
    """Addresses that lead out of the message. Those of the contents lead to parts of it."""
    for element in tree.iter("a"):
        url = (element.get("href") or "").strip()
        inside = url.startswith(("#", "cid:")) or bool(web_url and url.startswith(f"{web_url}#"))
        if url and not inside:
            yield url


def _has_link(url: str, text: str, digits: str) -> bool:
    """Whether the plain text, unquoted, gives an address; `digits`: all those in it."""
    if url.lower().startswith("mailto:"):
        return unquote(url[7:].split("?")[0]).casefold() in text.casefold()
    if url.lower().startswith("tel:"):
        return national(url[4:]) in digits
    address = unquote(url).rstrip("/")
    return address in text and bool(re.search(re.escape(address) + _END_OF_LINK, text))


def _digits(text: str) -> str:
    """All digits of a text, numbers in national form, kept apart."""
    return (
        " ".join(phone.digits for phone in phones(text, sure=True))
        + " "
        + " ".join(re.findall(r"\d+", re.sub(r"(?<=\d)[ -](?=\d)", "", text)))
    )


def _contacts(words: str, text: str, digits: str) -> Iterator[Finding]:
    for address in dict.fromkeys(found[0] for found in emails(words)):
        if address.casefold() not in text.casefold():
            yield _finding("email address", address)
    for phone in {phone.digits: phone for phone in phones(words)}.values():
        if phone.digits not in digits:
            yield _finding("phone number", phone.written)


def _finding(what: str, words: str, spot: Spot = _TEMPLATE) -> Finding:
    message = f"This {what} stands in the email's HTML and not in its plain text."
    return Finding(code=CODE, level=LEVEL, **spot, words=words[:120], message=message, fix=FIX)
