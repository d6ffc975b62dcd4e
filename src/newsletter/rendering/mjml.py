"""MJML to HTML: the only module that imports the engine, and the one that turns its errors into a template's line.

The engine (mrml) knows nothing of files: it answers "unexpected token in root template at position 1216:1224", in
bytes of the rendered source, and sometimes gives no position. What a person can mend is a line of a file in templates/.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Mapping

from lxml import etree

from newsletter.errors import Problem, TemplateError

_POSITION = re.compile(r"position (\d+)(?::(\d+))?")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_XML_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def to_html(source: str, main: str, written: Callable[[], Mapping[str, str]]) -> str:
    """The HTML of MJML `source`; no web fonts, no remote icons, no comments but those for Outlook.

    `main` is the template that was rendered. `written`, asked only when something is wrong, maps the names of the
    templates that `source` may have come from ("email/footer.mjml") to their text.

    Raises:
        TemplateError: with the template's file and line, as near as they can be found.
    """
    import mjml

    if crossed := _crossed(source):
        raise TemplateError([_problem(*crossed, source, main, written())])
    try:
        return str(mjml.mjml2html(source, disable_comments=True, fonts={}, social_icon_origin=""))
    except ValueError as error:
        number = _line_of(str(error), source)
        raise TemplateError([_problem(f"cannot read this ({error})", number, source, main, written())]) from None


def _problem(what: str, number: int, source: str, main: str, written: Mapping[str, str]) -> Problem:
    """What is wrong, at the template's line that made this line of the rendered source (0: not known)."""
    line = source.split("\n")[number - 1].strip() if number else ""
    file, at = _find(line, written) or (main, 0)
    shown = f": {line[:80]}{'…' if len(line) > 80 else ''}" if line else ""
    return Problem(f"templates/{file}", at, f"The layout engine {what}{shown}", _FIX)


_FIX = (
    "Close every tag, quote every value, put one tag on a line, and keep text out of places that hold only tags."
    " Words and HTML belong inside <mj-text>."
)
_TAG = re.compile(r"""<!--.*?-->|<(?P<close>/?)(?P<name>mj[\w-]*)(?:"[^"]*"|'[^']*'|[^>"'])*?(?P<alone>/?)>""", re.S)


def _crossed(source: str) -> tuple[str, int] | None:
    """The first MJML tag that closes another than the one that is open, which the engine takes without a word."""
    opened: list[str] = []
    for tag in _TAG.finditer(source):
        if not tag["name"] or tag["alone"]:
            continue
        if not tag["close"]:
            opened.append(tag["name"])
        elif not opened or opened.pop() != tag["name"]:
            return f"finds a </{tag['name']}> that closes nothing", source.count("\n", 0, tag.start()) + 1
    return None


def _line_of(error: str, source: str) -> int:
    """The line at fault, 1-based: by the engine's byte offset, or by reading it as XML; 0 when neither tells."""
    if found := _POSITION.search(error):
        before = source.encode("utf-8")[: int(found[1])]
        return before.count(b"\n") + 1
    named = re.sub(r"&([A-Za-z]+;)", lambda name: name[0] if name[1] in _XML_OWN else _character(name[1]), source)
    try:
        etree.fromstring(named.encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as reason:
        return min(reason.lineno or 0, source.count("\n") + 1)
    return 0


def _character(name: str) -> str:
    return html.entities.html5.get(name, "?").replace("<", "?").replace("&", "?")


def _find(line: str, written: Mapping[str, str]) -> tuple[str, int] | None:
    """The template and line that could have made this rendered line; the one with most words of its own wins."""
    best: tuple[int, str, int] | None = None
    for name, text in sorted(written.items()):
        for number, own in enumerate(text.split("\n"), 1):
            literals = [part for part in _JINJA.split(own.strip()) if part.strip()]
            weight = sum(len(part) for part in literals)
            pattern = ".*?".join(["", *map(re.escape, literals), ""])
            if weight > (best[0] if best else 2) and re.fullmatch(pattern, line):
                best = (weight, name, number)
    return (best[1], best[2]) if best else None
