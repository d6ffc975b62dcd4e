"""The never-publish list: finds its terms in any spelling, and keeps them out of everything that is printed.

A term is only ever called by its number in the list. `s97 Children Act 1989` is why the list exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

from newsletter.models.finding import Finding

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")  # name2.jpg holds the word "name"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SPACED_DIGITS = re.compile(r"(?<=\d)[ -](?=\d)")
_LONG = 7  # letters or digits; what is shorter is found by chance inside other words and numbers


def flat(text: str) -> str:
    """Letters and digits only, spaces between words: "Sám_SMITH%20(1).jpg" -> " sam smith 1 jpg "."""
    plain = unquote(text)
    if not plain.isascii():
        plain = _NOT_ASCII.sub(_without_accents, unicodedata.normalize("NFKD", _INVISIBLE.sub("", plain)))
    words = _WORD.findall(plain.casefold())
    return f" {' '.join(words)} "


def _without_accents(found: re.Match[str]) -> str:
    return "".join(sign for sign in found[0] if not unicodedata.combining(sign))


def found_in(text: str, terms: Sequence[str]) -> Iterator[int]:
    """Numbers (from 1) of the terms that stand in a text, as words, also in file names and addresses."""
    if not text or not terms:
        return
    plain = flat(text)
    squeezed = plain.replace(" ", "")  # whatever stands between its words, a term that is there is in this
    spellings: tuple[str, ...] = ()
    for number, needle in enumerate(map(_needle, terms), 1):
        run_together = needle.replace(" ", "")
        if not run_together or run_together not in squeezed:
            continue
        spellings = spellings or (plain, flat(_CAMEL.sub(" ", text)), flat(_SPACED_DIGITS.sub("", text)))
        long_number = run_together if run_together.isdigit() and len(run_together) >= _LONG else ""
        long_name = run_together if " " in needle.strip() and len(run_together) >= _LONG else ""
        if (
            any(needle in spelling for spelling in spellings)
            or (long_number and f" {long_number} " in spellings[2])
            or (long_name and long_name in plain)
        ):
            yield number


@lru_cache(maxsize=4096)
def _needle(term: str) -> str:
    """A term as it is looked for."""
    return flat(term)


def mask(text: str, terms: Sequence[str]) -> str:
    """The text with every term replaced by its number: "[term 3]". What hides one in some other way is left out."""
    for number, term in sorted(enumerate(terms, 1), key=lambda pair: -len(pair[1])):
        if pattern := _spelt(term):
            text = re.sub(pattern, f"[term {number}]", text, flags=re.I)
    hidden = next(found_in(text, terms), None)
    return text if hidden is None else f"[term {hidden}]"


def _spelt(term: str) -> str:
    """A pattern for the term with anything but letters and digits between its words; "" if it has no words."""
    words = _WORD.findall(term)
    if not words:
        return ""
    before, after = (r"\d" if words[place][0].isdigit() else r"[^\W\d_]" for place in (0, -1))
    spelt = r"[\W_]*".join(map(re.escape, words))
    return rf"(?<!{before}){spelt}(?!{after})"


def column(text: str, term: str) -> int:
    """Where in a line a term starts, 1-based; 0 if it hides in some other way."""
    pattern = _spelt(term)
    found = re.search(pattern, text, flags=re.I) if pattern else None
    return found.start() + 1 if found else 0


def masked(finding: Finding, terms: Sequence[str]) -> Finding:
    """A finding that repeats no term, whichever rule made it."""
    if not terms:
        return finding
    clean = {name: mask(getattr(finding, name), terms) for name in ("file", "words", "message", "fix")}
    return finding.model_copy(update=clean)
