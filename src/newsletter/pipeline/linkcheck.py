"""The use cases behind `check --links`: which links are asked, what is remembered of the answers, and the archive's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from newsletter import __version__
from newsletter.checks import pages
from newsletter.checks.answers import LinkResult, State, page_of
from newsletter.checks.pieces import pieces_of
from newsletter.checks.publichosts import is_public
from newsletter.checks.terms import found_in, masked
from newsletter.errors import UsageError
from newsletter.models.finding import Finding
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.pipeline.editorial import Desk
from newsletter.publishing.files import Folder

CACHE, CACHE_PRIVATE = ".cache/links.json", ".cache/links-private.json"  # below build/
MAX_AGE = timedelta(hours=24)  # how long a good answer is believed
_NOT_GOOD = timedelta(hours=1)  # how long any other is: somebody may be mending it
_FORGOTTEN = timedelta(days=30)
_VERSION = 1

Asked = Callable[[int, int], None]


@dataclass(frozen=True)
class Network:
    """How links are asked: the folder of the cache, its age, and whether our own network may be asked."""

    build: Path
    now: datetime  # aware
    max_age: timedelta = MAX_AGE
    allow_private: bool = False

    @property
    def cache(self) -> str:
        """The file of earlier answers, below `build`."""
        return CACHE_PRIVATE if self.allow_private else CACHE


@dataclass(frozen=True)
class ArchiveChecked:
    """The links of the published pages."""

    findings: tuple[Finding, ...]
    pages: int
    answers: Mapping[str, LinkResult] | None  # None: the network was not asked


def ask_issues(
    desk: Desk, issues: Iterable[Issue], network: Network, progress: Asked = lambda done, total: None
) -> dict[str, LinkResult]:
    """What the network says of every link of these issues, each page asked once."""
    urls = [link.url for issue in issues for piece in pieces_of(issue) for link in piece.links]
    return ask(desk, urls, network, progress)


def ask(
    desk: Desk, urls: Iterable[str], network: Network, progress: Asked = lambda done, total: None
) -> dict[str, LinkResult]:
    """What the network says of these addresses, or said a short while ago.

    An address that holds a term of the never-publish list is neither asked nor remembered.
    """
    wanted = [
        page
        for page in dict.fromkeys(map(page_of, urls))
        if page.lower().startswith(("http://", "https://")) and not any(found_in(page, desk.never_publish))
    ]
    folder = Folder(network.build)
    known = _remembered(folder, network)
    fresh = {page: known[page] for page in wanted if _is_fresh(known, page, network)}
    asked = _asked([page for page in wanted if page not in fresh], desk, network, progress)
    if asked:
        _remember(folder, network.cache, known | {page: one for page, one in asked.items() if _may_be_kept(one, desk)})
    answers = fresh | asked
    return {page: answers[page] for page in wanted}


def check_archive(
    desk: Desk, public: Path, network: Network | None, progress: Asked = lambda done, total: None
) -> ArchiveChecked:
    """What leads nowhere in the published pages.

    `network`: None to look at links within the archive alone.

    Raises:
        UsageError: nothing has been published yet.
    """
    folder = Folder(public)
    files = folder.listed() if public.is_dir() else []
    read = {
        path: pages.read_page((folder.read(path) or b"").decode("utf-8", errors="replace"))
        for path in files
        if path.endswith(".html")
    }
    if not read:
        raise UsageError("There is no archive yet.", hint="Make it with: newsletter build")
    site = desk.publication.site.url
    answers = ask(desk, pages.outside(read, site), network, progress) if network else None
    found = pages.findings(read, frozenset(files) | _served(desk.publication), site, answers or {})
    return ArchiveChecked(tuple(masked(one, desk.never_publish) for one in found), len(read), answers)


def _served(publication: Publication) -> frozenset[str]:
    """Pages below the archive's address that are no files of it: the web service answers for them."""
    start = f"{publication.site.url}/"
    form = publication.sign_up_url
    return frozenset({form.removeprefix(start)} if form.startswith(start) else ())


def _asked(urls: Sequence[str], desk: Desk, network: Network, progress: Asked) -> dict[str, LinkResult]:
    if not urls:
        return {}
    from newsletter.checks.network import Manners  # httpx takes a while to load
    from newsletter.checks.network import ask as ask_network

    manners = Manners(user_agent=f"newsletter/{__version__} (link check; +{desk.publication.partnership.website})")
    may_ask = (lambda address: True) if network.allow_private else is_public
    return ask_network(urls, manners, now=network.now, may_ask=may_ask, progress=progress)


def _may_be_kept(result: LinkResult, desk: Desk) -> bool:
    hidden = any(found_in(hop.url, desk.never_publish) for hop in result.hops)
    return result.state is not State.REFUSED and not hidden


def _is_fresh(known: Mapping[str, LinkResult], page: str, network: Network) -> bool:
    result = known.get(page)
    if result is None:
        return False
    longest = network.max_age if result.state is State.ALIVE else min(network.max_age, _NOT_GOOD)
    return timedelta(0) <= network.now - result.at < longest


def _remembered(folder: Folder, network: Network) -> dict[str, LinkResult]:
    """Earlier answers; none, if the file is not there or cannot be read."""
    try:
        document = json.loads(folder.read(network.cache) or b"{}")
        if document.get("version") != _VERSION:
            return {}
        found = [LinkResult.model_validate(one) for one in document["links"]]
        return {one.url: one for one in found if network.now - one.at < _FORGOTTEN}
    except (ValueError, TypeError, AttributeError, KeyError):
        return {}


def _remember(folder: Folder, file: str, results: Mapping[str, LinkResult]) -> None:
    links = [results[url].model_dump(mode="json") for url in sorted(results)]
    text = json.dumps({"version": _VERSION, "links": links}, ensure_ascii=False, indent=1)
    folder.write(file, f"{text}\n".encode())
