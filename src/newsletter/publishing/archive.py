"""The archive in `public/`: the web copies of the issues that are out, and the list of past issues.

What may not be seen leaves nothing there: drafts, restricted issues, issues whose day or embargo has not come.
First every page is made, then every changed file is written, pages before lists; last goes what is no longer wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from newsletter.models.dates import LONDON
from newsletter.models.edition import NEIGHBOURS_MARK, Edition, EditionAsset
from newsletter.models.issue import Issue, direction
from newsletter.models.publication import Publication
from newsletter.publishing.editions import write_edition
from newsletter.publishing.files import Folder
from newsletter.publishing.ledger import Ledger
from newsletter.publishing.listing import Neighbours, by_year, listed, neighbours
from newsletter.publishing.retiring import as_published, retired_items

GIVE_WAY = ("404.html", "robots.txt")  # where somebody put one of their own, theirs stays
BESIDE = ("calendar",)  # renditions that stand beside the web copy, which links to them
RENDITIONS = ("web", *BESIDE)  # all that is published of an edition

__all__ = ["Entry", "Published", "Render", "as_published", "publish", "write_edition"]


class Render(Protocol):
    """Gives a template of the house style its values: `render("web/index.html", issues=...)` -> its text."""

    def __call__(self, name: str, /, **values: object) -> str: ...


@dataclass(frozen=True)
class Entry:
    """An issue and its edition."""

    issue: Issue
    edition: Edition
    held: bool = False  # must not be seen, whatever its own front matter says


@dataclass(frozen=True)
class Published:
    """What became of each file below `public/`: paths relative to it, sorted."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def publish(
    entries: Iterable[Entry],
    publication: Publication,
    public: Path,
    render: Render,
    now: datetime,
    guard: Callable[[Mapping[str, bytes]], None] = lambda pages: None,
    logo: EditionAsset | None = None,
) -> Published:
    """Brings `public` up to date with what may be seen at `now` (aware). Every file is old or new, never half.

    Files that this product did not write stay as they are. `guard` is shown the archive's own pages, which belong to no
    issue, before anything is written; what it raises keeps all as it was. `logo`: the partnership's, for those pages.

    Raises:
        TemplateError: a template is wrong; nothing was written.
        Refused: a file cannot be written; run it again when that is mended.
    """
    everything = list(entries)
    pages = _pages(everything, publication, render, now, logo)
    places = tuple(f"{_place(entry.issue)}/" for entry in everything)
    guard({path: data for path, data in pages.items() if not path.startswith(places)})
    folder = Folder(public)
    ledger = Ledger(folder)
    for path in GIVE_WAY:
        if not ledger.may_write(path, pages[path]):
            del pages[path]
    ledger.claim(pages)
    written = [path for path, data in pages.items() if folder.write(path, data)]
    removed = ledger.remove_others(pages, [path for entry in everything for path in _paths(entry)])
    return Published(tuple(sorted(written)), tuple(sorted(set(pages) - set(written))), tuple(removed))


def _pages(
    entries: Sequence[Entry], publication: Publication, render: Render, now: datetime, logo: EditionAsset | None
) -> dict[str, bytes]:
    """Every file of the archive, lists last."""
    out = [entry for entry in entries if _may_be_seen(entry, now)]
    today = now.astimezone(LONDON).date()
    shown = [(entry.issue, entry.edition) for entry in out if not _is_retired(entry.issue, today)]
    issues = listed((issue, edition) for issue, edition in shown if issue.front.visibility == "public")
    around = neighbours(issues)
    style = EditionAsset.stylesheet(render("web/style.css"))
    site = _Site(publication, render, style, logo)
    files = {asset.path: asset.data for asset in (style, logo) if asset}
    for entry in out:
        place = _place(entry.issue)
        if _is_retired(entry.issue, today):
            notice = site.page("web/retired.html", "../../", lang=entry.issue.lang, series=entry.issue.series)
            files[f"{place}/index.html"] = notice
        else:
            files |= _issue_files(place, entry.edition, entry.issue.lang, site, around.get(place))
    files["404.html"] = site.page("web/not-found.html", f"{urlsplit(publication.site.url).path}/")
    files["robots.txt"] = b"User-agent: *\nAllow: /\n"  # pages that say noindex must be read to be obeyed
    files["index.html"] = site.page("web/index.html", "", years=by_year(issues))
    return files


@dataclass(frozen=True)
class _Site:
    """What every page of the archive's own shares."""

    publication: Publication
    render: Render
    style: EditionAsset
    logo: EditionAsset | None

    def page(self, name: str, root: str, *, lang: str = "", **values: object) -> bytes:
        """A page; `root` leads from it to the archive's front page."""
        lang = lang or self.publication.partnership.lang
        text = self.render(
            name,
            publication=self.publication,
            stylesheet=f"{root}{self.style.path}",
            logo=f"{root}{self.logo.path}" if self.logo else "",
            root=root,
            lang=lang,
            dir=direction(lang),
            **values,
        )
        return text.encode()


def _may_be_seen(entry: Entry, now: datetime) -> bool:
    """Whether the issue has a page: it is out, nobody restricted it, and nothing holds it."""
    return not entry.held and not entry.issue.restricted and entry.edition.public and entry.issue.is_out(now)


def _is_retired(issue: Issue, today: date) -> bool:
    """Whether its page is a notice now. So it is when an item's last day has passed and its words are still there."""
    return issue.is_retired(today) or bool(retired_items(issue, today))


def _paths(entry: Entry) -> list[str]:
    """Where the issue's files stand, or would stand if it were out."""
    place = _place(entry.issue)
    return [f"{place}/index.html", *(f"{place}/{path}" for path in _beside(entry.edition))]


def _beside(edition: Edition) -> dict[str, bytes]:
    """What stands beside the edition's page, by its path from there: pictures, files, the calendar."""
    renditions = [edition.renditions[name] for name in BESIDE if name in edition.renditions]
    return {asset.path: asset.data for asset in edition.assets} | {one.file_name: one.data for one in renditions}


def _place(issue: Issue) -> str:
    return f"{issue.series.folder}/{issue.slug}"


def _issue_files(place: str, edition: Edition, lang: str, site: _Site, around: Neighbours | None) -> dict[str, bytes]:
    """An issue's page with links to the issues before and after, what stands beside it, and its style sheet."""
    links = ""
    if around is not None:
        older, newer = around
        links = site.render("web/neighbours.html", previous=older, next=newer, root="../../", lang=lang)
    page = edition.renditions["web"].text.replace(NEIGHBOURS_MARK, links.strip())
    files = {edition.stylesheet.path: edition.stylesheet.data} if edition.stylesheet else {}
    files |= {f"{place}/{path}": data for path, data in _beside(edition).items()}
    return {**files, f"{place}/index.html": page.encode()}
