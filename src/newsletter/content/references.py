"""What an issue's files point to: addresses in front matter and bodies, and merge tags that must not be there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import unquote

from newsletter.content.addresses import Reference
from newsletter.content.frontmatter import Source
from newsletter.content.markdown import Rendered
from newsletter.content.yamltext import Value
from newsletter.errors import Problem
from newsletter.models.edition import MERGE_TAGS
from newsletter.models.issue import IssueFront
from newsletter.models.items import ItemFront
from newsletter.models.problems import dotted, line_of, suggest

_PICTURES = ("image", "photo", "hero")
_RESERVED = re.compile("|".join([*map(re.escape, MERGE_TAGS.values()), r"merge\.invalid"]), re.I)

Place = tuple[str | int, ...]


def front_references(front: IssueFront | ItemFront, source: Source) -> Iterator[Reference]:
    """Every address that a front matter gives, with its line."""
    for path, address, local in (*_pictures(front), *_lists(front), *_fields(front)):
        if address:
            yield Reference(
                address=address,
                file=source.file,
                line=line_of(path, source.lines, 1),
                place=dotted(path),
                picture=path[-1] == "src",
                local=local,
            )


Given = tuple[Place, str, bool | None]  # where, the address, and whether it must (or must not) be a file of the issue


def _pictures(front: IssueFront | ItemFront) -> Iterator[Given]:
    for name in _PICTURES:
        image = getattr(front, name, None)
        if image is not None:
            yield (name, "src"), image.src, None
            yield (name, "link"), image.link, None


def _lists(front: IssueFront | ItemFront) -> Iterator[Given]:
    for number, link in enumerate(getattr(front, "links", ())):
        yield ("links", number, "url"), link.url, None
    for number, file in enumerate(getattr(front, "files", ())):
        yield ("files", number, "url"), file.url, False
        yield ("files", number, "path"), file.path, True


def _fields(front: IssueFront | ItemFront) -> Iterator[Given]:
    for name in ("booking", "referral"):
        within = getattr(front, name, None)
        yield (name, "url"), within.url if within is not None else "", False
    yield ("online",), getattr(front, "online", ""), False
    for name in ("url", "report_url"):
        yield (name,), getattr(front, name, ""), None


def body_references(rendered: Rendered, source: Source) -> Iterator[Reference]:
    """Every address of a body, with its line in the file."""
    for found in rendered.addresses:
        line = source.body_line + found.line - 1
        yield Reference(address=found.address, file=source.file, line=line, place="", picture=found.picture)


def dangling(references: Iterable[Reference], anchors: Collection[str]) -> Iterator[Problem]:
    """A problem for each link to a place in the issue that is not there; `anchors` are slugs and ids in bodies."""
    for reference in references:
        target = unquote(reference.address.strip().removeprefix("#"))
        if not reference.address.strip().startswith("#") or target in ("", "top", *anchors):
            continue
        if target.startswith("section-"):  # headings of sections are named when the issue is rendered
            continue
        message = f"There is no '#{target}' in this issue."
        near = suggest(target, [anchor for anchor in anchors if "--" not in anchor])
        yield Problem(reference.file, reference.line, message, near or "Write # and the name of an item.")


def merge_tags(source: Source, rendered: Rendered) -> Iterator[Problem]:
    """A problem for each merge tag in the content: what replaces them is personal, and content is public."""
    for place, words in _texts(source.fields):
        if found := _RESERVED.search(words):
            yield _reserved(source.file, line_of(place, source.lines, 1), found[0])
    lines = [
        (number, found) for number, line in enumerate(source.body.split("\n")) if (found := _RESERVED.search(line))
    ]
    for number, found in lines:
        yield _reserved(source.file, source.body_line + number, found[0])
    if not lines and (hidden := _RESERVED.search(rendered.text) or _RESERVED.search(rendered.html)):
        yield _reserved(source.file, source.body_line, hidden[0])  # spelt with entities or broken up by marks


def _reserved(file: str, line: int, words: str) -> Problem:
    message = f"'{words}' is kept for the product itself, which puts something else there for each reader."
    return Problem(file, line, message, "Take it out. The link to unsubscribe is added to every message.")


def _texts(value: Value, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*place, name))
    else:
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))
