"""Published pages: what leads out, and what leads nowhere within the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.checks.answers import LinkResult, State
from newsletter.checks.pages import findings, outside, read_page
from newsletter.models.finding import Level

SITE = "https://news.example.org"
FILES = frozenset(
    {"index.html", "404.html", "issues/a/index.html", "issues/a/calendar.ics", "issues/a/files/a b.pdf", "assets/s.css"}
)
TARGET = '<html><body><h1 id="top-story">A</h1><p><a name="old">B</a></p></body></html>'


def faults(html: str, path: str = "issues/a/index.html", site: str = SITE) -> list[str]:
    pages = {"index.html": read_page(TARGET), path: read_page(html)}
    return [one.words for one in findings(pages, FILES, site, {}) if one.file == f"public/{path}"]


@pytest.mark.parametrize(
    "link",
    [
        "../../index.html", "../../index.html#top-story", "../../index.html#old", "../../#top-story", "../..", "/",
        "/index.html", "/issues/a/", "/issues/a", "calendar.ics", "files/a%20b.pdf", "./calendar.ics?v=1", "#main",
        "#top", "#", "https://news.example.org", "https://news.example.org/", "https://news.example.org/issues/a/",
        "http://news.example.org/issues/a/#main", "https://news.example.org.evil.example/", "https://elsewhere.example/x",
        "mailto:a@b.uk", "tel:999", "//elsewhere.example/x",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_left_alone(link: str) -> None:
    assert faults(f'<html><body id="main"><p><a href="{link}">x</a></p></body></html>') == []


@pytest.mark.parametrize(
    "link",
    ["../index.html", "/none.html", "#none", "../../index.html#none", "files/none.pdf", "/issues/b/", "../../../x.html",
     "https://news.example.org/none", "https://news.example.org/#none"],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    assert faults(f'<html><body id="main"><p><a href="{link}">x</a></p></body></html>') == [link]


@pytest.mark.parametrize(
    "html",
    ['<img src="none.png">', '<link rel="stylesheet" href="/assets/none.css">', '<script src="none.js"></script>'],
)
def test_pictures_styles_and_scripts_are_links_too(html: str) -> None:
    assert len(faults(f"<html><head></head><body>{html}</body></html>")) == 1


def test_an_archive_in_a_folder_of_a_site_knows_its_own_pages() -> None:
    html = '<html><body><a href="https://www.example.org/news/issues/a/">x</a><a href="https://www.example.org/other">y</a></body></html>'
    assert faults(html, site="https://www.example.org/news") == []


def test_a_finding_tells_the_page_and_its_line() -> None:
    html = '<html>\n<body>\n<p>\n<a href="none.html">x</a></p></body></html>'
    (found,) = findings({"index.html": read_page(html)}, FILES, SITE, {})
    assert (found.where, found.level, found.code) == ("public/index.html:4", Level.FIX, "NL104")


def test_links_that_lead_out_are_asked_once_and_judged_by_the_answers() -> None:
    html = "".join(
        f'<a href="https://{host}.example/{place}">x</a>'
        for host in ("dead", "slow", "good")
        for place in ("", "#part")
    )
    pages = {"index.html": read_page(f"<html><body>{html}</body></html>")}
    urls = outside(pages, SITE)
    assert urls == ["https://dead.example/", "https://slow.example/", "https://good.example/"]
    states = dict(zip(urls, (State.DEAD, State.DOUBTFUL, State.ALIVE), strict=True))
    now = datetime(2026, 11, 26, tzinfo=UTC)
    answers = {url: LinkResult(url=url, state=state, reason="So it is.", at=now) for url, state in states.items()}
    found = findings(pages, FILES, SITE, answers)
    assert [(one.level, one.words) for one in found] == [
        (Level.FIX, "https://dead.example/"),
        (Level.FIX, "https://dead.example/#part"),
        (Level.ADVICE, "https://slow.example/"),
        (Level.ADVICE, "https://slow.example/#part"),
    ]


@pytest.mark.parametrize(
    "html", ["", " ", "\x00", "<", "<a href=", "<a href='http://['>x</a>", "<a href='//['>x</a>", "<!-- -->"]
)
def test_no_page_breaks_it(html: str) -> None:
    findings({"index.html": read_page(html)}, FILES, SITE, {})
