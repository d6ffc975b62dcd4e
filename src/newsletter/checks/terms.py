"""The never-publish list: finds its terms in any spelling, and keeps them out of everything that is printed.

A term is only ever called by its number in the list. `s97 Children Act 1989` is why the list exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from newsletter.models.finding import Finding

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def flat(text: str) -> str:
    """Letters and digits only, blanks between words: "Sám_SMITH%20(1).jpg" -> " sam smith 1 jpg "."""
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", unquote(text)))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _WORD.findall(plain.casefold())
    return f" {' '.join(words)} "


def found_in(text: str, terms: Sequence[str]) -> Iterator[int]:
    """Numbers (from 1) of the terms that stand in a text, as words, also in file names and addresses."""
    if not text:
        return
    whole, split = flat(text), flat(_CAMEL.sub(" ", text))
    for number, term in enumerate(terms, 1):
        needle = flat(term)
        if needle.strip() and (needle in whole or needle in split):
            yield number


def mask(text: str, terms: Sequence[str]) -> str:
    """The text with every term replaced by its number: "[term 3]". What hides one in some other way is left out."""
    for number, term in sorted(enumerate(terms, 1), key=lambda pair: -len(pair[1])):
        words = re.findall(r"[^\W_]+", term)
        if words:
            text = re.sub(
                r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, words)) + r"(?![^\W_])",
                f"[term {number}]",
                text,
                flags=re.I,
            )
    hidden = list(found_in(text, terms)) if text else []
    return f"[term {hidden[0]}]" if hidden else text


def masked(finding: Finding, terms: Sequence[str]) -> Finding:
    """A finding that repeats no term, whichever rule made it."""
    if not terms:
        return finding
    clean = {name: mask(getattr(finding, name), terms) for name in ("file", "words", "message", "fix")}
    return finding.model_copy(update=clean)
