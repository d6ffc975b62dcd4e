"""What the product says itself, in an issue of another language and with telephone numbers in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.unit.rendering.html_kit import select
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.issue import Issue
from newsletter.rendering.blocks import act_lines
from newsletter.rendering.context import Context
from newsletter.rendering.formats import email, text, web
from newsletter.rendering.formats import print as paper
from newsletter.rendering.templates import Templates

Write = Callable[[Issue], str]
OURS = (
    "What you need to do", "In this issue", "Questions about this issue?", "Worried about a child?",
    "By Friday 4 December 2026", "County Hall, Market Street",
)  # fmt: skip


@pytest.fixture(params=["email", "web", "print"])
def write(request: pytest.FixtureRequest, context_of: Callable[[Issue], Context], templates: Templates) -> Write:
    def made(issue: Issue) -> str:
        context = context_of(issue)
        if request.param == "print":
            return paper.pages(context, templates)[0]
        data: bytes = email.render(context, templates) if request.param == "email" else web.render(context, templates)
        return data.decode()

    return made


@pytest.fixture
def issue(make_issue: MakeIssue, make_item: MakeItem) -> Callable[[str], Issue]:
    def made(lang: str) -> Issue:
        notice = make_item("notice", "خبر", "<p>یہ</p>", what_to_do="یہ کریں", deadline="4 December 2026")
        contact = {"role": "دفتر", "phone": "01632 960001", "hours": "01632 960412"}
        return make_issue([notice], title="خبرنامہ", lang=lang, contact=[contact])

    return made


def nearest(element: HtmlElement) -> tuple[str, str]:
    """The language and direction that hold for an element."""
    around = [element, *element.iterancestors()]
    found = (next((one.get(name) for one in around if one.get(name)), "") for name in ("lang", "dir"))
    return str(next(found)), str(next(found))


def holding(tree: HtmlElement, words: str) -> list[HtmlElement]:
    return select(tree, f'//body//*[text()[contains(., "{words}")]]')


def test_it_says_its_language_and_direction_in_an_issue_of_another(write: Write, issue: Callable[[str], Issue]) -> None:
    tree = lxml_html.document_fromstring(write(issue("ur")))
    for words in OURS:
        assert {nearest(one) for one in holding(tree, words)} == {("en-GB", "ltr")}, words
    assert nearest(holding(tree, "یہ کریں")[0]) == ("ur", "rtl")


def test_it_says_nothing_of_it_where_the_languages_agree(write: Write, issue: Callable[[str], Issue]) -> None:
    tree = lxml_html.document_fromstring(write(issue("en-GB")))
    assert {one.tag for one in select(tree, "//*[@lang]")} <= {"html", "div"}
    assert not select(tree, "//span[@lang] | //p[@lang] | //h2[@lang] | //section[@lang]")


def test_numbers_within_hours_and_sentences_can_be_pressed(write: Write, issue: Callable[[str], Issue]) -> None:
    tree = lxml_html.document_fromstring(write(issue("en-GB")))
    pressed = {link.text_content(): link.get("href") for link in select(tree, '//a[starts-with(@href, "tel:")]')}
    wanted = {"01632 960412": "tel:+441632960412", "01632 960003": "tel:+441632960003", "999": "tel:999"}
    assert wanted.items() <= pressed.items()


def test_what_is_asked_is_said_where_no_sentence_says_it(
    make_issue: MakeIssue, make_item: MakeItem, context_of: Callable[[Issue], Context], templates: Templates
) -> None:
    items = [
        make_item("survey", "Tell us", url="https://www.example.org/s", closes="4 December 2026", act_now=True),
        make_item("event", "Day", when="9 December 2026", book_by="5 December 2026", act_now=True,
                  booking={"url": "https://www.example.org/b"}),
        make_item("event", "Off", when="9 December 2026", book_by="6 December 2026", act_now=True, status="cancelled",
                  booking={"url": "https://www.example.org/b"}),
        make_item("resource", "Files", deadline="7 December 2026",
                  files=[{"title": "A", "url": "https://www.example.org/a.pdf"}]),
    ]  # fmt: skip
    context = context_of(make_issue(items))
    assert [line.text for line in act_lines(context)] == [
        "Take the survey, by Friday 4 December 2026",
        "Book a place, by Saturday 5 December 2026",
        "by Sunday 6 December 2026",
        "Read the document, by Monday 7 December 2026",
    ]
    assert "• Tell us\n  Take the survey, by Friday 4 December 2026" in text.render(context, templates).decode()


WELSH = (
    "Beth mae angen i chi ei wneud", "Yn y rhifyn hwn", "Cwestiynau am y rhifyn hwn?",
    "Erbyn dydd Gwener 4 Rhagfyr 2026", "Dydd Iau 26 Tachwedd 2026",
)  # fmt: skip
ENGLISH = (*OURS[:3], OURS[4], "Thursday 26 November 2026", "Unsubscribe", "Past issues", "Accessibility")


def test_an_issue_in_welsh_is_welsh_throughout(write: Write, issue: Callable[[str], Issue]) -> None:
    page = write(issue("cy"))
    tree = lxml_html.document_fromstring(page)
    for words in WELSH:
        assert {nearest(one)[0] for one in holding(tree, words)} == {"cy"}, words
    assert [words for words in ENGLISH if holding(tree, words)] == []
    assert {nearest(one) for one in holding(tree, "Worried about a child?")} == {("en-GB", "ltr")}, "newsletter.toml's"


def test_the_plain_text_of_an_issue_in_welsh_is_welsh_throughout(
    issue: Callable[[str], Issue], context_of: Callable[[Issue], Context], templates: Templates
) -> None:
    said = text.render(context_of(issue("cy")), templates).decode()
    for words in (*WELSH[:3], "erbyn dydd Gwener 4 Rhagfyr 2026", WELSH[4], "Dad-danysgrifio:"):
        assert words in said
    assert [words for words in ENGLISH if words in said] == []


def test_an_item_in_another_language_has_its_dates_in_it_and_its_button_marked(
    write: Write, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    values = {"url": "https://www.example.org/s", "closes": "4 December 2026"}
    welsh, polish = (make_item("survey", title, lang=lang, **values) for title, lang in (("A", "cy"), ("B", "pl")))
    tree = lxml_html.document_fromstring(write(make_issue([welsh, polish], lang="en-GB")))
    languages = {
        words: [nearest(one)[0] for one in holding(tree, words)]
        for words in ("Yn cau", "Dydd Gwener 4 Rhagfyr 2026", "Cwblhau’r arolwg", "Closes", "Take the survey")
    }
    assert languages == {
        "Yn cau": ["cy"],
        "Dydd Gwener 4 Rhagfyr 2026": ["cy"],
        "Cwblhau’r arolwg": ["cy"],
        "Closes": ["en-GB"],
        "Take the survey": ["en-GB"],
    }


def test_a_contact_of_the_partnership_is_marked_with_its_language(
    write: Write, issue: Callable[[str], Issue], make_issue: MakeIssue, context_of: Callable[[Issue], Context]
) -> None:
    office = context_of(issue("ur")).publication.contacts["office"]
    tree = lxml_html.document_fromstring(write(make_issue([], lang="ur", contact=[office])))
    assert {nearest(one) for one in holding(tree, office.title)} == {("en-GB", "ltr")}
