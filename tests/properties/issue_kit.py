"""Whole issues: front matter of every kind with fields or without, and what readers must find of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import yaml
from hypothesis import strategies as st
from tests.properties.markdown_kit import HTTP, Piece, body
from tests.properties.words_kit import phrase, plain

from newsletter.models.dates import MONTHS, long_date

Front = dict[str, Any]
STATES = ("confirmed", "hold-the-date", "to-be-announced", "on-demand", "cancelled")
# Fields whose words are not printed among the issue's own, or whose values are no words at all.
UNPRINTED = frozenset(
    {"kind", "lang", "section", "short_title", "summary", "tags", "source", "identity_checked_by", "subject", "scope"}
    | {"src", "url", "path", "link", "online", "report_url", "published", "status", "visibility", "draft", "contents"}
    | {"when", "ends", "book_by", "deadline", "closes", "effective_from", "date", "retire_on", "review_on", "number"}
    | {"act_now", "heading", "decorative", "preheader", "areas", "minutes"}
)


@dataclass(frozen=True)
class Source:
    """The files of an issue, and what readers must find."""

    files: Mapping[str, str]  # name -> text
    says: tuple[str, ...]  # words
    sections: tuple[str, ...] = ()
    days: tuple[str, ...] = ()  # as printed: "26 November 2026"
    restricted: bool = field(default=False)


def file(front: Front, words: str = "") -> str:
    """A file with its front matter."""
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, width=10_000, sort_keys=False)}---\n{words}\n"


def printed(front: Mapping[str, Any]) -> list[str]:
    """Every piece of text of a front matter that readers see, each once."""
    cancelled = front.get("status") == "cancelled"
    hidden = UNPRINTED | ({"title"} if front.get("heading") == "false" else set())
    found: list[str] = []
    for name, value in front.items():
        if name in hidden or (name == "booking" and cancelled):
            continue
        found += _texts(value)
    return [plain(text) for text in found]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for entry in value for text in _texts(entry)]
    if isinstance(value, dict):
        said = {name: inner for name, inner in value.items() if name not in UNPRINTED}
        if value.get("decorative"):
            said.pop("alt", None)
        return [text for inner in said.values() for text in _texts(inner)]
    return []


_day = st.dates(date(2026, 1, 1), date(2035, 12, 31))
day = _day.map(lambda value: f"{value.day} {MONTHS[value.month - 1]} {value.year}")


def fields(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Front]:
    """Any of these fields."""
    return st.fixed_dictionaries({}, optional=values)


def needed(most: st.SearchStrategy[Front], **values: st.SearchStrategy[Any]) -> st.SearchStrategy[Front]:
    """All of these fields, and any of the others."""
    return st.builds(lambda must, may: {**must, **may}, st.fixed_dictionaries(values), most)


short = phrase(most=3)
email = st.sampled_from(["one@example.org", "two.three@sub.example.org"])
phone = st.sampled_from(["01632 960001", "+44 20 7946 0000", "0121 496 0000 ext 12", "999", "(01632) 960002"])
web = st.sampled_from([HTTP, "https://www.example.org/report.pdf", "http://example.org", f"{HTTP}&{'long=' * 20}"])
hours = st.sampled_from(["9am to 5pm", "Monday to Friday"])
contact = needed(fields(name=short, email=email, phone=phone, hours=hours), role=short)
contacts = st.lists(contact, min_size=1, max_size=2)
image = st.one_of(
    needed(fields(caption=short, credit=short, link=web), src=st.just("images/hall.png"), alt=short),
    needed(fields(caption=short), src=st.just("images/hall.png"), decorative=st.just("true")),
)
referral = fields(email=email, phone=phone, url=web, hours=hours)
booking = st.one_of(
    needed(fields(email=email), url=web), needed(fields(opens=short), email=email), needed(fields(url=web), opens=short)
)


@st.composite
def when(draw: st.DrawFn) -> str:
    """A day or several, with times or without."""
    first = draw(_day)
    last = draw(st.none() | st.integers(1, 40).map(lambda days: first + timedelta(days=days)))
    times = draw(st.sampled_from(["", ", 9am", ", 9.30am to 2pm", ", 10pm to midnight"]))
    return f"{long_date(first)}{f' to {long_date(last)}' if last else ''}{times}"


COMMON = fields(
    image=image,
    links=st.lists(st.fixed_dictionaries({"title": short, "url": web | st.just("files/poster.pdf")}), max_size=2),
    contact=contacts,
    deadline=day,
    areas=st.lists(short, min_size=1, max_size=3),
    content_note=short,
    act_now=st.just("true"),
    heading=st.sampled_from(["true", "false"]),
    lang=st.sampled_from(["cy", "pl", "ur", "en-GB"]),
    summary=short,
    short_title=short,
    tags=st.lists(short, max_size=2),
    source=fields(agency=short, contributor=short),
    retire_on=day,
)
EVENT = fields(
    venue=short, online=web, booking=booking, book_by=day, cost=short, who_for=short, host=short, duration=short,
    speakers=st.lists(short, min_size=1, max_size=3), delivery=short, certificate=short,
    sessions=st.lists(st.fixed_dictionaries({"when": when(), "title": short}), max_size=2),
)  # fmt: skip
RESOURCE = st.one_of(
    needed(fields(language=short, **{"for": short}), title=short, url=web),
    needed(fields(language=short), title=short, path=st.just("files/poster.pdf")),
)
OWN: dict[str, st.SearchStrategy[Front]] = {
    "article": st.just({}),
    "message": needed(fields(role=short, organisation=short), author=short),
    "notice": needed(fields(effective_from=day, supersedes=short), what_to_do=short),
    "event": st.one_of(
        needed(EVENT, when=when(), status=st.sampled_from(STATES)), needed(EVENT, status=st.sampled_from(STATES[2:4]))
    ),
    "survey": needed(fields(minutes=st.sampled_from(["1", "5"]), who_for=short), url=web, closes=day),
    "resource": needed(st.just({}), files=st.lists(RESOURCE, min_size=1, max_size=3)),
    "review": needed(
        fields(
            area=short, scope=st.sampled_from(["local", "national", "elsewhere"]),
            themes=st.lists(short, min_size=1, max_size=2), questions=st.lists(short, min_size=1, max_size=2),
        ),
        subject=st.sampled_from(["pseudonym", "named", "not-named"]),
        published=st.sampled_from(["2026", "May 2026", "4 May 2026"]), report_url=web | st.just("files/poster.pdf"),
    ),
    "service": needed(
        fields(referral=referral.filter(bool), how=short, risk_level=short, self_referral=short), who_for=short
    ),
    "key-messages": st.just({}),
}  # fmt: skip
ISSUE = fields(
    number=st.integers(1, 999).map(str), strapline=short, preheader=short, contents=st.sampled_from("012"),
    areas=st.lists(short, min_size=1, max_size=2), contact=contacts, hero=image, masthead=short,
    sign_off=fields(name=short, role=short, organisation=short, date=day), draft=st.just("true"),
    visibility=st.sampled_from(["public", "unlisted", "restricted"]), lang=st.sampled_from(["cy", "ur", "en-GB"]),
)  # fmt: skip


@st.composite
def item(draw: st.DrawFn, kind: str) -> tuple[Front, Piece]:
    """An item of this kind: its front matter and its words."""
    front = {"title": draw(phrase()), "kind": kind, **draw(COMMON), **draw(OWN[kind])}
    if section := draw(st.lists(st.sampled_from(["Practice", "Training & events", "tŷ"]), max_size=2)):
        front["section"] = " / ".join(section)
    words = draw(body(most=3))
    if kind == "key-messages":
        words = Piece(f"1. **First.** One.\n2. Two.\n\nMore:\n\n{words.text}", ("First One Two More", *words.says))
    return front, words


@st.composite
def issues(draw: st.DrawFn) -> Source:
    """An issue of up to four items."""
    front = {"title": draw(phrase()), "date": draw(day), **draw(ISSUE)}
    opening = draw(body(most=2))
    kinds = draw(st.permutations(sorted(OWN)))[: draw(st.integers(2, 4))]
    items = [draw(item(kind)) for kind in kinds]
    files = {"issue.md": file(front, opening.text)}
    files |= {f"{number}0-news.md": file(fields, words.text) for number, (fields, words) in enumerate(items, 1)}
    fronts = [front, *(fields for fields, _ in items)]
    said = [text for fields in fronts for text in printed(fields)]
    said += [text for piece in (opening, *(words for _, words in items)) for text in piece.says]
    sections = [part for fields in fronts for part in fields.get("section", "").split(" / ") if part]
    return Source(files, tuple(said), tuple(sections), tuple(_days(fronts)), front.get("visibility") == "restricted")


def _days(fronts: list[Front]) -> list[str]:
    """Days that must be printed, wherever they stand."""
    found = []
    for front in fronts:
        names = ["date", "effective_from", "closes", "when"]
        names += [] if front.get("status") == "cancelled" else ["book_by"]
        found += [str(front[name]).split(",")[0].split(" to ")[0] for name in names if name in front]
    return [" ".join(text.split()[-3:]) for text in found]
