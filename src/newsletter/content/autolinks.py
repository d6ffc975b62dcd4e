"""Web addresses, emails and UK phone numbers that stand in the text as they are become links."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from newsletter.models.phones import CALLING, ENDING, PHONE, SHORT, phone_href, short_href

# A backslash before a sign ("a\_b") and all that Markdown has read already stand behind marks like this one.
_MARK = "\x02klzzwxh:\\d+\x03"
_ESCAPED = re.compile("\x02(\\d+)\x03")
_WEB = rf"(?<![\w@])(?i:https?://|www\.(?=[\w-]+\.))(?:[^\s<>\"\x02\x03]|{_MARK})+"
_MAIL = rf"(?<![\w.+@/-])(?:[\w.+'-]|{_MARK})+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?![\w@])"
_SHORT = rf"(?:\b{CALLING}\s+|(?<=\x03),?\s+(?:or|and)\s+)(?P<number>{SHORT})(?=\s*[\x02\x03]|{ENDING})"
Found = tuple[ElementTree.Element, int, int]  # the link, where it starts and where it ends


class _AutoLink(InlineProcessor):
    """A kind of address; the text of its link is what was written."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> Found | tuple[None, None, None]:
        return self.find(m) or (None, None, None)

    def find(self, match: re.Match[str]) -> Found | None:
        """The link, or None if this is none."""
        raise NotImplementedError

    def plain(self, written: str) -> tuple[str, str]:
        """The address with escaped signs as themselves, and as much of what was written as it takes up."""
        address, end = "", 0
        for found in re.finditer(_MARK, written):
            sign = _ESCAPED.fullmatch(str(self.unescape(found[0])))
            if sign is None:
                break
            address += written[end : found.start()] + chr(int(sign[1]))
            end = found.end()
        rest = written[end:].split("\x02")[0]
        return address + rest, written[:end] + rest


def _link(text: str, href: str) -> ElementTree.Element:
    element = ElementTree.Element("a", {"href": href})
    element.text = AtomicString(text)
    return element


class _Web(_AutoLink):
    """https://www.example.org/page, www.example.org"""

    def find(self, match: re.Match[str]) -> Found | None:
        address, written = self.plain(_trim(match[0]))
        if not re.search(r"\w", re.sub(r"(?i)^https?://", "", address)):
            return None
        href = address if "://" in address else f"https://{address}"
        return _link(address, href), match.start(), match.start() + len(written)


class _Mail(_AutoLink):
    """name@example.org"""

    def find(self, match: re.Match[str]) -> Found | None:
        address, written = self.plain(match[0].lstrip("'.-"))
        if address.startswith("@") or not written.endswith(match[0][-1]):
            return None
        return _link(address, f"mailto:{address}"), match.end() - len(written), match.end()


class _Phone(_AutoLink):
    """01632 960001, (01632) 960001, +44 20 7946 0000"""

    def find(self, match: re.Match[str]) -> Found | None:
        href = phone_href(match[0])
        return (_link(match[0], href), match.start(), match.end()) if href else None


class _ShortNumber(_AutoLink):
    """ "call 999", "ring 101" """

    def find(self, match: re.Match[str]) -> Found | None:
        number = match["number"]
        return _link(number, short_href(number)), match.start("number"), match.end("number")


def _trim(written: str) -> str:
    """Without the full stop, comma or bracket that belongs to the sentence around it."""
    while written:
        last = written[-1]
        if last in ".,;:!?'\"*_~|”’“‘»…" or (last in ")]}" and _unopened(written, last)):
            written = written[:-1]
        else:
            break
    return written


def _unopened(written: str, bracket: str) -> bool:
    opening = {")": "(", "]": "[", "}": "{"}[bracket]
    return written.count(opening) < written.count(bracket)


def register(md: Markdown) -> None:
    """Below Markdown's own links and raw tags, which come first; above emphasis, which must not read addresses."""
    md.inlinePatterns.register(_Web(_WEB, md), "autolink-web", 88)
    md.inlinePatterns.register(_Mail(_MAIL, md), "autolink-mail", 87)
    md.inlinePatterns.register(_Phone(PHONE, md), "autolink-phone", 86)
    md.inlinePatterns.register(_ShortNumber(_SHORT, md), "autolink-short", 85)
