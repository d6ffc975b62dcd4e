"""The email: its structure, what every message must carry, how it reads in the dark, on a phone and aloud."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.unit.rendering.html_kit import body_of, select
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem, build_context_of, picture

from newsletter.models.edition import MERGE_TAGS
from newsletter.models.issue import Issue
from newsletter.models.items import KINDS
from newsletter.models.publication import Publication
from newsletter.rendering.context import Context
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates

ContextOf = Callable[[Issue], Context]


@pytest.fixture(scope="module")
def message(sample_context: Context, templates: Templates) -> str:
    return email.render(sample_context, templates).decode()


@pytest.fixture(scope="module")
def tree(message: str) -> HtmlElement:
    return lxml_html.document_fromstring(message)


@pytest.fixture
def render(context_of: ContextOf, templates: Templates) -> Callable[[Issue], str]:
    return lambda issue: email.render(context_of(issue), templates).decode()


def words(tree: HtmlElement) -> str:
    """What is read, blanks as one."""
    return " ".join(" ".join(body_of(tree).itertext()).split())


def test_the_document_opens_in_standards_mode_and_says_its_language(message: str, tree: HtmlElement) -> None:
    assert message.startswith("<!DOCTYPE html>")
    for element in (tree, body_of(tree)[0]):
        assert (element.get("lang"), element.get("dir")) == ("en-GB", "ltr")
    assert tree.findtext("head/title") == "Newsletter: Winter newsletter"


def test_there_is_one_h1_and_no_heading_level_is_skipped(tree: HtmlElement) -> None:
    levels = [int(str(heading.tag)[1]) for heading in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_item_and_section_is_there_in_order(tree: HtmlElement, sample_issue: Issue) -> None:
    headings = [str(heading.text_content()) for heading in select(tree, "//h2 | //h3 | //h4")]
    titles = [item.front.title for item in sample_issue.items]
    assert [heading for heading in headings if heading in titles] == titles
    assert {"Practice", "What we see", "Learning", "Training and events"} <= set(headings)
    assert {item.kind for item in sample_issue.items} == set(KINDS)


def test_layout_tables_say_so_and_data_tables_have_headers(tree: HtmlElement) -> None:
    for table in tree.iter("table"):
        if table.get("role") != "presentation":
            headers = list(table.iter("th"))
            assert headers
            assert all(header.get("scope") in ("col", "row") for header in headers)


def test_pictures_have_alt_and_size_and_come_from_the_site(tree: HtmlElement) -> None:
    images = list(tree.iter("img"))
    assert len(images) == 5
    for image in images:
        assert image.get("alt") is not None
        assert str(image.get("src")).startswith("https://news.example.org/issues/2026-11-winter/")
        assert int(image.get("width") or 0) <= 592
        assert int(image.get("height") or 0) > 0


def test_a_picture_is_never_shown_larger_than_it_is(tree: HtmlElement) -> None:
    small = next(image for image in tree.iter("img") if image.get("alt") == "A small picture")
    assert (small.get("width"), small.get("height")) == ("200", "100")


def test_wide_pictures_fit_a_phone_even_when_they_are_not_loaded(message: str, tree: HtmlElement) -> None:
    for image in tree.iter("img"):
        assert ("wide" in str(image.get("class")).split()) == (int(image.get("width") or 0) > 288)
        if int(image.get("width") or 0) > 288:
            assert f"max-width:{image.get('width')}px" in image.get("style")
            assert "width:100%" in image.get("style")
    assert ".wide{width:100% !important;max-width:100% !important}" in message


def test_a_title_that_is_not_shown_still_names_its_item(
    render: Callable[[Issue], str], make_issue: MakeIssue, make_item: MakeItem
) -> None:
    item = make_item(title="Quiet title", html="<h2>Inside</h2><p>Words</p>", heading=False)
    tree = lxml_html.document_fromstring(render(make_issue([item], series="briefing")))
    group = select(tree, '//*[@id="quiet-title"]')[0]
    assert (group.get("role"), group.get("aria-label")) == ("group", "Quiet title")
    assert "Quiet title" not in words(tree)
    assert str(select(tree, "//h2")[0].text_content()) == "Inside"


def test_an_item_that_leaves_a_section_is_parted_from_it(
    render: Callable[[Issue], str], make_issue: MakeIssue, make_item: MakeItem
) -> None:
    items = [
        make_item(title="In", section="Practice"),
        make_item(title="Also in", section="Practice"),
        make_item(title="Out"),
    ]
    tree = lxml_html.document_fromstring(render(make_issue(items)))
    rules = [select(tree, f'//*[@id="{slug}"]/ancestor::td[1]')[0].get("class") for slug in ("in", "also-in", "out")]
    assert rules == ["ink opens", "ink item", "ink leaves"]


def test_every_link_has_words_and_leads_somewhere(tree: HtmlElement) -> None:
    for link in tree.iter("a"):
        assert str(link.text_content()).strip()
        assert re.match(r"https://|mailto:|tel:|%%\w+%%$", str(link.get("href"))), link.get("href")
        assert not link.get("href", "").startswith("#")


def test_links_are_underlined_except_on_the_button(tree: HtmlElement) -> None:
    for link in tree.iter("a"):
        button = link.getparent().get("class") == "p b"
        assert ("text-decoration" in str(link.get("style"))) == button


def test_nothing_is_fetched_but_the_pictures_of_the_issue(message: str, tree: HtmlElement) -> None:
    assert not list(tree.iter("script", "link", "iframe", "form", "object", "embed", "video", "svg"))
    assert "@import" not in message
    assert "@font-face" not in message
    assert not re.search(r"url\(", message)
    assert not re.search(r"\son\w+=", message)
    fetched = {str(element.get("src")) for element in tree.iter() if element.get("src")}
    assert all(address.startswith("https://news.example.org/") for address in fetched)


def test_every_message_carries_what_the_law_and_the_reader_want(tree: HtmlElement) -> None:
    text = words(tree)
    hrefs = {str(link.get("href")): str(link.text_content()) for link in tree.iter("a")}
    assert hrefs["%%unsubscribe_url%%"] == "Unsubscribe"
    assert hrefs["%%preferences_url%%"] == "Update your preferences"
    assert "%%audience%%" in text
    assert hrefs["https://news.example.org/issues/2026-11-winter/"] == "View this email in your browser"
    assert hrefs["https://news.example.org/"] == "Past issues"
    assert {"https://www.example.org/privacy", "https://www.example.org/accessibility"} <= set(hrefs)
    assert "County Hall, Market Street, Northshire NS1 1AA" in text
    assert "Please do not use the unsubscribe link" in text
    assert "Please do not reply with details of a child" in text
    assert "@northshire" in text


def test_merge_tags_stand_exactly_as_they_are_replaced(message: str) -> None:
    for tag in MERGE_TAGS.values():
        assert message.count(tag) == 1
    assert f'href="{MERGE_TAGS["unsubscribe_url"]}"' in message
    assert not re.search(r"\{\{|\{%|\u27e6", message)


def test_what_to_do_stands_first_with_what_and_by_when(tree: HtmlElement) -> None:
    text = words(tree)
    start = text.index("What you need to do")
    assert start < text.index("In this issue")
    block = text[start : text.index("In this issue")]
    assert "Use the new form for every referral from 1 December 2026." in block
    assert block.index("By Tuesday 1 December 2026") < block.index("By Friday 18 December 2026")


def test_the_contents_lead_to_the_web_copy_since_jump_links_fail_in_mail(tree: HtmlElement) -> None:
    contents = select(tree, '//h2[.="In this issue"]/following-sibling::ul')[0]
    links = [(str(link.text_content()), str(link.get("href"))) for link in contents.iter("a")]
    assert (
        "From the chair",
        "https://news.example.org/issues/2026-11-winter/#message-from-the-independent-chair",
    ) in links
    assert [title for title, _ in links][:4] == [
        "From the chair", "Practice", "New pathway for exploitation concerns", "What we see",
    ]  # fmt: skip


def test_whom_to_ring_stands_before_the_footer_with_a_number_to_tap(tree: HtmlElement) -> None:
    text = words(tree)
    assert text.index("Worried about a child?") < text.index("Unsubscribe")
    assert tree.xpath('//a[@href="tel:+441632960002" and text()="01632 960002"]')


def test_each_kind_says_all_that_its_fields_say(tree: HtmlElement) -> None:
    text = words(tree)
    for said in (
        "9am to 2pm", "Town Hall, Market Street", "www.example.org/join", "Book by Thursday 19 November 2026",
        "Robin Hale, Police; Jo Field, Health", "Programme 9am Opening", "11am Workshops", "Hold the date",
        "To Friday 5 February 2027", "Booking opens in January 2027", "Cancelled", "Available at any time",
        "Closes Friday 18 December 2026", "Takes about 5 minutes", "Medium and high", "refer@example.org",
        "Young people can ring themselves.", "Poster (PDF, 224 KB), for waiting rooms, in English",
        "Ulotka (PDF), in Polish", "Content note This item is about the death of a child.", "Local review",
        "Published October 2026", "Neglect; Professional curiosity", "Not the real name", "Questions for your team",
        "What would make us act sooner?", "Read the report (PDF, 224 KB)", "Alex Morgan",
        "Replaces The pathway of 2022",
        "1 Earlier help. Ask at the first meeting.", "Sam Rivers", "The autumn conference", "Picture: NSCP",
    ):  # fmt: skip
        assert said in text, said


def test_a_cancelled_event_offers_no_booking(message: str) -> None:
    assert "https://www.example.org/old" not in message


def test_a_content_note_stands_before_the_words_it_is_about(tree: HtmlElement) -> None:
    text = words(tree)
    assert text.index("This item is about the death") < text.index("What happened and what was learnt.")


def test_details_stand_where_the_author_put_them(tree: HtmlElement) -> None:
    text = words(tree)
    assert text.index("A day about adolescents.") < text.index("Book a place") < text.index("Lunch is provided.")
    assert "details-here" not in lxml_html.tostring(tree, encoding="unicode")


def test_a_button_says_what_it_is_about_when_read_alone(tree: HtmlElement) -> None:
    labels = [str(link.get("aria-label")) for link in tree.iter("a") if link.get("aria-label")]
    assert labels == [
        "Book a place: Winter conference",
        "Start the course: Online course",
        "Take the survey: Practitioner survey",
    ]


def test_items_in_another_language_say_so_and_run_their_way(tree: HtmlElement) -> None:
    urdu = select(tree, '//*[@id="بچوں-کا-تحفظ"]/..')[0]
    assert (urdu.get("lang"), urdu.get("dir")) == ("ur", "rtl")
    assert "text-align:right" in str(urdu.get("style"))
    welsh = select(tree, '//*[@id="diogelu-plant"]/..')[0]
    assert (welsh.get("lang"), welsh.get("dir")) == ("cy", "ltr")


def test_an_issue_written_from_right_to_left_is_laid_out_that_way(
    render: Callable[[Issue], str], make_issue: MakeIssue, make_item: MakeItem
) -> None:
    tree = lxml_html.document_fromstring(render(make_issue([make_item(html="<ul><li>الف</li></ul>")], lang="ur")))
    assert (tree.get("lang"), tree.get("dir")) == ("ur", "rtl")
    assert "padding:0 24px 0 0" in str(select(tree, "//ul[not(@role)]")[0].get("style"))
    assert "text-align:right" in lxml_html.tostring(tree, encoding="unicode")


def test_a_restricted_issue_points_to_no_web_copy_and_carries_its_pictures(
    render: Callable[[Issue], str], make_issue: MakeIssue, make_item: MakeItem
) -> None:
    item = make_item(html="<p><a href='files/a.pdf'>The paper</a></p><p><img src='images/a.png' alt='A'></p>")
    asset = picture("images/a.png", 100, 50)
    paper = asset.model_copy(update={"path": "files/a.pdf", "media_type": "application/pdf"})
    message = render(make_issue([item], assets={a.path: a for a in (asset, paper)}, visibility="restricted"))
    assert "news.example.org" not in message
    assert "View this email" not in message
    assert re.search(r'src="cid:[0-9a-f]{8}\.a@newsletter\.invalid"', message)
    assert "The paper (PDF, 1 KB, attached to this message)" in words(lxml_html.document_fromstring(message))
    assert MERGE_TAGS["unsubscribe_url"] in message


def test_a_draft_says_that_it_is_one(render: Callable[[Issue], str], make_issue: MakeIssue) -> None:
    assert "DRAFT" in render(make_issue(draft=True))
    assert "DRAFT" not in render(make_issue())


def test_inboxes_get_the_preheader_or_the_first_words(
    render: Callable[[Issue], str], make_issue: MakeIssue, tree: HtmlElement
) -> None:
    hidden = body_of(tree)[0][0]
    assert str(hidden.text_content()).startswith("A new exploitation pathway, three training dates")
    assert "display:none" in str(hidden.get("style"))
    other = lxml_html.document_fromstring(render(make_issue(body="<p>Opening words</p>")))
    assert str(body_of(other)[0][0].text_content()).startswith("Opening words")


def test_an_issue_of_almost_nothing_renders(render: Callable[[Issue], str], make_issue: MakeIssue) -> None:
    tree = lxml_html.document_fromstring(render(make_issue(title="Nothing")))
    assert [heading.text for heading in tree.iter("h1")] == ["Nothing"]
    assert "What you need to do" not in words(tree)
    assert "In this issue" not in words(tree)


def test_the_same_issue_gives_the_same_bytes(message: str, sample_context: Context, templates: Templates) -> None:
    assert email.render(sample_context, templates).decode() == message


def test_another_process_gives_the_same_bytes(message: str) -> None:
    code = (
        "import hashlib;from newsletter.rendering.formats import email;"
        "from newsletter.rendering.templates import Templates;"
        "from tests.unit.rendering import issue_kit as kit;from tests.unit.rendering.sample_kit import build_sample;"
        "publication=kit.build_publication();issue=build_sample(kit.issue_builder(publication));"
        "context=kit.build_context_of(publication)(issue);"
        "print(hashlib.sha256(email.render(context,Templates([kit.TEMPLATES],publication))).hexdigest())"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=environment, timeout=60, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(message.encode()).hexdigest()


def test_a_theme_colour_reaches_the_email(publication: Publication, sample_issue: Issue, templates: Templates) -> None:
    theme = publication.theme.model_copy(update={"accent": "#00703c"})
    green = publication.model_copy(update={"theme": theme})
    message = email.render(build_context_of(green)(sample_issue), templates).decode()
    assert "#00703c" in message
    assert "#1d70b8" not in message
