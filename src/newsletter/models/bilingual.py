"""Names in several languages: of the partnership, its series and its audiences. A page has all of them in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from newsletter.models.base import FieldError

if TYPE_CHECKING:
    from newsletter.models.publication import Audience, Publication, Series

    Titled = TypeVar("Titled", Series, Audience)


def check_names(publication: Publication) -> None:
    """Refuses a language that only some names are given in: half of a page helps nobody.

    Raises:
        FieldError: one lacks a language that the partnership's own name is given in.
    """
    for lang in publication.partnership.names:
        for field, titles in _shown(publication):
            if lang not in titles:
                message = f"[partnership] has a name in '{lang}', but [{field}] has no title in it."
                raise FieldError(field, f'{message} Add: titles = {{ {lang} = "..." }}')


def in_language(publication: Publication, lang: str) -> Publication:
    """The same with its names in that language, if it has them. `partnership.lang` says which they are in."""
    if lang not in publication.partnership.names:
        return publication
    partnership = publication.partnership
    own = {"name": partnership.names[lang], "short_name": partnership.short_names.get(lang, ""), "lang": lang}
    return publication.model_copy(
        update={
            "partnership": partnership.model_copy(update=own),
            "series": _titled(publication.series, lang),
            "audiences": _titled(publication.audiences, lang),
        }
    )


def _shown(publication: Publication) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Whatever readers may see: where it stands, and its titles."""
    for name, series in publication.series.items():
        yield f"series.{name}", series.titles
    for name, audience in publication.audiences.items():
        if not audience.test and not audience.restricted:
            yield f"audiences.{name}", audience.titles


def _titled(entries: Mapping[str, Titled], lang: str) -> dict[str, Titled]:
    return {
        name: entry.model_copy(update={"title": entry.titles.get(lang, entry.title)}) for name, entry in entries.items()
    }
