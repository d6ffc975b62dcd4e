"""NL304: HTML and CSS that common mail programs do not know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lxml.html import HtmlElement

from newsletter.checks.places import whole
from newsletter.checks.styles import blocks, declarations, style_of
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL304"
TITLE = "Something that mail programs do not show"
LEVEL = Level.ADVICE
THRESHOLD = "An element, attribute or style that Outlook, Gmail, Yahoo or the iPhone's Mail is known not to support."
WHY = "What looks right in a browser can be missing, or out of place, in the mail program of half the readers."
SOURCE = "caniemail.com; its data comes with this release (src/newsletter/checks/data/client_support.json)"
EXAMPLE = "display: flex in templates/email"
FIX = "Use tables and plain styles, or make sure that the email reads well without it."

# Used by the templates that ship, each read well where it is not known: docs/clients.md tells how.
_ANSWERED = frozenset({
    "property border-radius", "property max-height", "property max-width", "property opacity", "property outline",
    "property overflow", "property word-break", "property word-spacing", "value linear-gradient(", "element abbr",
    "property min-width", "property border-spacing",
})  # fmt: skip
Features = Mapping[str, Mapping[str, Any]]


def check(subject: Subject) -> Iterator[Finding]:
    """Each feature once."""
    tree = subject.tree("email")
    if tree is None:
        return
    features = _features()
    for feature in dict.fromkeys(_used(tree)):
        if feature in features and feature not in _ANSWERED:
            told, (kind, name) = features[feature], feature.split(" ", 1)
            yield Finding(
                code=CODE,
                level=LEVEL,
                **whole("templates/email"),
                words=f"<{name}>" if kind == "element" else f"@{name}" if kind == "at-rule" else name,
                message=f"Not supported by {', '.join(told['without'])}.",
                fix=f"{FIX} {told['url']}",
            )


def _used(tree: HtmlElement) -> Iterator[str]:
    """The features of a document, as the data names them."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield f"element {element.tag}"
            yield from (f"attribute {name}" for name in element.attrib)
            yield from _styles(declarations(element.get("style", "")))
    css = style_of(tree)
    yield from (f"at-rule {name}" for name in re.findall(r"@([\w-]+)", css))
    for _, text in blocks(css):
        yield from _styles(declarations(text))


def _styles(own: Mapping[str, str]) -> Iterator[str]:
    for name, value in own.items():
        yield f"property {name}"
        yield f"value {name}:{value}"
        yield from (f"value {function}" for function in re.findall(r"(?<![\w-])[\w-]+\(", value))


@cache
def _features() -> Features:
    text = files("newsletter.checks").joinpath("data/client_support.json").read_text("utf-8")
    features: Features = json.loads(text)["features"]
    return features
