"""The words inside a block as plain text: links numbered, pictures by their alt text, abbreviations explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from lxml.html import HtmlElement

from newsletter.rendering.speech import ENGLISH, words

Resolve = Callable[[str], tuple[str, str]]
"""An address as the content writes it -> where it leads ("" when it is attached), and a note such as "PDF, 224 KB"."""

BLOCK_TAGS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "caption",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
        ),
        *(
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
        ),
        *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_GLUE = "\u00a0"  # keeps a link's number on the line of its last word
_RAISED = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


class References:
    """The addresses of one issue, numbered in the order of reading, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, url: str) -> int:
        """The address's number, new or known; 1-based."""
        return self._numbers.setdefault(url, len(self._numbers) + 1)

    @property
    def listed(self) -> tuple[tuple[int, str], ...]:
        """Every number with its address."""
        return tuple((number, url) for url, number in self._numbers.items())


class Inline:
    r"""Turns what stands inside a block into one string: blanks squashed, `\n` only where the author broke the line."""

    def __init__(self, resolve: Resolve, references: References) -> None:
        self._resolve = resolve
        self._references = references
        self._explained: set[str] = set()  # abbreviations whose long form was given
        self.words = words(ENGLISH)  # says what we add ourselves

    def explain_in(self, text: str, abbreviations: dict[str, str]) -> None:
        """Abbreviations that this text spells out itself need no explanation after it."""
        squashed = " ".join(text.split()).casefold()
        self._explained |= {short for short, long in abbreviations.items() if long.casefold() in squashed}

    def text(self, element: HtmlElement) -> str:
        """The element's words."""
        return tidy(self._inside(element))

    def piece(self, element: HtmlElement) -> str:
        """The element itself as part of a run; not tidied, so that blanks at its ends still count."""
        tag = element.tag
        if not isinstance(tag, str):
            return ""  # a comment
        if tag == "br":
            return "\n"
        if tag == "img":
            alt = squash(element.get("alt") or "").strip()
            return f"[Picture: {alt}]" if alt else ""
        if tag == "a":
            return self._anchor(element)
        inside = self._inside(element)
        return f"\n{inside}\n" if tag in BLOCK_TAGS else self._marked(element, inside)

    def verbatim(self, element: HtmlElement) -> str:
        """Preformatted words: every blank and line break as it stands, links and pictures as everywhere."""
        parts = [element.text or ""]
        for child in element:
            tag = child.tag
            if tag == "a":
                parts.append(self.link(self.verbatim(child), (child.get("href") or "").strip()))
            else:
                parts.append(self.piece(child) if tag in ("br", "img") else self.verbatim(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def link(self, text: str, url: str) -> str:
        """A link's words and where it leads: in place for email, telephone and bare addresses, else as a number."""
        target, note = self._resolve(url)
        if note and note.split(",")[0].casefold() not in text.casefold():
            text = f"{text} ({note.replace(' ', _GLUE)})" if text else note
        scheme, _, place = target.partition(":")
        if not target or target.startswith("#"):
            return text
        if scheme == "mailto":
            address = unquote(place.split("?")[0])
            return text if address.casefold() in text.casefold() else _beside(text, address)
        if scheme == "tel":
            return text if _digits(place)[-9:] in _digits(text) else _beside(text, place)
        if not text or _bare(text) == _bare(target):
            return target
        return f"{text}{_GLUE}[{self._references.number(target)}]"

    def _anchor(self, element: HtmlElement) -> str:
        classes = (element.get("class") or "").split()
        if "footnote-backref" in classes:
            return ""
        inside = self._inside(element)
        if "footnote-ref" in classes:
            _ = self.words
            note = _("note %(number)s", number=inside.strip())
            return f" ({note})".replace(" ", _GLUE)
        words = tidy(inside)
        before, after = (" " if inside[:1].isspace() else ""), (" " if inside[-1:].isspace() else "")
        return before + self.link(words, (element.get("href") or "").strip()) + after

    def _inside(self, element: HtmlElement) -> str:
        parts = [squash(element.text or "")]
        for child in element:
            parts += [self.piece(child), squash(child.tail or "")]
        return "".join(parts)

    def _marked(self, element: HtmlElement, inside: str) -> str:
        """What an inline tag says that would be lost without it."""
        if element.tag == "abbr" and (long := squash(element.get("title") or "").strip()):
            return self._abbreviation(inside, long)
        if element.tag in ("del", "s") and inside.strip():
            return f"[deleted: {inside}]"
        if element.tag == "q":
            return f"“{inside}”"
        if element.tag in ("sup", "sub") and re.fullmatch(r"[0-9+()-]+", inside):
            return inside.translate(_RAISED if element.tag == "sup" else _LOWERED)
        return inside

    def _abbreviation(self, short: str, long: str) -> str:
        if short in self._explained:
            return short
        self._explained.add(short)
        return f"{short} ({long})"


def squash(text: str) -> str:
    """One blank for each run of white space; non-breaking spaces stay."""
    return re.sub(r"[^\S\u00a0\u2007\u202f]+", " ", text)


def tidy(run: str) -> str:
    """No blanks around line breaks, none at the ends, no empty lines."""
    lines = (re.sub(" +", " ", line).strip(" ") for line in run.split("\n"))
    return "\n".join(line for line in lines if line)


def _beside(text: str, address: str) -> str:
    return f"{text} ({address})" if text else address


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _bare(url: str) -> str:
    """An address as people compare it: without scheme, www and a closing slash."""
    return re.sub(r"^(https?://)?(www\.)?", "", url.strip().casefold()).rstrip("/")
