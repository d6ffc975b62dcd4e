"""Quotation marks and apostrophes of the front matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.markdown import render
from newsletter.content.quotes import curled
from newsletter.models.issue import Issue
from newsletter.models.items import EventItem, Resource

Read = Callable[[Mapping[str, str | bytes]], Issue]


@pytest.mark.parametrize(
    ("lang", "text", "shown"),
    [
        ("en-GB", "Wren's story", "Wren’s story"),
        ("en-GB", "\"Nobody asked\", the children's words", "“Nobody asked”, the children’s words"),
        ("en-GB", "\"'Quoted' words\" from the '90s", "“‘Quoted’ words” from the ’90s"),
        ("pl", 'Po "polsku"', "Po „polsku”"),
        ("fr", 'Dit "oui"', "Dit «oui»"),
        ("en-GB", "a <b> & 5 -- 6 ... \\'", "a <b> & 5 -- 6 ... \\’"),
        ("en-GB", "Ask o'brien@example.org or https://example.org/it's", "Ask o'brien@example.org or https://example.org/it's"),
        ("en-GB", "See 'https://example.org/a'.", "See ‘https://example.org/a’."),
    ],
)  # fmt: skip
def test_they_are_curled_as_the_language_has_them(lang: str, text: str, shown: str) -> None:
    assert curled(text, lang) == shown


@given(
    st.text("ab '\"s.,!?(-)0", min_size=1, max_size=30).filter(lambda text: text.strip()), st.sampled_from(["en", "de"])
)
def test_only_quotation_marks_change(text: str, lang: str) -> None:
    marks = str.maketrans(dict.fromkeys("'\"“”‘’„", "?"))
    assert curled(text, lang).translate(marks) == text.translate(marks)


@pytest.mark.parametrize("text", ["Wren's \"story\" isn't over", "the '80s, the boys' home: 'so', he \"said\""])
def test_they_are_curled_as_in_a_body(text: str) -> None:
    assert render(text, "a").text == curled(text, "en-GB")


def test_words_are_curled_and_addresses_choices_and_days_are_not(read: Read) -> None:
    issue = read(
        {
            "issue.md": "---\ntitle: Wren's issue\ndate: 26 November 2026\npreheader: It's here\n---\n",
            "10-event.md": "---\ntitle: The children's day\nkind: event\nwhen: 26 November 2026, 9am\n"
            "status: hold-the-date\nvenue: St Mary's\nonline: https://www.example.org/it's\n"
            "links:\n  - title: Wren's page\n    url: https://www.example.org/wren's\n"
            "contact:\n  role: Chair's office\n  email: oneil@example.org\n---\n",
            "20-files.md": "---\ntitle: Files\nkind: resource\nfiles:\n"
            "  - title: Wren's file\n    path: wren's.pdf\n---\n",
            "wren's.pdf": b"%PDF-1.4\n%%EOF\n",
        }
    )
    event, files = (item.front for item in issue.items)
    assert (issue.front.title, issue.front.preheader) == ("Wren’s issue", "It’s here")
    assert isinstance(event, EventItem)
    assert (event.title, event.venue, event.status) == ("The children’s day", "St Mary’s", "hold-the-date")
    assert event.online == "https://www.example.org/it's"
    assert (event.links[0].title, event.links[0].url) == ("Wren’s page", "https://www.example.org/wren's")
    assert (event.contact[0].title, event.contact[0].email) == ("Chair’s office", "oneil@example.org")
    assert isinstance(files, Resource)
    assert (files.files[0].title, files.files[0].path) == ("Wren’s file", "wren's.pdf")


def test_an_item_without_a_language_has_the_marks_of_its_issue(read: Read) -> None:
    issue = read(
        {
            "issue.md": "---\ntitle: Zima\ndate: 26 November 2026\nlang: pl\n---\n",
            "10-a.md": '---\ntitle: Po "polsku"\nsection: \'"Dom"\'\n---\n',
            "20-b.md": '---\ntitle: In "English"\nsection: \'"Dom"\'\nlang: en\n---\n',
        }
    )
    assert [item.front.title for item in issue.items] == ["Po „polsku”", "In “English”"]
    assert {item.front.section for item in issue.items} == {"„Dom”"}
