"""The web copy of a whole issue."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.unit.rendering.facts_kit import said_in, squashed, titles_of, words_of
from tests.unit.rendering.html_kit import body_of, select
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.edition import MERGE_TAGS, NEIGHBOURS_MARK, EditionAsset
from newsletter.models.issue import Issue
from newsletter.rendering.addresses import address
from newsletter.rendering.context import Context
from newsletter.rendering.formats import web
from newsletter.rendering.measure import links_of, text_of
from newsletter.rendering.templates import Templates

HEADINGS = "//main//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
Write = Callable[[Issue], str]
NASTY = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)> \"' & <!-- {{ 7 * 7 }}"


@pytest.fixture
def write(context_of: Callable[[Issue], Context], templates: Templates) -> Write:
    return lambda issue: web.render(context_of(issue), templates).decode()


@pytest.fixture(scope="module")
def page(sample_context: Context, templates: Templates) -> str:
    return web.render(sample_context, templates).decode()


@pytest.fixture(scope="module")
def tree(page: str) -> HtmlElement:
    return parsed(page)


def parsed(page: str) -> HtmlElement:
    return lxml_html.document_fromstring(page)


def meta(tree: HtmlElement, name: str) -> list[str]:
    return [str(element.get("content")) for element in select(tree, f"//meta[@name='{name}' or @property='{name}']")]


def structured(tree: HtmlElement) -> list[dict[str, Any]]:
    [script] = select(tree, "//script")
    return cast("list[dict[str, Any]]", json.loads(script.text_content())["@graph"])


def test_the_page_says_its_language_and_has_landmarks_and_a_way_to_skip(page: str, tree: HtmlElement) -> None:
    assert page.startswith("<!DOCTYPE html>\n")
    assert (tree.get("lang"), tree.get("dir")) == ("en-GB", "ltr")
    assert body_of(tree)[0].get("href") == "#main"
    assert [len(select(tree, f"//{name}")) for name in ("main", "h1")] == [1, 1]
    assert select(tree, "//body/header")
    assert select(tree, "//footer")
    assert all(nav.get("aria-label") or nav.get("aria-labelledby") for nav in select(tree, "//nav"))


def test_headings_start_at_one_and_none_is_skipped(tree: HtmlElement) -> None:
    levels = [int(str(heading.tag)[1]) for heading in select(tree, HEADINGS)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_id_is_used_once_and_every_jump_lands(tree: HtmlElement) -> None:
    ids = [element.get("id") for element in select(tree, "//*[@id]")]
    assert len(ids) == len(set(ids))
    for link in select(tree, "//a[starts-with(@href, '#')]"):
        assert str(link.get("href"))[1:] in ids
    for element in select(tree, "//*[@aria-labelledby]"):
        assert element.get("aria-labelledby") in ids


def test_every_fact_of_every_kind_is_in_it(tree: HtmlElement, sample_context: Context) -> None:
    words = squashed(" ".join(body_of(tree).itertext())).casefold()
    missing = [said for said in said_in(sample_context) if said.casefold() not in words]
    assert missing == []


def test_every_heading_and_every_word_of_the_bodies_is_in_it(tree: HtmlElement, sample_issue: Issue) -> None:
    words = squashed(" ".join(body_of(tree).itertext()))
    assert [title for title in titles_of(sample_issue) if squashed(title) not in words] == []
    for item in sample_issue.items:
        assert words_of(text_of(item.body.html)) <= words_of(words)


def test_every_link_leads_where_it_should(tree: HtmlElement, sample_issue: Issue, sample_context: Context) -> None:
    hrefs = {link.get("href") for link in select(tree, "//a")}
    expected = {address(link, sample_context).web_url for link in links_of(sample_issue)}
    assert expected - hrefs == {"https://www.example.org/old"}  # nobody books a cancelled event


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs(page: str, tree: HtmlElement) -> None:
    for element in select(tree, "//*[@src]") + select(tree, "//link[@rel='stylesheet']"):
        assert not re.match(r"[a-z]+:|//", element.get("src") or element.get("href") or "", re.I)
    assert [script.get("type") for script in select(tree, "//script")] == ["application/ld+json"]
    assert not select(tree, "//*[@style] | //style | //iframe | //form | //base")
    assert not re.search(r"<[^>]+\son\w+=", page)


def test_no_personal_link_and_no_merge_tag_is_in_it(page: str) -> None:
    assert not [tag for tag in MERGE_TAGS.values() if tag in page]
    assert "%%" not in page
    assert "nsubscribe" not in page


def test_the_style_sheet_is_named_by_its_content_and_holds_no_address(templates: Templates, page: str) -> None:
    style = EditionAsset.stylesheet(templates.render("web/style.css"))
    assert f'<link rel="stylesheet" href="../../{style.path}">' in page
    css = style.data.decode()
    assert "url(" not in css
    assert "@import" not in css
    assert "{{" not in css
    assert "prefers-color-scheme" in css
    assert "@media print" in css


def test_pictures_have_sizes_and_captions(tree: HtmlElement) -> None:
    for image in select(tree, "//main//img"):
        assert image.get("alt") is not None
        assert (image.get("width") or "").isdecimal()
        assert (image.get("height") or "").isdecimal()
    assert "In the hall · Picture: NSCP" in [
        squashed(str(caption.text_content())) for caption in select(tree, "//figcaption")
    ]


def test_an_item_in_another_language_says_so_wherever_it_is_named(tree: HtmlElement) -> None:
    [item] = select(tree, "//article[@lang='ur']")
    assert item.get("dir") == "rtl"
    [link] = select(tree, f"//nav[@class='contents']//a[@href='#{item.get('aria-labelledby')}']")
    assert (link.get("lang"), link.get("dir")) == ("ur", "rtl")
    assert select(tree, "//article[@lang='cy']")


def test_search_engines_learn_of_the_issue_and_its_dated_events(tree: HtmlElement) -> None:
    article, *events = structured(tree)
    assert (article["@type"], article["headline"]) == ("NewsArticle", "Winter newsletter")
    assert article["datePublished"] == "2026-11-26"
    assert article["isPartOf"]["issueNumber"] == 12
    by_name = {event["name"]: event for event in events}
    assert set(by_name) == {"Winter conference", "Modern slavery seminar", "Cancelled workshop"}
    conference = by_name["Winter conference"]
    assert conference["startDate"] == "2026-11-26T09:00:00+00:00"
    assert conference["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert by_name["Cancelled workshop"]["eventStatus"] == "https://schema.org/EventCancelled"
    seminar = by_name["Modern slavery seminar"]
    assert (seminar["startDate"], seminar["endDate"]) == ("2027-02-03", "2027-02-05")


def test_shared_links_show_title_words_and_picture(tree: HtmlElement) -> None:
    assert meta(tree, "og:title") == ["Winter newsletter"]
    assert meta(tree, "og:url") == ["https://news.example.org/issues/2026-11-winter/"]
    assert meta(tree, "description") == meta(tree, "og:description")
    assert meta(tree, "og:image")[0].startswith("https://news.example.org/issues/2026-11-winter/images/hall-")
    [canonical] = select(tree, "//link[@rel='canonical']")
    assert canonical.get("href") == "https://news.example.org/issues/2026-11-winter/"
    assert meta(tree, "robots") == []


def test_only_an_unlisted_issue_or_a_draft_asks_not_to_be_found(write: Write, make_issue: MakeIssue) -> None:
    assert meta(parsed(write(make_issue(visibility="unlisted"))), "robots") == ["noindex"]
    assert meta(parsed(write(make_issue(draft=True))), "robots") == ["noindex"]
    assert meta(parsed(write(make_issue())), "robots") == []


def test_a_draft_says_so_at_the_top(write: Write, make_issue: MakeIssue) -> None:
    assert "DRAFT: not for sharing" in write(make_issue(draft=True))
    assert "DRAFT" not in write(make_issue())


def test_a_restricted_issue_is_not_wanted(make_issue: MakeIssue) -> None:
    assert not web.wanted(make_issue(visibility="restricted"))
    assert web.wanted(make_issue(visibility="unlisted"))


def test_hostile_titles_stay_text_everywhere(write: Write, make_issue: MakeIssue, make_item: MakeItem) -> None:
    item = make_item(
        "event", NASTY, when="26 November 2026", venue=NASTY, host=NASTY, summary="x", section=NASTY,
        online="https://www.example.org/?a=</script>", links=[{"title": NASTY, "url": "https://www.example.org/?q=\"'><b>"}],
    )  # fmt: skip
    made = write(make_issue([item], title=NASTY, strapline=NASTY, preheader=NASTY, areas=[NASTY], footer=NASTY))
    tree = parsed(made)
    assert len(select(tree, "//script")) == 1
    assert not select(tree, "//img[@onerror] | //b[not(ancestor::p)]")
    assert tree.findtext("head/title") == f"{NASTY} – Newsletter – Northshire Safeguarding Children Partnership"
    graph = structured(tree)
    assert graph[0]["headline"] == NASTY
    assert graph[1]["location"][0]["name"] == NASTY
    assert "<!--" not in made.replace(NEIGHBOURS_MARK, "")


def test_what_stands_at_the_archive_is_marked_once_and_nothing_else_is_left_open(page: str) -> None:
    assert page.count(NEIGHBOURS_MARK) == 1
    assert '<li><a href="../../index.html">All issues</a></li>' in page


def test_details_stand_where_the_author_wants_them(tree: HtmlElement) -> None:
    [conference] = select(tree, "//article[h3[.='Winter conference']]")
    words = squashed(str(conference.text_content()))
    assert words.index("A day about adolescents.") < words.index("Who it is for") < words.index("Lunch is provided.")


def test_footnotes_stand_at_the_end_of_their_item(tree: HtmlElement) -> None:
    [notes] = select(tree, "//div[@class='notes']")
    parent = notes.getparent()
    assert parent is not None
    assert parent.tag == "article"
    assert notes.getnext() is None


def test_a_hidden_title_still_names_the_item(write: Write, make_issue: MakeIssue, make_item: MakeItem) -> None:
    tree = parsed(write(make_issue([make_item(title="Hidden", html="<h2>Seen</h2>", heading=False)])))
    [item] = select(tree, "//article[@aria-label='Hidden' and @id='hidden']")
    assert [heading.tag for heading in select(item, ".//h2 | .//h3")] == ["h2"]


def test_the_same_issue_gives_the_same_bytes(sample_context: Context, templates: Templates, page: str) -> None:
    assert web.render(sample_context, templates) == page.encode()
