"""Straight quotation marks and apostrophes of the front matter, curled as those of the bodies are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, Literal, TypeVar, get_args, get_origin
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.smarty import SmartyExtension

from newsletter.models.base import Model

# Quotation marks that straight double ones become. Single ones stay English: they are apostrophes far more often.
_ENGLISH = ("“", "”")
_QUOTES = {
    "bg": ("„", "“"), "cs": ("„", "“"), "de": ("„", "“"), "es": ("«", "»"), "fr": ("«", "»"), "it": ("«", "»"),
    "lt": ("„", "“"), "pl": ("„", "”"), "pt": ("«", "»"), "ro": ("„", "”"), "ru": ("«", "»"), "sk": ("„", "“"),
    "uk": ("«", "»"),
}  # fmt: skip
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\"]*[^\s\"'.,;:!?)]|[^\s\"'@]+(?:'[^\s\"'@]+)*@[\w.-]+")
_KEPT = "\ue000"  # for an apostrophe within an address; tidying takes signs for private use out of all that is read
# Addresses and paths, numbers to ring, codes and names that are looked up, what is never printed, days read anew.
_NOT_WORDS = frozenset(
    {"audiences", "corrects", "email", "ends", "identity_checked_by", "ignore", "kind", "lang", "link", "path", "phone"}
    | {"report_url", "source", "src", "url", "when"}
)
_lock = Lock()  # a Markdown instance keeps what it reads in itself
AnyModel = TypeVar("AnyModel", bound=Model)


def quotes_of(lang: str) -> tuple[str, str]:
    """The double quotation marks of a language (BCP 47)."""
    return _QUOTES.get(lang.split("-")[0].lower(), _ENGLISH)


def curled(text: str, lang: str) -> str:
    """The words with quotation marks and apostrophes of this language; addresses within them stay as they are."""
    if "'" not in text and '"' not in text:
        return text
    paragraph = ElementTree.Element("p")
    paragraph.text = _ADDRESS.sub(lambda found: found[0].replace("'", _KEPT), text)
    root = ElementTree.Element("div")
    root.append(paragraph)
    with _lock:
        parser = _parser(quotes_of(lang))
        parser.reset()
        parser.treeprocessors["smarty"].run(root)
        words = parser.postprocessors["raw_html"].run("".join(paragraph.itertext()))
    return str(words).replace(_KEPT, "'")


def curl(front: AnyModel, lang: str, *, others: Mapping[str, str] | None = None) -> AnyModel:
    """All that the front matter says in words, curled. `others`: fields in another language than the rest."""
    changed = {}
    for name, field in type(front).model_fields.items():
        if name not in _NOT_WORDS and not _chosen(field.annotation):
            value = getattr(front, name)
            if (new := _curled(value, (others or {}).get(name, lang))) is not value:
                changed[name] = new
    return front.model_copy(update=changed) if changed else front


def _chosen(annotation: Any) -> bool:
    """Whether a field holds one of a few values, such as a status."""
    return get_origin(annotation) is Literal or any(get_origin(part) is Literal for part in get_args(annotation))


def _curled(value: object, lang: str) -> object:
    if isinstance(value, str):
        return new if (new := curled(value, lang)) != value else value
    if isinstance(value, Model):
        return curl(value, lang)
    if isinstance(value, tuple):
        parts = tuple(_curled(part, lang) for part in value)
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    return value


@lru_cache
def _parser(quotes: tuple[str, str]) -> Markdown:
    """The extension that curls the bodies, and nothing else of Markdown is used."""
    smarty = SmartyExtension(
        smart_dashes=False,
        smart_ellipses=False,
        substitutions={
            "left-double-quote": quotes[0],
            "right-double-quote": quotes[1],
            "left-single-quote": "‘",
            "right-single-quote": "’",
        },
    )
    return Markdown(extensions=[smarty])
