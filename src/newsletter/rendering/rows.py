"""Rows of facts and the button, made from what front matter says; what is not said makes no row."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsletter.models.items import ItemFront
from newsletter.rendering.addresses import address, short_url, tel
from newsletter.rendering.context import Context
from newsletter.rendering.parts import Action, Detail

LONGEST = 48  # characters of an address that are still read, not skipped


def plain(name: str, label: str, text: str) -> Detail | None:
    """Words alone."""
    return Detail(name=name, label=label, text=text) if text else None


def web(name: str, label: str, url: str) -> Detail | None:
    """An address on the web, shown without its scheme, or by its host when it is long ("teams.microsoft.com");
    anything else ("Microsoft Teams") is plain words."""
    if not url:
        return None
    if not re.match(r"https?://", url):
        return Detail(name=name, label=label, text=url)
    short = short_url(url)
    return Detail(
        name=name, label=label, text=short if len(short) <= LONGEST else short.split("/")[0], url=url, web_url=url
    )


def mail(name: str, label: str, email: str) -> Detail | None:
    """An email address."""
    return (
        Detail(name=name, label=label, text=email, url=f"mailto:{email}", web_url=f"mailto:{email}") if email else None
    )


def phone(name: str, label: str, number: str) -> Detail | None:
    """A telephone number."""
    return Detail(name=name, label=label, text=number, url=tel(number), web_url=tel(number)) if number else None


def present(rows: Iterable[Detail | None]) -> tuple[Detail, ...]:
    """The rows that there are."""
    return tuple(row for row in rows if row is not None)


def action(title: str, front: ItemFront, url: str, context: Context) -> Action | None:
    """The button; None when its address leads nowhere."""
    where = address(url, context)
    return Action(title=title, about=front.title, **dict(where)) if where.url or where.web_url else None
