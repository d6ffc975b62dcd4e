"""Sections, headings and contents, worked out once from the items so that no two renditions can disagree."""

from __future__ import annotations

from datetime import date

from newsletter.models.base import Model
from newsletter.models.issue import Issue, Item
from newsletter.models.items import ItemFront


class Entry(Model):
    """A line of the contents: a section (`anchor` of its heading) or an item, with what nests below it."""

    title: str
    anchor: str
    children: tuple[Entry, ...] = ()


class Placed(Model):
    """An item with the section headings that open just before it and the level of its own heading."""

    item: Item
    opens: tuple[SectionHeading, ...] = ()
    level: int  # 2 without sections, 3 in a section, 4 in a section of a section
    leaves: bool = False  # it stands outside the section of the item before it, and opens none

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return self.item.slug


class SectionHeading(Model):
    """A section's heading; level 2, or 3 for a section in a section."""

    title: str
    anchor: str
    level: int


class Outline(Model):
    """An issue's items in place, and its contents."""

    placed: tuple[Placed, ...]
    contents: tuple[Entry, ...]
    act_now: tuple[Item, ...]  # items with `act_now` or a deadline, soonest first

    @property
    def sectioned(self) -> bool:
        """Whether any item stands in a section."""
        return any(placed.level > 2 for placed in self.placed)


def outline(issue: Issue) -> Outline:
    """Places each item; items in a row with the same section share one heading."""
    placed: list[Placed] = []
    current: tuple[str, ...] = ()
    used = {item.slug for item in issue.items}
    for item in issue.items:
        sections = item.front.sections
        common = 0
        while common < min(len(sections), len(current)) and sections[common] == current[common]:
            common += 1
        opens = []
        for depth in range(common, len(sections)):
            anchor = _unique(f"section-{_slug(' '.join(sections[: depth + 1]))}", used)
            opens.append(SectionHeading(title=sections[depth], anchor=anchor, level=2 + depth))
        leaves = not opens and len(sections) < len(current)
        current = sections
        placed.append(Placed(item=item, opens=tuple(opens), level=2 + len(sections), leaves=leaves))
    return Outline(placed=tuple(placed), contents=_contents(placed, issue.contents_levels), act_now=_act_now(issue))


def _slug(text: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()) or "part"


def _unique(anchor: str, used: set[str]) -> str:
    number, free = 1, anchor
    while free in used:
        number += 1
        free = f"{anchor}-{number}"
    used.add(free)
    return free


def _contents(placed: list[Placed], levels: int) -> tuple[Entry, ...]:
    """Level 1: sections, and items outside them. Level 2: all that stands in a section too, sections in it included."""
    if levels == 0:
        return ()
    flat: list[tuple[int, str, str]] = []  # depth, title, anchor
    for place in placed:
        flat += [(heading.level, heading.title, heading.anchor) for heading in place.opens]
        front = place.item.front
        flat.append((place.level, front.short_title or front.title, place.anchor))
    return _nest(flat, deep=levels > 1)


def _nest(flat: list[tuple[int, str, str]], *, deep: bool) -> tuple[Entry, ...]:
    """Turns lines with depths into a tree; the first line sets the outermost depth."""
    entries: list[Entry] = []
    place = 0
    while place < len(flat):
        depth, title, anchor = flat[place]
        end = place + 1
        while end < len(flat) and flat[end][0] > depth:
            end += 1
        children = _nest(flat[place + 1 : end], deep=deep) if deep else ()
        entries.append(Entry(title=title, anchor=anchor, children=children))
        place = end
    return tuple(entries)


def due(front: ItemFront) -> date | None:
    """The day by which an item asks people to act: its deadline, or when its survey closes or its booking ends."""
    return front.deadline or getattr(front, "closes", None) or getattr(front, "book_by", None)


def _act_now(issue: Issue) -> tuple[Item, ...]:
    """Those without a day come first, since they hold from now on; then the soonest."""
    items = [item for item in issue.items if item.front.act_now or item.front.deadline]
    return tuple(sorted(items, key=lambda item: due(item.front) or date.min))


Placed.model_rebuild()
