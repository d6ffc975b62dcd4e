"""Takes an issue apart into pieces: what readers read in each of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newsletter.checks.blocks import read_body
from newsletter.checks.fields import FrontMap
from newsletter.checks.places import WORD, lines_of
from newsletter.checks.text import Address, ImageUse, LinkUse, Passage, Piece
from newsletter.models.base import Model
from newsletter.models.issue import Body, Issue, IssueFront, Item, Origin
from newsletter.models.items import Image, ItemFront

Path = tuple[str, ...]
_NOT_PRINTED = frozenset(
    [
        "kind",
        "status",
        "scope",
        "source",
        "ignore",
        "lang",
        "language",
        "visibility",
        "audiences",
        "corrects",
        "identity_checked_by",
    ]
)
_ADDRESSES = frozenset(["url", "report_url", "online", "link", "src", "path", "email", "phone"])


def pieces_of(issue: Issue, sources: Mapping[str, str] | None = None) -> tuple[Piece, ...]:
    """issue.md first, then the items in their order. `sources`: file -> its text as it is written, for columns."""
    known = sources or {}
    first = _piece(issue.front, None, issue.body, issue.origin, issue.lang, known)
    return (
        first,
        *(
            _piece(item.front, item, item.body, item.origin, item.front.lang or issue.lang, known)
            for item in issue.items
        ),
    )


def _piece(
    front: IssueFront | ItemFront,
    item: Item | None,
    body: Body,
    origin: Origin,
    lang: str,
    sources: Mapping[str, str],
) -> Piece:
    marked = bool(front.lang)
    written = lines_of(sources[origin.file]) if origin.file in sources else []
    reading = read_body(body, origin, lang, marked=marked, written=written)
    fields = FrontMap(written, origin.body_line)
    return Piece(
        file=origin.file,
        lang=lang,
        front=front,
        item=item,
        origin=origin,
        fields=tuple(
            Passage(
                origin.file,
                ".".join(path),
                value,
                lang,
                marked,
                starts=tuple(word.start() for word in WORD.finditer(value)),
                places=tuple(fields.words(origin, path, value)) or (fields.value(origin, path),),
            )
            for path, value in _printed(front)
        ),
        body=tuple(reading.passages),
        links=(*reading.links, *_front_links(front, origin, lang, fields)),
        images=(*_front_images(front, origin, fields), *reading.images),
        addresses=tuple(_addresses(front, origin, fields)),
        markdown=body.markdown,
        front_places=fields,
    )


def strings(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of the front matter with its path, as people write it: ("files", "0", "for")."""
    if isinstance(value, str):
        if value.strip():
            yield path, value
    elif isinstance(value, Model):
        for name, inner in value:
            yield from strings(inner, (*path, name.removesuffix("_")))
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            yield from strings(inner, (*path, str(place)))


def _printed(front: IssueFront | ItemFront) -> Iterator[tuple[Path, str]]:
    for path, value in strings(front):
        how_named = path == ("subject",) and not isinstance(front, IssueFront)  # of a review: one of three words
        if path[0] not in _NOT_PRINTED and path[-1] not in _NOT_PRINTED | _ADDRESSES and not how_named:
            yield path, value


def _front_links(front: IssueFront | ItemFront, origin: Origin, lang: str, fields: FrontMap) -> Iterator[LinkUse]:
    """Links of the front matter; a title beside an address is the link's text, otherwise the template words it."""
    found = dict(strings(front))
    for path, value in found.items():
        name = path[-1]
        is_file = name == "path" and path[0] == "files"
        if path[0] in _NOT_PRINTED or not (
            is_file or (name in _ADDRESSES and name not in ("src", "path", "email", "phone"))
        ):
            continue
        beside = (*path[:-1], "alt" if name == "link" else "title")
        text = found.get(beside, "") if len(path) > 1 else ""
        yield LinkUse(
            file=origin.file,
            place=fields.value(origin, path),
            words_place=fields.value(origin, beside if text else path),
            url=value,
            text=text,
            lang=lang,
            pictured=name == "link",
            field=".".join(path),
        )


def _front_images(front: IssueFront | ItemFront, origin: Origin, fields: FrontMap) -> Iterator[ImageUse]:
    for name in ("hero", "image", "photo"):
        image = getattr(front, name, None)
        if isinstance(image, Image):
            yield ImageUse(
                file=origin.file,
                place=fields.value(origin, (name, "src")),
                alt_place=fields.value(origin, (name, "alt" if image.alt else "src")),
                src=image.src,
                alt=image.alt,
                decorative=image.decorative,
                link=image.link,
                caption=image.caption,
                field=name,
            )


def _addresses(front: IssueFront | ItemFront, origin: Origin, fields: FrontMap) -> Iterator[Address]:
    found = dict(strings(front))
    for path, value in found.items():
        for kind in ("email", "phone"):
            if path[-1] == kind and path[0] not in _NOT_PRINTED:
                owner = path[:-1]
                yield Address(
                    file=origin.file,
                    place=fields.value(origin, path),
                    kind=kind,
                    value=value,
                    path=path,
                    role=found.get((*owner, "role"), "") or found.get((*owner, "team"), ""),
                    person=found.get((*owner, "name"), ""),
                )
