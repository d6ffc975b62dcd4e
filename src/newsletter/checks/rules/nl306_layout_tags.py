"""NL306: MJML that the engine takes without a word and lays out wrongly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL306"
TITLE = "A layout tag that the engine does not know"
LEVEL = Level.STOP
THRESHOLD = "An unknown tag or attribute of MJML, or a 0 without px in a padding, in the templates of the email."
WHY = "The engine does not complain: it leaves the part out, or loses the whole padding, in every issue from then on."
SOURCE = "mjml 5, the attributes of its components; measured with mrml, which validates neither"
EXAMPLE = "<mj-text colour='#333333' padding='0 24px'>"
FIX = "See the list of tags and attributes in MJML's documentation, and write 0px for 0."

_TAG = re.compile(r"""<(mjml|mj-[\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*')""")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.S)
_BARE_ZERO = re.compile(r"(?<![\w.#%-])0(?![\w.%])")
_EVERYWHERE = frozenset({"css-class", "mj-class"})
_TAKE_ANY = frozenset({"mj-all", "mj-class"})


def check(subject: Subject) -> Iterator[Finding]:
    """Each fault at its line of the template."""
    for file, text in subject.templates.items():
        plain = _JINJA.sub(_blank, text)
        for tag in _TAG.finditer(plain):
            for at, words, message in _faults(tag):
                line = plain.count("\n", 0, at) + 1
                column = at - (plain.rfind("\n", 0, at) + 1) + 1
                yield Finding(
                    code=CODE, level=LEVEL, file=file, line=line, column=column, words=words, message=message, fix=FIX
                )


def _faults(tag: re.Match[str]) -> Iterator[tuple[int, str, str]]:
    name, known = tag[1], _tags()
    if name not in known:
        yield tag.start(), f"<{name}>", f"MJML has no tag <{name}>: the engine leaves it out."
        return
    for attribute in _ATTRIBUTE.finditer(tag[2]):
        word, value, at = attribute[1], attribute[2][1:-1], tag.start(2) + attribute.start()
        allowed = known[name] if name not in _TAKE_ANY else known[name].union(*known.values())
        if word not in allowed and word not in _EVERYWHERE:
            yield at, f'{word}="{value}"', f"<{name}> has no attribute {word}: the engine passes it over."
        elif "padding" in word and _BARE_ZERO.search(value):
            yield at, f'{word}="{value}"', "The engine drops a padding that holds a 0 without px."


def _blank(found: re.Match[str]) -> str:
    """As long as what it stands for, so that places stay; lines stay too."""
    return re.sub(r"[^\n]", "_" if found[0].startswith("{{") else " ", found[0])


@cache
def _tags() -> dict[str, frozenset[str]]:
    """Tag -> its attributes."""
    text = files("newsletter.checks").joinpath("data/mjml_attributes.json").read_text("utf-8")
    return {name: frozenset(attributes.split()) for name, attributes in json.loads(text).items()}
