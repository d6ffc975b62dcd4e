"""What a machine mends in an issue's files: only what it names, in the file's own encoding, and never half."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.checks.wrapped import plain
from newsletter.content.decode import decode
from newsletter.content.folder import read_issue
from newsletter.content.markdown import render
from newsletter.errors import ContentError, Refused
from newsletter.models.dates import MONTHS
from newsletter.models.publication import Publication
from newsletter.pipeline import mending
from newsletter.pipeline.editorial import Desk
from newsletter.pipeline.recode import recode
from newsletter.rendering.render import Renderer

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
PUBLICATION = Publication.model_validate(
    {
        "partnership": {
            "name": "Northshire Partnership",
            "short_name": "NSCP",
            "website": "https://www.example.org",
            "postal_address": "County Hall",
            "privacy_url": "https://www.example.org/privacy",
            "accessibility_url": "https://www.example.org/accessibility",
        },
        "site": {"url": "https://news.example.org"},
        "sender": {"name": "NSCP", "email": "news@example.org", "reply_to": "partnership@example.org"},
        "series": {"newsletter": {"folder": "issues", "title": "Newsletter"}},
        "glossary": {"MASH": "multi-agency safeguarding hub", "EHA": "early: help\n#assessment"},
    }
)
ISSUE = "---\ntitle: Winter\ndate: 26 November 2026\n---\n"
HEAD = "---\ntitle: An item\n---\n"
SAFE = "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fa&data=1"
Mend = Callable[..., list[mending.Mended]]


def desk(project: Path) -> Desk:
    return Desk(project, PUBLICATION, cast(Renderer, None))  # nothing is rendered


def mend(project: Path, item: bytes, issue: bytes = ISSUE.encode()) -> list[mending.Mended]:
    """What would become of an issue of one item."""
    folder = project / "issues" / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "issue.md").write_bytes(issue)
    (folder / "10-item.md").write_bytes(item)
    return list(mending.propose(desk(project), read_issue(project, folder, PUBLICATION), NOW))


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: b"\xef\xbb\xbf" + text.encode("utf-8"),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
        lambda text: text.replace("\n", "\r").encode("utf-8"),
        lambda text: text.rstrip("\n").encode("utf-8"),
    ],
    ids=[
        "UTF-8",
        "byte order mark",
        "UTF-16",
        "UTF-16 the other way",
        "Windows-1252",
        "CRLF",
        "CR",
        "no last line end",
    ],
)
def test_encoding_and_line_ends_stay(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    before = f"{HEAD}Café – “the the” naïve tea on the 26th of November 2026.\n\nMore é.\n"
    after = f"{HEAD}Café – “the” naïve tea on 26 November 2026.\n\nMore é.\n"
    (one,) = mend(tmp_path, encode(before))
    assert one.after == encode(after)
    mending.write([one])
    assert one.path.read_bytes() == encode(after)
    assert mend(tmp_path, one.after) == []


def test_a_file_of_two_encodings_keeps_every_byte_that_is_not_mended(tmp_path: Path) -> None:
    head = HEAD.encode()
    (one,) = mend(tmp_path, head + "Café ".encode() + b"caf\xe9 the the caf\xe9 \x96 end\n")
    assert one.after == head + "Café ".encode() + b"caf\xe9 the caf\xe9 \x96 end\n"


def test_a_file_keeps_its_rights(tmp_path: Path) -> None:
    (one,) = mend(tmp_path, f"{HEAD}Ask the the team.\n".encode())
    one.path.chmod(0o640)
    mending.write([one])
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o640
    assert sorted(path.name for path in one.path.parent.iterdir()) == ["10-item.md", "issue.md"]


def test_what_changed_since_it_was_shown_is_not_overwritten_and_nothing_else_is_written(tmp_path: Path) -> None:
    first, second = mend(tmp_path, f"{HEAD}Ask the the team.\n".encode(), f"{ISSUE}Read and and see.\n".encode())
    second.path.write_text("somebody typed on")
    with pytest.raises(Refused, match="has changed since"):
        mending.write([first, second])
    assert first.path.read_bytes() == first.before
    assert second.path.read_text() == "somebody typed on"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: An item\nsummary: A: b\n---\nWords.\n",
        "---\ntitle: An item\n---\nWords.\n",
        "---\ntitle: An item\nsummary: A\ntags: b\n---\nWords.\n",
        "---\ntitle: An item\nsummary: A\n\n---\nWords.\n",
        "Words.\n",
    ],
)
def test_a_text_that_could_not_be_read_again_or_lost_a_field_is_known(tmp_path: Path, text: str) -> None:
    mend(tmp_path, b"---\ntitle: An item\nsummary: A\n---\nWords.\n")
    issue = read_issue(tmp_path, tmp_path / "issues" / "sample", PUBLICATION)
    with pytest.raises(ContentError):
        mending.reread(issue, "issues/sample/10-item.md", text, desk(tmp_path))


def test_an_address_with_a_comma_does_not_end_its_field(tmp_path: Path) -> None:
    url = "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fa%2Cb&data=1"
    (one,) = mend(tmp_path, f"---\ntitle: A\nlinks: [{{ title: It, url: {url} }}]\n---\nWords.\n".encode())
    mending.write([one])
    (link,) = read_issue(tmp_path, tmp_path / "issues" / "sample", PUBLICATION).items[0].front.links
    assert link.url == "https://www.example.org/a%2Cb"


def test_repairs_are_told_with_their_places(tmp_path: Path) -> None:
    (one,) = mend(tmp_path, f"{HEAD}See [it]({SAFE}).\n\nAsk the the team.\n".encode())
    assert [(repair.code, repair.line, repair.column) for repair in one.repairs] == [("NL105", 4, 10), ("NL113", 6, 5)]
    assert one.texts[1] == f"{HEAD}See [it](https://www.example.org/a).\n\nAsk the team.\n"


def test_an_issue_with_nothing_to_mend_gives_nothing(tmp_path: Path) -> None:
    assert mend(tmp_path, f"{HEAD}See [it](https://www.example.org/a).\n".encode()) == []


WORDS = [
    "the the", "and and", "that that", "Ask", "the", "MASH", "(MASH)", "a MASH", "MASHs", "MASH's", "EHA",
    "26th Nov 2026", "the 1st of December 2026", "Monday 26th November 2026", "2026-11-26", "31st June 2026",
    "26 November 2026", SAFE, f"[here]({SAFE})", "[page](http://www.gov.uk/a?utm_source=b&id=1 'the the')",
    "<https://www.example.org/?fbclid=1>", "www.example.org/?fbclid=1", "`the the`", "**the** the", "*the the*",
    "<b>the the</b>", "http://www.gov.uk", "&amp;", "“quoted and and”", "{: lang=cy }", "[^1]",
    "![the the](https://www.example.org/a.png)", "caf\u00e9", "\u00ad", "\u00a0",
]  # fmt: skip
LINES = [
    "", "", "# the the", "## MASH", "> the the MASH", "```", "- the the", "1. MASH", "| the the | MASH |",
    "| --- | --- |", "    the the", "[^1]: the the", "!!! note", "•\tthe the", "<div>the the</div>", "Term",
    ":   the the MASH", "---",
]  # fmt: skip
BODIES = st.lists(
    st.one_of(st.sampled_from(LINES), st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)), max_size=9
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
_DATE = re.compile(
    rf"\b(?:(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(name[:3] for name in MONTHS)})[a-z]* (\d{{4}}))\b"
)


def canonical(html: str) -> str:
    """What an item says, whichever way the things that are mended are written."""
    text = html.replace("&amp;", "&")
    text = re.sub(
        r"https?://[^\s<>\"'()]+", lambda found: (plain(found[0]) or found[0]).replace("http:", "https:"), text
    )
    text = re.sub(r"(?<![\w/])(?:https://)?www\.[^\s<>\"'()]+", lambda found: plain(f"https://{found[0]}"), text)
    for letters, words in PUBLICATION.glossary.items():
        text = re.sub(re.escape(f"{' '.join(words.split())} ({letters})"), letters, text, flags=re.I)
    text = re.sub(r"\b(the|and)(?: \1\b)+", r"\1", text, flags=re.I)
    text = re.sub(r"\b2026-11-26\b", "26 November 2026", text)
    return _DATE.sub(lambda found: f"{found[1]} {found[2]} {found[3]}", text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=BODIES, ending=st.sampled_from(["\n", "\r\n", "\r"]), encoding=ENCODINGS, summary=st.sampled_from(WORDS))
def test_mending_changes_nothing_but_what_it_names_once_and_for_all(
    lines: list[str], ending: str, encoding: str, summary: str, tmp_path_factory: Any
) -> None:
    project: Path = tmp_path_factory.mktemp("mending")
    quoted = '"' + summary.replace("\u00ad", "").replace('"', "'") + '"'
    text = ending.join(["---", "title: An item", f"summary: {quoted}", "---", *lines, ""])
    try:
        found = mend(project, text.encode(encoding))
    except ContentError:  # the text itself is refused: nothing to mend
        return
    for one in found:
        before, after = one.texts
        assert len(before.split(ending)) == len(after.split(ending)), "lines stay where they are"
        old, new = (
            render(side.replace("\r\n", "\n").replace("\r", "\n").split("---\n", 2)[2], "item").html
            for side in one.texts
        )
        assert canonical(new) == canonical(old)
        assert re.findall(r"<\w+", new) == re.findall(r"<\w+", old), "the shape stays"
        assert one.after.decode(encoding), "it can be read as before"
        assert mend(project, one.after) == [], "there is nothing left to mend"


@given(
    data=st.binary(max_size=60),
    parts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.sampled_from(["x", "é", "ł", ""])), max_size=3),
)
def test_bytes_outside_of_what_is_replaced_stay(data: bytes, parts: list[tuple[int, int, str]]) -> None:
    try:
        text = decode(data, "a.md")
    except ContentError:
        return
    replaced, reached = [], 0
    for start, length, new in sorted(parts):
        if reached <= start and start + length <= len(text):
            replaced.append((start, start + length, new))
            reached = start + length
    assert recode(data, []) == data
    try:
        again = decode(recode(data, replaced), "a.md")
    except ContentError:
        return  # the use case looks at it again, and leaves it out
    expected, reached = "", 0
    for start, end, new in replaced:
        expected += text[reached:start] + new
        reached = end
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf8(data):
        assert again == expected + text[reached:]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
