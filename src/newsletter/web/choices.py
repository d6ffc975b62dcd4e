"""Audiences as people see them on a page or in a mail: what each is called, and what one gets."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from newsletter.models.base import Model
from newsletter.models.publication import Audience, Publication


class Choice(Model):
    """One audience."""

    name: str
    title: str
    gets: tuple[str, ...]  # titles of the series that go to it
    chosen: bool = False


def choosable(publication: Publication) -> list[Audience]:
    """Those that somebody on the list may choose themselves, in the order of newsletter.toml."""
    return [audience for audience in publication.audiences.values() if not audience.test and not audience.restricted]


def offered(publication: Publication) -> list[Audience]:
    """Those that are open to the public: anybody may sign up."""
    return [audience for audience in choosable(publication) if audience.sign_up]


def choices(
    publication: Publication, audiences: Iterable[Audience], chosen: Collection[str] = ()
) -> tuple[Choice, ...]:
    """As a page shows them."""
    return tuple(
        Choice(
            name=audience.name,
            title=audience.title,
            gets=tuple(publication.series[name].title for name in audience.series),
            chosen=audience.name in chosen,
        )
        for audience in audiences
    )


def named(publication: Publication, names: Iterable[str]) -> tuple[Choice, ...]:
    """Those of these names that are still in newsletter.toml."""
    found = [publication.audiences[name] for name in names if name in publication.audiences]
    return choices(publication, found)
