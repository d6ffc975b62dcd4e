"""Takes an issue apart into pieces: what readers read in each of its files."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.blocks import Reading, read_body
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


def pieces_of(issue: Issue) -> tuple[Piece, ...]:
    """issue.md first, then the items in their order."""
    first = _piece(issue.front, None, issue.body, issue.origin, issue.lang)
    return (
        first,
        *(_piece(item.front, item, item.body, item.origin, item.front.lang or issue.lang) for item in issue.items),
    )


def _piece(front: IssueFront | ItemFront, item: Item | None, body: Body, origin: Origin, lang: str) -> Piece:
    marked = bool(front.lang)
    reading = read_body(body, origin, lang, marked=marked)
    return Piece(
        file=origin.file,
        lang=lang,
        front=front,
        item=item,
        origin=origin,
        fields=tuple(
            Passage(origin.file, ".".join(path), value, lang, marked, lines=(line_of(origin, path),))
            for path, value in _printed(front)
        ),
        body=tuple(reading.passages),
        links=(*reading.links, *_front_links(front, origin, lang)),
        images=_images(front, origin, reading),
        addresses=tuple(_addresses(front, origin)),
        markdown=body.markdown,
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


def line_of(origin: Origin, path: Path) -> int:
    """The line of a field. One contact and a list of one are the same to the model, and not in the file."""
    if ".".join(path) not in origin.lines:
        single = tuple(part for part in path if not part.isdigit())
        if ".".join(single) in origin.lines:
            return origin.line(*single)
    return origin.line(*path)


def _printed(front: IssueFront | ItemFront) -> Iterator[tuple[Path, str]]:
    for path, value in strings(front):
        how_named = path == ("subject",) and not isinstance(front, IssueFront)  # of a review: one of three words
        if path[0] not in _NOT_PRINTED and path[-1] not in _NOT_PRINTED | _ADDRESSES and not how_named:
            yield path, value


def _front_links(front: IssueFront | ItemFront, origin: Origin, lang: str) -> Iterator[LinkUse]:
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
            line=line_of(origin, path),
            url=value,
            text=text,
            lang=lang,
            pictured=name == "link",
            field=".".join(path),
            text_line=line_of(origin, beside) if text else 0,
        )


def _images(front: IssueFront | ItemFront, origin: Origin, reading: Reading) -> tuple[ImageUse, ...]:
    found = []
    for name in ("hero", "image", "photo"):
        image = getattr(front, name, None)
        if isinstance(image, Image):
            found.append(
                ImageUse(
                    file=origin.file,
                    line=origin.line(name),
                    src=image.src,
                    alt=image.alt,
                    decorative=image.decorative,
                    link=image.link,
                    caption=image.caption,
                    field=name,
                )
            )
    return (*found, *reading.images)


def _addresses(front: IssueFront | ItemFront, origin: Origin) -> Iterator[Address]:
    found = dict(strings(front))
    for path, value in found.items():
        for kind in ("email", "phone"):
            if path[-1] == kind and path[0] not in _NOT_PRINTED:
                owner = path[:-1]
                yield Address(
                    file=origin.file,
                    line=line_of(origin, path),
                    kind=kind,
                    value=value,
                    path=path,
                    role=found.get((*owner, "role"), "") or found.get((*owner, "team"), ""),
                    person=found.get((*owner, "name"), ""),
                )
