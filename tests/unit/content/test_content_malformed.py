"""Issues as people get them wrong: what each is told, with the file and the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from newsletter.errors import Problem

Problems = Callable[[Mapping[str, str | bytes]], tuple[Problem, ...]]
WORDS = "---\ntitle: News\n---\nWords.\n"


def item(fields: str, body: str = "Words.") -> dict[str, str | bytes]:
    """One item; its title stands in line 2, `fields` start in line 3."""
    return {"10-news.md": f"---\ntitle: News\n{fields}\n---\n{body}\n"}


def issue(fields: str) -> dict[str, str | bytes]:
    """An issue.md; title and date stand in lines 2 and 3, `fields` start in line 4."""
    return {"issue.md": f"---\ntitle: Winter\ndate: 26 November 2026\n{fields}\n---\n", "10-news.md": WORDS}


# What is wrong: the files, where it is reported (file:line), and words that the message must have.
MALFORMED: dict[str, tuple[dict[str, str | bytes], str, tuple[str, ...]]] = {
    # front matter
    "no front matter": ({"10-news.md": "Words.\n"}, "10-news.md:1", ("front matter is missing", "---", "title:")),
    "nothing at all": ({"10-news.md": ""}, "10-news.md:1", ("front matter is missing",)),
    "closing line forgotten": ({"10-news.md": "---\ntitle: News\n\nWords.\n"}, "10-news.md:4", ("never ends", "---")),
    "only a start": ({"10-news.md": "---\ntitle: News\n"}, "10-news.md:1", ("never ends",)),
    "no title": ({"10-news.md": "---\nkind: article\n---\n"}, "10-news.md:1", ("'title' is missing", "title:")),
    "empty title": ({"10-news.md": "---\ntitle:\n---\n"}, "10-news.md:2", ("title is empty",)),
    "colon in a value": (item("summary: Winter: news"), "10-news.md:3", ("colon", 'summary: "Winter: news"')),
    "hashtag as a value": (item("summary: #Saysomething"), "10-news.md:3", ("#Saysomething", "comment", "quotes")),
    "hashtag in a value": (item("summary: Talk about #Saysomething"), "10-news.md:3", ("#Saysomething", "quotes")),
    "no blank after the colon": ({"10-news.md": "---\ntitle:News\n---\n"}, "10-news.md:2", ("space after the colon",)),
    "line that is no field": (item("just words\nsummary: x"), "10-news.md:3", ("'just words' is not a field",)),
    "tab before a field": (item("source:\n\tagency: Police"), "10-news.md:4", ("tab", "spaces")),
    "field too deep": (item("summary: x\n  deadline: y"), "10-news.md:4", ("deeper", "spaces")),
    "uneven list": (item("tags:\n  - one\n - two"), "10-news.md:5", ("does not fit",)),
    "open quote": (item('summary: "Winter'), "10-news.md:3", ("quotation mark", "never closed")),
    "words after a quote": (item('summary: "Winter" news'), "10-news.md:3", ("after the closing quotation mark",)),
    "open bracket": (item("tags: [one, two"), "10-news.md:3", ("bracket", "never closed")),
    "reserved sign": (item("summary: @nscp"), "10-news.md:3", ("@nscp", 'quotes: "@nscp"')),
    "field twice": (item("summary: one\nsummary: two"), "10-news.md:4", ("'summary'", "second time", "line 3")),
    "anchor": (item("tags: &t [a]\nareas: *t"), "10-news.md:3", ("&", "quotes")),
    "alias": (item("summary: *important*"), "10-news.md:3", ("*important*", "quotes")),
    "tag": (item("summary: !!python/object x"), "10-news.md:3", ("!", "quotes")),
    "merge key": (item("<<: x"), "10-news.md:3", ("'<<' is not a field",)),
    "top level is a list": ({"10-news.md": "---\n- title\n---\n"}, "10-news.md:2", ("not made of fields",)),
    "two documents": (item("--- more\nsummary: x"), "10-news.md:3", ("second document",)),
    "nested too deep": (item("tags: " + "[" * 30 + "]" * 30), "10-news.md:3", ("nested", "levels")),
    "brackets as text": ({"10-news.md": "---\ntitle: [insert title]\n---\n"}, "10-news.md:2", ("not a list", "quotes")),
    # fields
    "unknown field": (item("sumary: x"), "10-news.md:3", ("'sumary'", "Did you mean 'summary'?")),
    "capital field": (item("Summary: x"), "10-news.md:3", ("'Summary'", "Did you mean 'summary'?")),
    "field with a blank": (item("content note: x"), "10-news.md:3", ("Did you mean 'content_note'?",)),
    "field of another kind": (item("when: 26 November 2026"), "10-news.md:3", ("'when'", "kind: event")),
    "field of items in issue.md": (issue("kind: event"), "issue.md:4", ("'kind'",)),
    "venue in issue.md": (issue("venue: Hall"), "issue.md:4", ("field of items",)),
    "unknown nested field": (
        item("image:\n  src: images/a.png\n  atl: A hall"),
        "10-news.md:5",
        ("image: atl", "Did you mean 'alt'?"),
    ),
    "unknown field in a list": (
        item("links:\n  - title: One\n    url: https://example.org\n  - titel: Two\n    url: https://example.org"),
        "10-news.md:6",
        ("links (number 2): titel", "Did you mean 'title'?"),
    ),
    "missing field in a list": (item("links:\n  - title: One"), "10-news.md:4", ("links (number 1): url", "missing")),
    "text for a group": (item("image: images/a.png"), "10-news.md:3", ("several named values", "src")),
    "text for a list of links": (item("links: https://example.org"), "10-news.md:3", ("list", "hyphen")),
    "colon in a list": (item("tags:\n  - Chair: Jo Bell"), "10-news.md:4", ("colon", '"Chair: Jo Bell"')),
    "unknown kind": (item("kind: evnt"), "10-news.md:3", ("'evnt' is not a kind", "Did you mean 'event'?")),
    "kind is a list": (item("kind: [event]"), "10-news.md:3", ("kind",)),
    "unknown value": (
        item("kind: event\nwhen: 26 November 2026\nstatus: hold the date"),
        "10-news.md:5",
        ("'hold the date'", "Did you mean 'hold-the-date'?"),
    ),
    "not a whole number": (issue("number: three"), "issue.md:4", ("number", "'three'", "whole number")),
    "number too small": (issue("number: 0"), "issue.md:4", ("number", "1 or more")),
    "contents out of range": (issue("contents: 3"), "issue.md:4", ("contents", "'3'", "0, 1, 2")),
    "neither true nor false": (item("act_now: perhaps"), "10-news.md:3", ("'perhaps'", "true or false")),
    "summary too long": (item("summary: " + "word " * 41), "10-news.md:3", ("41 words", "40")),
    "unknown visibility": (issue("visibility: hidden"), "issue.md:4", ("public, unlisted, restricted",)),
    # dates
    "wrong weekday": (
        item("deadline: Thursday 27 November 2026"),
        "10-news.md:3",
        ("is a Friday", "Did you mean Thursday 26 November 2026?"),
    ),
    "impossible day": (item("deadline: 31 November 2026"), "10-news.md:3", ("not a day in the calendar",)),
    "two ways to read": (item("deadline: 16/4/20"), "10-news.md:3", ("more than one way", "26 November 2026")),
    "no year": (item("deadline: 14 October"), "10-news.md:3", ("no year",)),
    "relative": (item("deadline: next week"), "10-news.md:3", ("not a date",)),
    "date is a list": (item("deadline: [1, 2]"), "10-news.md:3", ("deadline", "date is expected")),
    "event without a date": (item("kind: event"), "10-news.md:3", ("needs when", "to-be-announced")),
    "time turned round": (
        item("kind: event\nwhen: 26 November 2026, 2pm to 9am"),
        "10-news.md:4",
        ("ends before it starts",),
    ),
    "end before start": (
        item("kind: event\nwhen: 26 November 2026\nends: 20 November 2026"),
        "10-news.md:5",
        ("ends before it starts",),
    ),
    "embargo in the lost hour": (issue("embargo_until: 29 March 2026 1.30am"), "issue.md:4", ("clocks go forward",)),
    "session without when": (
        item("kind: event\nwhen: 26 November 2026\nsessions:\n  - title: Morning"),
        "10-news.md:6",
        ("sessions (number 1): when", "missing"),
    ),
    # kinds
    "message from nobody": (item("kind: message"), "10-news.md:3", ("author or a role",)),
    "notice without what to do": (item("kind: notice"), "10-news.md:1", ("'what_to_do' is missing",)),
    "survey without closing date": (item("kind: survey\nurl: https://example.org"), "10-news.md:1", ("'closes'",)),
    "resource without files": (item("kind: resource"), "10-news.md:1", ("'files'",)),
    "file in two places": (
        item("kind: resource\nfiles:\n  - title: Poster\n    url: https://example.org/a.pdf\n    path: files/a.pdf"),
        "10-news.md:5",
        ("either a url or a path",),
    ),
    "booking by phone": (
        item("kind: event\nwhen: 26 November 2026\nbooking:\n  phone: 01632 960001"),
        "10-news.md:6",
        ("booking: phone", "email, opens, url"),
    ),
    "key messages without a list": (item("kind: key-messages"), "10-news.md:3", ("numbered list",)),
    # what newsletter.toml knows
    "unknown audience": (
        issue("audiences: [practitioner]"),
        "issue.md:4",
        ("no audience 'practitioner'", "Did you mean 'practitioners'?"),
    ),
    "second audience unknown": (
        issue("audiences:\n  - practitioners\n  - everyone"),
        "issue.md:6",
        ("no audience 'everyone'",),
    ),
    "unknown contact": (item("contact: trainning"), "10-news.md:3", ("no contact 'trainning'", "'training'?")),
    "contact without a role": (item("contact:\n  name: Jo Bell"), "10-news.md:3", ("role or a team",)),
    "contact's email": (
        item("contact:\n  role: Team\n  email: nobody"),
        "10-news.md:5",
        ("contact: email", "'nobody' is not an email address"),
    ),
    "second contact's email": (
        item("contact:\n  - training\n  - role: Team\n    email: nobody"),
        "10-news.md:6",
        ("contact (number 2): email",),
    ),
    "corrects nothing": (issue("corrects: issues/2026-11-wintr"), "issue.md:4", ("2026-11-wintr", "Did you mean")),
    "language by name": (item("lang: Welsh"), "10-news.md:3", ("'Welsh'", "Write cy")),
    "language that is none": (issue("lang: the usual"), "issue.md:4", ("language tag", "en-GB")),
    # addresses
    "javascript link": (item("links:\n  - {title: x, url: 'javascript:alert(1)'}"), "10-news.md:4", ("javascript:",)),
    "javascript in the text": (item("", "Words.\n\n[x](javascript:alert(1))"), "10-news.md:7", ("javascript:",)),
    "no https": (item("kind: survey\ncloses: 1 May 2026\nurl: www.example.org/a"), "10-news.md:5", ("https://www.example",)),
    "words for an address": (
        item("kind: event\nwhen: 1 May 2026\nonline: Microsoft Teams"),
        "10-news.md:5",
        ("online: 'Microsoft Teams' is not a web address",),
    ),
    "picture that is none": (item("image: {src: 'mailto:jo@example.org'}"), "10-news.md:3", ("not a picture",)),
    "email as a link": (item("", "[write](jo@example.org)"), "10-news.md:5", ("mailto:jo@example.org",)),
    "link without address": (item("", "Words\n\n[click]()"), "10-news.md:7", ("no address",)),
    "drive letter": (item("", "[flyer](C:\\files\\flyer.pdf)"), "10-news.md:5", ("this computer",)),
    "shared drive": (item("", "[flyer](<\\\\server\\flyer.pdf>)"), "10-news.md:5", ("this computer",)),
    "file address": (item("", "[flyer](file:///c/flyer.pdf)"), "10-news.md:5", ("this computer",)),
    "no host": (item("report_url: x\nkind: article"), "10-news.md:3", ("'report_url'", "review")),
    "anchor that is not there": (item("", "[see](#newz)"), "10-news.md:5", ("#newz", "Did you mean 'news'?")),
    # files
    "missing picture": (item("image:\n  src: images/hall.png"), "10-news.md:4", ("image: src", "no file")),
    "picture outside": (item("image:\n  src: ../../secret.png"), "10-news.md:4", ("out of the issue's folder",)),
    "absolute picture": (item("image:\n  src: /etc/passwd"), "10-news.md:4", ("this computer",)),
    "backslashes": (item("image:\n  src: images\\hall.png"), "10-news.md:4", ("backslashes", "images/hall.png")),
    "picture in the text": (item("", "Words\n\n![A hall](images/hall.png)"), "10-news.md:7", ("images/hall.png",)),
    "pasted picture": (item("", "![x](data:image/png;base64,AAAA)"), "10-news.md:5", ("pasted",)),
    "broken picture": ({"images/a.png": b"none", **item("image: {src: images/a.png}")}, "10-news.md:3", ("broken",)),
    "vector picture": ({"images/a.svg": b"<svg>", **item("image: {src: images/a.svg}")}, "10-news.md:3", ("as PNG",)),
    "other capitals": (
        {"images/Hall.PNG": b"x", **item("image: {src: images/hall.png}")},
        "10-news.md:3",
        ("images/Hall.PNG", "capitals"),
    ),
    "close name": (
        {"files/leaflet.pdf": b"%PDF", **item("", "[x](files/leaflett.pdf)")},
        "10-news.md:5",
        ("Did you mean 'files/leaflet.pdf'?",),
    ),
    "document as picture": (
        {"files/a.pdf": b"%PDF", **item("image: {src: files/a.pdf}")},
        "10-news.md:3",
        ("not a picture",),
    ),
    "program": ({"files/a.exe": b"MZ", **item("", "[x](files/a.exe)")}, "10-news.md:5", ("not published", "pdf")),
    "empty file": ({"files/a.pdf": b"", **item("", "[x](files/a.pdf)")}, "10-news.md:5", ("is empty",)),
    "no real PDF": ({"files/a.pdf": b"<html>", **item("", "[x](files/a.pdf)")}, "10-news.md:5", ("not really a PDF",)),
    "item's own file": (item("", "[x](10-news.md)"), "10-news.md:5", ("Another item",)),
    # words
    "merge tag": (item("", "Words %%unsubscribe_url%%"), "10-news.md:5", ("%%unsubscribe_url%%", "kept")),
    "merge tag in a title": ({"10-news.md": "---\ntitle: x %%audience%%\n---\n"}, "10-news.md:2", ("%%audience%%",)),
    "merge tag in disguise": (item("", "%%unsub&#115;cribe_url%%"), "10-news.md:5", ("%%unsubscribe_url%%",)),
    "merge tag in pieces": (item("", "%%aud*ience*%%"), "10-news.md:5", ("%%audience%%",)),
    "merge host": (item("", "[x](https://merge.invalid/u)"), "10-news.md:5", ("merge.invalid",)),
    "empty callout": (item("", 'Words\n\n!!! note "Title"\nNot indented'), "10-news.md:7", ("no words", "four spaces")),
    "details twice": (item("", "[details]\n\n[details]"), "10-news.md:5", ("more than once",)),
    "footnote without words": (item("", "Words[^1]\n\n[^1]:"), "10-news.md:7", ("[^1]", "no words")),
    "subject on two lines": (issue("subject: |\n  One\n  Two"), "issue.md:4", ("one line",)),
    "subject with a break": (issue('subject: "One\\r\\nBcc: x@example.org"'), "issue.md:4", ("one line",)),
    "title with a break": (
        {"issue.md": '---\ntitle: "a\\nb"\ndate: 1 May 2026\n---\n', "10-a.md": WORDS},
        "issue.md:2",
        ("one line",),
    ),
    # files of the folder
    "no issue.md": ({"issue.md": b"", "10-news.md": WORDS}, "issue.md:1", ("front matter is missing",)),
    "no items": ({}, ":0", ("no items",)),
    "text file": ({"10-news.md.txt": WORDS, "20-a.md": WORDS}, "10-news.md.txt:0", ("not read", "10-news.md")),
    "Word document": ({"10-news.md": b"PK\x03\x04word"}, "10-news.md:0", ("Word document", "import")),
    "undecodable byte": ({"10-news.md": b"---\ntitle: x\n---\n\na \x81 b"}, "10-news.md:5", ("byte", "UTF-8")),
    "binary file": ({"10-news.md": b"---\n" + b"\0" * 400}, "10-news.md:0", ("not text",)),
    "huge file": ({"10-news.md": WORDS.encode() + b"x" * 1_000_001}, "10-news.md:0", ("1 MB",)),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_issue_is_told_where_and_what(name: str, problems: Problems) -> None:
    files, where, words = MALFORMED[name]
    found = problems(files)
    path = "issues/2026-11-winter/" + where if not where.startswith(":") else "issues/2026-11-winter" + where
    here = [problem for problem in found if f"{problem.file}:{problem.line}" == path]
    assert here, f"nothing is reported at {where}: {[str(problem) for problem in found]}"
    said = " ".join(str(problem) for problem in here)
    for word in words:
        assert word in said
    assert len(found) == 1, f"one mistake gives one problem: {[str(problem) for problem in found]}"


@pytest.mark.parametrize("name", MALFORMED)
def test_messages_are_sentences_without_programmers_words(name: str, problems: Problems) -> None:
    for problem in problems(MALFORMED[name][0]):
        assert problem.message[-1] in ".?", problem.message
        assert not re.search(r"\b(None|dict|tuple|str|pydantic|scalar|token|mapping|input)\b", str(problem))


def test_all_problems_of_all_files_are_reported_together(problems: Problems) -> None:
    found = problems(
        {
            "issue.md": "---\ntitle: Winter\ndate: 31 November 2026\naudiences: nobody\n---\n",
            "10-a.md": "---\ntitle: A\nsumary: x\n---\n[x](javascript:x)\n",
            "20-b.md": "no front matter\n",
            "30-c.md": "---\ntitle: C\nimage: {src: images/c.png}\n---\n",
        }
    )
    places = [f"{problem.file.rpartition('/')[2]}:{problem.line}" for problem in found]
    assert places == ["10-a.md:3", "10-a.md:5", "20-b.md:1", "30-c.md:3", "issue.md:3"]


def test_there_are_more_than_enough_cases() -> None:
    assert len(MALFORMED) >= 40
