"""Folders that cannot be read: `check` names the file and the line of each, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
ITEM = f"{BRIEFING}/20-what-to-do.md"
ISSUE = f"{BRIEFING}/issue.md"
HEAD = b"---\ntitle: A\ndate: 11 November 2026\n"


def item(front: str, body: str = "Words.\n") -> bytes:
    """An item whose front matter starts in line 3."""
    return f"---\ntitle: What to do\n{front}---\n{body}".encode()


# what it is: file -> bytes (None: removed; "/" at the end: a folder), and what must be named
CASES: dict[str, tuple[dict[str, bytes | None], str]] = {
    "an empty file": ({ITEM: b""}, f"{ITEM}:1"),
    "only blanks": ({ITEM: b" \n\n"}, f"{ITEM}:1"),
    "no front matter": ({ITEM: b"Only words.\n"}, f"{ITEM}:1"),
    "front matter that never ends": ({ITEM: b"---\ntitle: A\n\nWords begin.\n"}, f"{ITEM}:4"),
    "front matter in TOML": ({ITEM: b'+++\ntitle = "A"\n+++\nWords.\n'}, f"{ITEM}:1"),
    "front matter that is a list": ({ITEM: b"---\n- a\n- b\n---\nWords.\n"}, f"{ITEM}:2"),
    "front matter that is a sentence": ({ITEM: b"---\nJust words\n---\nWords.\n"}, f"{ITEM}:2"),
    "no blank after a colon": ({ITEM: b"---\ntitle:A\n---\nWords.\n"}, f"{ITEM}:2"),
    "a colon in a value": ({ITEM: b"---\ntitle: A: b\n---\nWords.\n"}, f"{ITEM}:2"),
    "a tab": ({ITEM: item("image:\n\tsrc: x\n")}, f"{ITEM}:4"),
    "an open bracket": ({ITEM: item("tags: [a, b\n")}, f"{ITEM}:"),
    "an open quotation mark": ({ITEM: item('summary: "never closed\n')}, f"{ITEM}:"),
    "a field twice": ({ITEM: item("summary: a\nsummary: b\n")}, f"{ITEM}:4"),
    "an anchor": ({ITEM: item("tags: &a [x]\n")}, f"{ITEM}:3"),
    "an alias": ({ITEM: item("tags: *a\n")}, f"{ITEM}:3"),
    "a tag of YAML": ({ITEM: item("summary: !!python/object:os.system x\n")}, f"{ITEM}:3"),
    "a merge key": ({ITEM: item("<<: { summary: a }\n")}, f"{ITEM}:3"),
    "fields in fields in fields": ({ITEM: item(f"source: {'{a: ' * 12}b{'}' * 12}\n")}, f"{ITEM}:3"),
    "a field nobody knows": ({ITEM: item("titel: b\n")}, f"{ITEM}:3"),
    "a field of another kind": ({ITEM: item("venue: County Hall\n")}, f"{ITEM}:3"),
    "no title": ({ITEM: b"---\nkind: article\n---\nWords.\n"}, ITEM),
    "a kind that there is not": ({ITEM: item("kind: poem\n")}, f"{ITEM}:3"),
    "an event without a day": ({ITEM: item("kind: event\n")}, f"{ITEM}:3"),
    "key messages without a list": ({ITEM: item("kind: key-messages\n")}, f"{ITEM}:3"),
    "text where a list is meant": ({ITEM: item("links: words\n")}, f"{ITEM}:3"),
    "a link without an address": ({ITEM: item("links:\n  - { title: A page }\n")}, f"{ITEM}:4"),
    "a day that can be read in two ways": ({ITEM: item("deadline: 16/4/20\n")}, f"{ITEM}:3"),
    "a day that there is not": ({ITEM: item("deadline: 31 June 2026\n")}, f"{ITEM}:3"),
    "a wrong weekday": ({ITEM: item("deadline: Monday 26 November 2026\n")}, f"{ITEM}:3"),
    "a day without a year": ({ITEM: item("deadline: 26 November\n")}, f"{ITEM}:3"),
    "words for a day": ({ITEM: item("deadline: soon\n")}, f"{ITEM}:3"),
    "a language that there is not": ({ITEM: item("lang: English please\n")}, f"{ITEM}:3"),
    "a contact nobody knows": ({ITEM: item("contact: nobody\n")}, f"{ITEM}:3"),
    "a contact without a role": ({ITEM: item("contact: { name: Sam }\n")}, f"{ITEM}:3"),
    "an email that is none": ({ITEM: item("contact: { role: Team, email: team at example }\n")}, f"{ITEM}:3"),
    "a summary that is too long": ({ITEM: item(f"summary: {'word ' * 41}\n")}, f"{ITEM}:3"),
    "a picture that is not there": ({ITEM: item("image: { src: images/none.png, alt: A }\n")}, f"{ITEM}:3"),
    "a picture that is none": (
        {ITEM: item("image: { src: images/fake.png, alt: A }\n"), f"{BRIEFING}/images/fake.png": b"no picture"},
        f"{ITEM}:3",
    ),
    "a picture elsewhere": ({ITEM: item("image: { src: ../../newsletter.toml, alt: A }\n")}, f"{ITEM}:3"),
    "a picture of this computer": ({ITEM: item("image: { src: /etc/passwd, alt: A }\n")}, f"{ITEM}:3"),
    "a picture in the words that is not there": ({ITEM: item("", "Words.\n\n![A](images/none.png)\n")}, f"{ITEM}:6"),
    "a file in the words that is not there": ({ITEM: item("", "See [it](files/none.pdf).\n")}, f"{ITEM}:4"),
    "a link that runs a script": ({ITEM: item("", "[words](javascript:alert(1))\n")}, f"{ITEM}:4"),
    "a link to a place that is not there": ({ITEM: item("", "One.\n\nSee [it](#nowhere).\n")}, f"{ITEM}:6"),
    "a web address without its beginning": ({ITEM: item("", "See [it](www.example.org).\n")}, f"{ITEM}:4"),
    "a footnote without words": ({ITEM: item("", "Words[^1].\n\n[^1]:\n")}, f"{ITEM}:6"),
    "a merge tag": ({ITEM: item("", "Press %%unsubscribe_url%% now.\n")}, f"{ITEM}:4"),
    "bytes that are no text": ({ITEM: b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x81"}, ITEM),
    "a byte of no letter": (
        {ITEM: HEAD.replace(b"date: 11 November 2026\n", b"") + b"---\nWords \x81.\n"},
        f"{ITEM}:4",
    ),
    "a Word document": ({ITEM: b"PK\x03\x04" + bytes(40)}, ITEM),
    "a file of two megabytes": ({ITEM: item("", "word " * 400_000)}, ITEM),
    "a text file beside the items": ({f"{BRIEFING}/30-more.md.txt": b"Words.\n"}, f"{BRIEFING}/30-more.md.txt"),
    "no issue.md": ({ISSUE: None}, BRIEFING),
    "issue.md in capitals": ({ISSUE: None, f"{BRIEFING}/Issue.MD": HEAD + b"---\n"}, f"{BRIEFING}/Issue.MD"),
    "an issue without a date": ({ISSUE: b"---\ntitle: A\n---\nWords.\n"}, ISSUE),
    "an audience nobody knows": ({ISSUE: HEAD + b"audiences: [everybody]\n---\nWords.\n"}, f"{ISSUE}:4"),
    "two lines in a subject": ({ISSUE: HEAD + b'subject: "A\\r\\nBcc: x@example.org"\n---\n'}, f"{ISSUE}:4"),
    "a field of items": ({ISSUE: HEAD + b"deadline: 1 December 2026\n---\n"}, f"{ISSUE}:4"),
    "a correction of nothing": ({ISSUE: HEAD + b"corrects: issues/none\n---\n"}, f"{ISSUE}:4"),
    "settings that break off": ({"newsletter.toml": b"[partnership\nname = 1\n"}, "newsletter.toml:1"),
    "settings of the wrong type": ({"newsletter.toml": b"[partnership]\nname = 1\n"}, "newsletter.toml"),
}


def listing(project: Path) -> dict[str, bytes]:
    files = (path for path in project.rglob("*") if path.is_file() and "subscribers" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}


def spoil(project: Path, files: dict[str, bytes | None]) -> None:
    for name, data in files.items():
        path = project / name
        if data is None:
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


def test_there_are_forty_of_them_and_more() -> None:
    assert len(CASES) > 40


@pytest.mark.parametrize("case", CASES)
def test_a_folder_that_cannot_be_read_is_told_with_file_and_line(newsletter: Command, project: Path, case: str) -> None:
    files, place = CASES[case]
    spoil(project, files)
    before = listing(project)
    for words in ((), ("--fix", "--yes", "--format", "github")):
        ran = newsletter("check", *words)
        assert ran.code == 2, ran.out + ran.err
        told = [line for line in ran.err.splitlines() if line.startswith(place)]
        assert told, ran.err
        assert all(len(line) > len(place) + 10 for line in told), "it says what is wrong"
    assert listing(project) == before


def test_one_bad_folder_does_not_keep_a_named_good_one_from_being_checked(newsletter: Command, project: Path) -> None:
    spoil(project, {ITEM: b"Only words.\n"})
    ran = newsletter("check", "issues/2026-11-winter", "--json")
    assert ran.code == 0
    assert [one["path"] for one in json.loads(ran.out)["issues"]] == ["issues/2026-11-winter"]
