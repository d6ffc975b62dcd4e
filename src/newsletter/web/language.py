"""The languages of the service's pages and mails: which one somebody reads, and the words in it.

The words stand in English in templates and code. Their translations are gettext catalogues in `locale/`; `make locale`
renews them, and a test proves that none is missing or behind.
"""

from __future__ import annotations

import functools
import gettext
from pathlib import Path
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.types import Scope

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "service"
LANGUAGES = {"en-GB": "English", "cy": "Cymraeg"}  # tag -> its own name for itself
DEFAULT = "en-GB"


class Words:
    """Translates into one language. Called `_` in templates and code, so that tools find what is to translate."""

    def __init__(self, language: str, *, markup: bool) -> None:
        """`markup`: for HTML. Translations may then hold tags, and every value put into them is escaped."""
        self.language = language
        self._markup = markup
        self._translate = _catalogue(language).gettext

    def __call__(self, message: str, /, **values: object) -> str:
        """The message in this language, `%(name)s` replaced."""
        text = self._translate(message)
        text = Markup(text) if self._markup else text  # noqa: S704 (our own catalogue; values are escaped)
        return text % values if values else text


def words(language: str, *, markup: bool = False) -> Words:
    """The words of a language; of one we do not have, the English ones."""
    return _words(known(language) or DEFAULT, markup)


def known(tag: str) -> str:
    """The language of ours that a tag means ("cy-GB" is "cy"), or ""."""
    asked = tag.strip().lower().partition("-")[0]
    return next((name for name in LANGUAGES if name.lower().partition("-")[0] == asked), "")


def asked_for(scope: Scope) -> str:
    """The language that the address asks for (`?lang=cy`), or ""."""
    try:
        query = parse_qs(scope.get("query_string", b"").decode("ascii"), max_num_fields=10)
    except ValueError:
        return ""
    return known(query.get("lang", [""])[0])


def choose(scope: Scope, own: str = "", default: str = DEFAULT) -> str:
    """What the address asks for, else the reader's `own` language as we know it, else what their browser prefers."""
    return asked_for(scope) or known(own) or _preferred(scope) or known(default) or DEFAULT


def _preferred(scope: Scope) -> str:
    """The best of Accept-Language (RFC 9110 section 12.5.4) that we have."""
    header = dict(scope["headers"]).get(b"accept-language", b"")[:200].decode("latin-1")
    best, weight = "", 0.0
    for part in header.split(","):
        tag, _, quality = part.partition(";")
        try:
            share = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if share > weight and (language := known(tag)):
            best, weight = language, share
    return best


@functools.cache
def _words(language: str, markup: bool) -> Words:
    return Words(language, markup=markup)


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=language == DEFAULT)
