"""What rules see of an issue: passages, links and pictures, each with the line it stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from newsletter.checks import Subject
from newsletter.checks.contacts import emails, has_address, national, phones
from newsletter.checks.lines import LineMap
from newsletter.checks.links import host, is_vague, target
from newsletter.checks.reading import count_words, reading_age, sentences, syllables
from newsletter.checks.rendered import parse, same, words_of
from newsletter.checks.spelling import one_slip
from newsletter.checks.terms import found_in, mask
from newsletter.checks.text import around, shorten

Make = Callable[[dict[str, Any]], Subject]

BODY = """\
Start [here](https://www.example.org/a) and read
on **bold** words, then [here](https://www.example.org/b).

- first entry
- second entry with a [link](https://www.example.org/c)

| Day | Place |
| --- | ----- |
| Mon | Hall  |

!!! note "Mind"
    The note[^1] says so.

> A quote.
> -- Working Together 2023

[![Map](images/map.png)](https://www.example.org/map)

[^1]: The footnote, read last.
"""


@pytest.fixture
def body(subject_of: Make) -> Subject:
    return subject_of({"body": BODY, "pictures": {"images/map.png": [4, 4]}})


def test_every_passage_knows_its_role_and_line(body: Subject) -> None:
    found = [(passage.role, passage.text, passage.place().line) for passage in body.pieces[1].body]
    assert found == [
        ("p", "Start here and read on bold words, then here.", 4),
        ("li", "first entry", 7),
        ("li", "second entry with a link", 8),
        ("th", "Day", 10),
        ("th", "Place", 10),
        ("td", "Mon", 12),
        ("td", "Hall", 12),
        ("p", "Mind", 14),
        ("p", "The note says so.", 15),
        ("blockquote", "A quote.", 17),
        ("blockquote", "– Working Together 2023", 18),
        ("li", "The footnote, read last.", 22),
    ]


def test_a_word_knows_its_own_line_and_not_only_that_of_its_paragraph(body: Subject) -> None:
    paragraph = body.pieces[1].body[0]
    assert paragraph.place(paragraph.text.index("read")) == (4, 45)
    assert paragraph.place(paragraph.text.index("bold")) == (5, 6)


def test_the_same_link_text_twice_has_two_lines(body: Subject) -> None:
    found = [(link.text, link.url, link.place, link.words_place) for link in body.pieces[1].links]
    assert found == [
        ("here", "https://www.example.org/a", (4, 14), (4, 8)),
        ("here", "https://www.example.org/b", (5, 32), (5, 26)),
        ("link", "https://www.example.org/c", (8, 30), (8, 24)),
        ("", "https://www.example.org/map", (20, 26), (20, 26)),
    ]


def test_a_linked_picture_knows_where_it_leads(body: Subject) -> None:
    (image,) = body.pieces[1].images
    assert (image.src, image.alt, image.place.line, image.link) == (
        "images/map.png",
        "Map",
        20,
        "https://www.example.org/map",
    )


def test_fields_that_are_not_printed_are_no_passages(subject_of: Make) -> None:
    front = "source: { contributor: Somebody }\nignore: { NL102: Reason }\nsummary: Short\n"
    front += "links: [{ title: A page, url: 'https://a.uk' }]\n"
    fields = {passage.role: passage.text for passage in subject_of({"front": front}).pieces[1].fields}
    assert fields == {"title": "An item", "summary": "Short", "links.0.title": "A page"}


def test_words_in_another_order_than_the_source_do_not_lose_the_rest() -> None:
    source = LineMap("one two three\nfour five six\nseven eight", 10)
    assert source.locate(["four", "five", "six"]) == [(11, 1), (11, 6), (11, 11)]
    assert source.locate(["one", "two"]) == [(10, 1), (10, 5)]
    assert source.locate(["seven", "eight"]) == [(12, 1), (12, 7)]
    assert source.locate(["unknown"]) == [(12, 0)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("Ask Dr. Jones, e.g. Tuesday. Then go.", ["Ask Dr. Jones, e.g. Tuesday.", "Then go."]),
        ("It cost 3.50 at 9.30am. Fine", ["It cost 3.50 at 9.30am.", "Fine"]),
        ("“It is.” She said so.", ["“It is.”", "She said so."]),
        ("A line\nanother line", ["A line", "another line"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_addresses_are_no_words() -> None:
    assert count_words("Write to training@example.org or see https://www.example.org/a, e.g. now") == 6


@pytest.mark.parametrize(
    ("word", "count"), [("child", 1), ("safeguarding", 4), ("the", 1), ("table", 2), ("asked", 1), ("added", 2)]
)
def test_syllables_are_counted_well_enough(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_reading_age_needs_a_hundred_words_and_rises_with_length() -> None:
    easy, hard = (
        "The cat sat on the mat. " * 20,
        "Organisational considerations notwithstanding, collaboration proliferates. " * 30,
    )
    assert reading_age(["Too short to tell."]) is None
    assert (reading_age([easy]) or 99) < 8 < 18 < (reading_age([hard]) or 0)


def test_addresses_are_found_in_running_text() -> None:
    assert [found[0] for found in emails("(sam.o'brien@nhs.net), 'a@b.uk' or x@y")] == ["sam.o'brien@nhs.net", "a@b.uk"]
    assert [phone.written for phone in phones("Ring 01632 960001 or +44 (0)20 7946 0000; 0900-1700.")] == [
        "01632 960001",
        "+44 (0)20 7946 0000",
    ]
    assert national("+44 (0)20 7946 0000") == "02079460000"


@pytest.mark.parametrize(
    "text", ["ring 999", "text SHOUT to 85258", "www.example.org", "nspcc.org.uk/pants", "a@b.uk", "0800 1111"]
)
def test_a_text_with_an_address_can_be_acted_on(text: str) -> None:
    assert has_address(text)


@pytest.mark.parametrize(
    "text", ["in 2026", "section 47", "GOV.UKs", "9am to 5pm", "e.g. this", "page 101a", "Charity no. 0216401"]
)
def test_numbers_and_full_stops_alone_are_no_address(text: str) -> None:
    assert not has_address(text)


@pytest.mark.parametrize(
    "text", ["here", "Click here.", "read more", "More information", "this link", "Our website", "»Find out more«"]
)
def test_a_vague_link_text_is_known(text: str) -> None:
    assert is_vague(text)


@pytest.mark.parametrize(
    "text",
    ["", "…", "Read the annual report", "More about the pathway", "Here and now", "Page 3", "Website of the panel"],
)
def test_a_telling_link_text_is_left_alone(text: str) -> None:
    assert not is_vague(text)


def test_two_spellings_of_one_address_are_one_target() -> None:
    assert target("https://www.Example.org/a/") == target("http://example.org/a")
    assert target("https://example.org/a?b=1") != target("https://example.org/a")
    assert host("https://[broken") == host("mailto:a@b.uk") == ""


@pytest.mark.parametrize(
    ("written", "meant", "close"),
    [("alife", "alfie", True), ("safequarding", "safeguarding", True), ("tean", "team", True), ("tem", "team", True),
     ("teams", "team", True), ("team", "team", False), ("meat", "team", False), ("", "ab", False)],
)  # fmt: skip
def test_one_slip_of_the_finger_is_known(written: str, meant: str, close: bool) -> None:
    assert one_slip(written, meant) is one_slip(meant, written) is close


@pytest.mark.parametrize(
    "text",
    [
        "SAM SMITH",
        "Sám-smith's",
        "a/SamSmith.jpg",
        "sam%20smith",
        "sam_smith1? no: sam_smith.png",
        "S\u00adam Smith",
        "sam\nsmith",
        "samsmith2.jpg",
        "a night out by samsmith",
    ],
)
def test_a_term_is_found_in_any_spelling_and_masked(text: str) -> None:
    terms = ("Nobody Else", "Sam Smith")
    assert list(found_in(text, terms)) == [2]
    assert "smith" not in mask(text, terms).lower()
    assert "[term 2]" in mask(text, terms)


@pytest.mark.parametrize("text", ["943 476 5919", "943-476-5919", "9434765919"])
def test_a_number_is_found_however_it_is_spaced(text: str) -> None:
    assert list(found_in(text, ("943 476 5919",))) == list(found_in(text, ("9434765919",))) == [1]
    assert mask(text, ("943 476 5919",)) == "[term 1]"


@pytest.mark.parametrize("text", ["Samantha Smith", "sams mith", "", "smith sam"])
def test_other_words_are_no_term(text: str) -> None:
    assert not list(found_in(text, ("Sam Smith", "", "-")))
    assert mask(text, ("Sam Smith", "", "-")) == text


def test_what_is_quoted_is_cut_where_a_word_ends() -> None:
    text = "word " * 40
    assert len(shorten(text)) <= 90
    assert shorten(text).endswith("word…")
    assert around("one two three four five six", 8, 13, 2) == "…two three four…"


def test_words_of_a_document_leave_styles_out() -> None:
    tree = parse("<html><head><title>T</title><style>p{}</style></head><body><p>One</p><p>Two</p></body></html>")
    assert tree is not None
    assert words_of(tree) == "One Two"
    assert parse("  ") is None
    assert same("What’s  NEW — now\u00ad") == same("what's new - now")
