"""Which links are asked, what is remembered of the answers and for how long; a real server on loopback answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from tests.unit.checks.conftest import PUBLICATION
from tests.unit.checks.web_kit import LOOPBACK, Web, serving

from newsletter.checks.answers import State
from newsletter.errors import UsageError
from newsletter.pipeline import linkcheck
from newsletter.pipeline.editorial import Desk
from newsletter.pipeline.linkcheck import Network
from newsletter.rendering.render import Renderer

from newsletter.models.publication import Publication  # isort: skip

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_web() -> Iterator[Web]:
    with serving() as web:
        yield web


@pytest.fixture
def web(shared_web: Web) -> Web:
    shared_web.requests.clear()
    return shared_web


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    publication = Publication.model_validate(PUBLICATION)
    return Desk(tmp_path, publication, cast(Renderer, None), never_publish=("Robin Example",))


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return Network(tmp_path / "build", NOW, allow_private=True)


def url(web: Web, path: str) -> str:
    return web.url(path, LOOPBACK)


def test_an_answer_is_remembered_and_not_asked_for_again(web: Web, desk: Desk, network: Network) -> None:
    urls = [url(web, "/status/200"), url(web, "/status/404")]
    first = linkcheck.ask(desk, urls, network)
    assert [first[one].state for one in urls] == [State.ALIVE, State.DEAD]
    asked = len(web.requests)
    assert linkcheck.ask(desk, urls, replace(network, now=NOW + timedelta(minutes=50))) == first
    assert len(web.requests) == asked


def test_a_good_answer_is_believed_for_a_day_and_a_bad_one_for_an_hour(web: Web, desk: Desk, network: Network) -> None:
    urls = [url(web, "/status/200"), url(web, "/status/404")]
    linkcheck.ask(desk, urls, network)
    web.requests.clear()
    linkcheck.ask(desk, urls, replace(network, now=NOW + timedelta(hours=2)))
    assert {path for _, path, _ in web.requests} == {"/status/404"}
    web.requests.clear()
    answers = linkcheck.ask(desk, urls, replace(network, now=NOW + timedelta(hours=25)))
    assert {path for _, path, _ in web.requests} == {"/status/200", "/status/404"}
    assert {one.at for one in answers.values()} == {NOW + timedelta(hours=25)}


def test_with_an_age_of_nothing_everything_is_asked_again(web: Web, desk: Desk, network: Network) -> None:
    for _ in range(2):
        linkcheck.ask(desk, [url(web, "/status/200")], replace(network, max_age=timedelta(0)))
    assert len(web.requests) == 2


def test_answers_from_a_clock_that_was_wrong_are_not_believed(web: Web, desk: Desk, network: Network) -> None:
    linkcheck.ask(desk, [url(web, "/status/200")], replace(network, now=NOW + timedelta(days=400)))
    linkcheck.ask(desk, [url(web, "/status/200")], network)
    assert len(web.requests) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"version": 9}', b'{"version": 1, "links": [{"url": 1}]}', b"\xff",
     b'{"version": 1, "links": 3}',
     b'{"version": 1, "links": [{"url": "x", "state": "alive", "reason": "y", "at": "2026-11-26T10:00:00"}]}'],
)  # fmt: skip
def test_a_cache_that_cannot_be_read_is_made_anew(web: Web, desk: Desk, network: Network, data: bytes) -> None:
    path = network.build / network.cache
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    linkcheck.ask(desk, [url(web, "/status/200")], network)
    assert len(json.loads(path.read_bytes())["links"]) == 1


def test_one_page_is_asked_once_whatever_place_on_it_is_meant(web: Web, desk: Desk, network: Network) -> None:
    linkcheck.ask(desk, [url(web, "/status/200#a"), url(web, "/status/200#b"), "mailto:a@b.uk", "#c"], network)
    assert web.paths() == ["HEAD /status/200"]


def test_an_address_with_a_term_that_must_not_be_published_is_neither_asked_nor_kept(
    web: Web, desk: Desk, network: Network
) -> None:
    hidden, sent_on = url(web, "/status/200?robin-example"), url(web, "/to/302/|status|200?robin-example")
    good = url(web, "/status/200")
    answers = linkcheck.ask(desk, [hidden, sent_on, url(web, "/count/1"), good], network)
    assert hidden not in answers
    assert not any(path == "/status/200?robin-example" and method == "GET" for method, path, _ in web.requests)
    kept = (network.build / network.cache).read_text("utf-8")
    assert "robin" not in kept.lower()
    assert good in kept


def test_this_machine_is_not_asked_unless_it_is_allowed(web: Web, desk: Desk, network: Network) -> None:
    wary = replace(network, allow_private=False)
    linkcheck.ask(desk, [url(web, "/status/200")], network)  # remembered apart
    web.requests.clear()
    answers = linkcheck.ask(desk, [url(web, "/status/200")], wary)
    assert {one.state for one in answers.values()} == {State.REFUSED}
    assert web.requests == []
    assert json.loads((wary.build / wary.cache).read_bytes())["links"] == []


def test_the_links_of_published_pages_are_asked_and_those_within_the_archive_followed(
    web: Web, desk: Desk, network: Network, tmp_path: Path
) -> None:
    public = tmp_path / "public"
    (public / "issues/a").mkdir(parents=True)
    (public / "index.html").write_text('<p><a href="issues/a/">x</a><a href="issues/b/">y</a></p>')
    (public / "issues/a/index.html").write_text(f'<p><a href="{url(web, "/status/410")}">x</a></p>')
    offline = linkcheck.check_archive(desk, public, None)
    assert (offline.pages, offline.answers) == (2, None)
    assert [one.words for one in offline.findings] == ["issues/b/"]
    found = linkcheck.check_archive(desk, public, network)
    assert [(one.where, one.words) for one in found.findings] == [
        ("public/index.html:1", "issues/b/"),
        ("public/issues/a/index.html:1", url(web, "/status/410")),
    ]


@pytest.mark.parametrize("name", ["public", "nothing"])
def test_where_nothing_was_published_it_says_so(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "public").mkdir()
    with pytest.raises(UsageError, match="no archive yet"):
        linkcheck.check_archive(desk, tmp_path / name, None)
