"""Markdown of a body to clean HTML, with the addresses in it and what is wrong with it."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import markdown

from newsletter.content.clean import clean
from newsletter.content.quotes import quotes_of
from newsletter.content.shape import Shaped, shape
from newsletter.content.syntax import HouseSyntax
from newsletter.content.tidy import without_junk
from newsletter.models.base import Model

_EMPTY_FOOTNOTE = re.compile(r"^ {0,3}(\[\^[^\]\n]*\]):[ \t]*(?=\n(?! {4,}\S)|\Z)", re.M)
_lock = threading.Lock()  # a Markdown instance keeps what it reads in itself


class Fault(Model):
    """Something wrong in a body."""

    line: int  # 1-based, within the body
    message: str
    fix: str = ""


class Address(Model):
    """An address in a body."""

    address: str
    line: int  # 1-based, within the body; of its first place
    picture: bool


class Rendered(Model):
    """A body as clean HTML: headings start at h2, ids start with the prefix."""

    html: str
    text: str
    addresses: tuple[Address, ...] = ()
    faults: tuple[Fault, ...] = ()


def render(text: str, prefix: str, lang: str = "en") -> Rendered:
    """Tidied Markdown to HTML. `prefix` keeps ids apart (the item's slug), `lang` chooses the quotation marks."""
    if not text.strip():
        return Rendered(html="", text="")
    if empty := _EMPTY_FOOTNOTE.search(text):
        line = text.count("\n", 0, empty.start()) + 1
        fault = Fault(line=line, message=f"The footnote {empty[1]} has no words.", fix="Write them after the colon.")
        return Rendered(html="", text="", faults=(fault,))
    try:
        shaped = shape(_convert(text, lang), prefix)
    except RecursionError:
        shaped = Shaped(html="", text="", faults=[("", "The text is nested too deeply.", "Use fewer levels.")])
    except Exception:  # Python-Markdown names no errors of its own, and has slips: no text may end in a traceback
        fix = "Look for raw HTML or a footnote that is not complete."
        shaped = Shaped(html="", text="", faults=[("", "The text cannot be read as Markdown.", fix)])
    return Rendered(
        html=without_junk(clean(shaped.html)).strip(),  # entities can spell what tidying took out
        text=shaped.text,
        addresses=tuple(
            Address(address=address, line=line_with(text, address), picture=picture)
            for address, picture in dict.fromkeys(shaped.addresses)
        ),
        faults=tuple(
            Fault(line=line_with(text, words), message=message, fix=fix) for words, message, fix in shaped.faults
        ),
    )


def _convert(text: str, lang: str) -> str:
    with _lock:
        parser = _parser(quotes_of(lang))
        try:
            return str(parser.reset().convert(text))
        finally:
            parser.reset()


@lru_cache
def _parser(quotes: tuple[str, str]) -> markdown.Markdown:
    """Making one takes longer than most bodies take to read, so they are kept."""
    return markdown.Markdown(
        extensions=["extra", "admonition", "sane_lists", "smarty", HouseSyntax()],
        extension_configs={
            "smarty": {"substitutions": {"left-double-quote": quotes[0], "right-double-quote": quotes[1]}},
        },
        output_format="html",
    )


def line_with(text: str, words: str) -> int:
    """The first line that holds these words as they may have been typed, 1-based; else the first that is not blank."""
    lines = text.split("\n")
    words = words or "]()"
    for typed in (words, words.replace("&", "&amp;"), words.removeprefix("https://"), words.split("?")[0][:30]):
        if typed and (number := next((n for n, line in enumerate(lines, 1) if typed in line), 0)):
            return number
    return next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
