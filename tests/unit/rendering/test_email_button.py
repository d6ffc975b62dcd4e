"""The button, which every client shows: as a link with padding, and as a drawn shape to Outlook on Windows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from tests.unit.rendering.html_kit import body_of, select
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.issue import Issue, Item
from newsletter.rendering.context import Context
from newsletter.rendering.email_button import PADDING_X, PADDING_Y, WIDEST, drawn
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates
from newsletter.rendering.theme import Sizes

# How wide Arial Bold sets the signs from blank to tilde, in thousandths of its size (Adobe: Helvetica-Bold.afm).
ARIAL = [
    278, 333, 474, 556, 556, 889, 722, 278, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 278, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
]  # fmt: skip
FOR_OUTLOOK = re.compile(r"<!--\[if mso\]>(<v:roundrect .*?</v:roundrect>)<!\[endif\]-->", re.S)
FOR_OTHERS = re.compile(r"<!--\[if !mso\]><!-- -->(<a .*?</a>)<!--<!\[endif\]-->", re.S)
BODY = Sizes().body

Render = Callable[[Sequence[Item]], str]


@pytest.fixture(scope="module")
def message(sample_context: Context, templates: Templates) -> str:
    return email.render(sample_context, templates).decode()


@pytest.fixture
def render(make_issue: MakeIssue, context_of: Callable[[Issue], Context], templates: Templates) -> Render:
    return lambda items: email.render(context_of(make_issue(items)), templates).decode()


def values(shape: str) -> dict[str, str]:
    """The attributes of a drawn shape and, under "label", its words."""
    opening, label = shape.partition(">")[0], re.search(r"<center[^>]*>(.*?)</center>", shape, re.S)
    assert label
    return {**{name: unescape(value) for name, value in re.findall(r'([\w:-]+)="([^"]*)"', opening)}, "label": label[1]}


def test_each_button_has_one_form_for_outlook_and_one_for_all_others(message: str) -> None:
    labels = [values(shape)["label"] for shape in FOR_OUTLOOK.findall(message)]
    assert labels == ["Book a place", "Start the course", "Take the survey"]
    assert message.count("<v:roundrect") == message.count('class="p b"') == len(FOR_OTHERS.findall(message)) == 3


def test_both_forms_lead_to_the_same_place_in_the_same_words_and_colours(message: str) -> None:
    for shape, link in zip(FOR_OUTLOOK.findall(message), FOR_OTHERS.findall(message), strict=True):
        drawn_values, other = values(shape), lxml_html.fragment_fromstring(link)
        assert drawn_values["href"] == other.get("href")
        assert drawn_values["label"] == other.text
        assert f"background:{drawn_values['fillcolor']}" in str(other.get("style"))
        ink = re.search(r'<center style="color:(#\w+)', shape)
        assert ink
        assert f"color:{ink[1]}" in str(other.get("style")).split(";")


def test_the_names_that_a_drawn_shape_uses_are_declared(message: str) -> None:
    declared = message.partition("<head>")[0]
    assert 'xmlns:v="urn:schemas-microsoft-com:vml"' in declared
    assert 'xmlns:w="urn:schemas-microsoft-com:office:word"' in declared
    assert message.count("<w:") == message.count("<w:anchorlock/>") == 3
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in message  # else Outlook scales words but not the shape


def test_an_address_and_a_title_cannot_end_the_comment(render: Render, make_item: MakeItem) -> None:
    url = "https://www.example.org/?a=1&b=--%3E--&c=<!--\"'-->"
    message = render([make_item("survey", 'A --> B "C" <b> -- D', url=url, closes="18 December 2026")])
    (shape,), (link,) = FOR_OUTLOOK.findall(message), FOR_OTHERS.findall(message)
    other = lxml_html.fragment_fromstring(link)
    assert values(shape)["href"] == unescape(str(other.get("href")))
    assert other.get("aria-label") == 'Take the survey: A --> B "C" <b> -- D'
    tree = lxml_html.document_fromstring(message)
    assert len(select(tree, '//div[@class="p b"]/a')) == 1
    assert "[endif]" not in str(body_of(tree).text_content())


def test_a_message_without_a_button_draws_nothing(render: Render, make_item: MakeItem) -> None:
    assert "<v:" not in render([make_item(html="<p>Words</p>")])


def words_in_arial(label: str) -> float:
    """Pixels, in the size of the body."""
    return sum(ARIAL[ord(sign) - 32] for sign in label) * BODY.email / 1000


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_no_word_is_cut_off_when_it_is_drawn(label: str) -> None:
    made = drawn(label, BODY)
    assert made.width >= words_in_arial(label) + 2 * PADDING_X
    assert made.height >= BODY.email * BODY.line_height + 2 * PADDING_Y


@pytest.mark.parametrize(
    "label", ["Book a place", "Start the course", "Take the survey", "Respond to the consultation"]
)
def test_a_drawn_button_looks_as_wide_as_the_one_that_others_see(label: str) -> None:
    made = drawn(label, BODY)
    assert made.width <= 1.1 * (words_in_arial(label) + 2 * PADDING_X)
    assert (made.height, made.arc) == (50, "8%")


def test_a_longer_label_never_makes_a_narrower_button() -> None:
    label = "Take the survey about bruising " * 3
    widths = [drawn(label[:end], BODY).width for end in range(1, len(label))]
    assert widths == sorted(widths)
    assert widths[-1] == WIDEST


def test_a_label_too_long_for_a_line_gets_more_lines_and_never_leaves_the_sheet() -> None:
    made = drawn("Tell us what you think about the new pathway " * 4, BODY)
    assert made.width == WIDEST
    assert made.height > 100


def test_other_scripts_get_room_too() -> None:
    assert drawn("登记", BODY).width >= 2 * 17 + 48
    assert drawn("سروے میں حصہ لیں", BODY).width > drawn("Go", BODY).width


def test_a_sheet_full_of_buttons_stays_below_what_gmail_clips(render: Render, make_item: MakeItem) -> None:
    words = f"<p>{'Twenty words of six letters. ' * 24}</p>"
    front = {"closes": "18 December 2026", "minutes": 5}
    items = [make_item("survey", f"Survey {n}", words, url=f"https://www.example.org/{n}", **front) for n in range(25)]
    assert len(render(items).encode()) < 100_000
