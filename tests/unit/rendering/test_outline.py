"""Sections and contents come from the items, so that headings and contents cannot disagree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem, build_item, build_publication, issue_builder

from newsletter.rendering.outline import Entry, outline


def titles(entries: tuple[Entry, ...]) -> list[object]:
    return [[entry.title, titles(entry.children)] if entry.children else entry.title for entry in entries]


def test_items_in_a_row_share_one_section_heading(make_item: MakeItem, make_issue: MakeIssue) -> None:
    items = [
        make_item(title="Chair"),
        make_item(title="One", section="Exploitation"),
        make_item(title="Two", section="Exploitation"),
        make_item(title="Low", section="Support / Low risk"),
        make_item(title="High", section="Support / High risk"),
        make_item(title="End"),
    ]
    done = outline(make_issue(items))
    assert [placed.level for placed in done.placed] == [2, 3, 3, 4, 4, 2]
    assert [[heading.title for heading in placed.opens] for placed in done.placed] == [
        [], ["Exploitation"], [], ["Support", "Low risk"], ["High risk"], [],
    ]  # fmt: skip
    assert titles(done.contents) == [
        "Chair",
        ["Exploitation", ["One", "Two"]],
        ["Support", [["Low risk", ["Low"]], ["High risk", ["High"]]]],
        "End",
    ]


def test_a_section_that_comes_back_gets_an_anchor_of_its_own(make_item: MakeItem, make_issue: MakeIssue) -> None:
    items = [make_item(title="A", section="News"), make_item(title="B"), make_item(title="C", section="News")]
    anchors = [heading.anchor for placed in outline(make_issue(items)).placed for heading in placed.opens]
    assert len(anchors) == len(set(anchors)) == 2


def test_contents_show_as_many_levels_as_asked(make_item: MakeItem, make_issue: MakeIssue) -> None:
    items = [make_item(title="A", short_title="Short", section="News")]
    assert titles(outline(make_issue(items, contents=0)).contents) == []
    assert titles(outline(make_issue(items, contents=1)).contents) == ["News"]
    assert titles(outline(make_issue(items, contents=2)).contents) == [["News", ["Short"]]]


def test_what_holds_from_now_on_comes_before_what_has_a_day_and_the_soonest_first(
    make_item: MakeItem, make_issue: MakeIssue
) -> None:
    items = [
        make_item(title="Late", deadline="20 December 2026"),
        make_item("survey", "Survey", url="https://example.org", closes="4 December 2026", act_now="true"),
        make_item(title="Now", act_now="true"),
        make_item(title="Neither"),
    ]
    assert [item.front.title for item in outline(make_issue(items)).act_now] == ["Now", "Survey", "Late"]


@given(st.lists(st.sampled_from(["", "A", "B", "A / B", "A / C", "B / A", "/", " / A"]), max_size=12))
def test_every_item_is_in_the_contents_once_and_no_level_is_skipped(sections: list[str]) -> None:
    items = [build_item(title=f"Item {n}", section=section) for n, section in enumerate(sections)]
    done = outline(issue_builder(build_publication())(items, contents=2))

    def anchors(entries: tuple[Entry, ...]) -> list[str]:
        return [anchor for entry in entries for anchor in (entry.anchor, *anchors(entry.children))]

    found = anchors(done.contents)
    assert len(found) == len(set(found))
    assert {item.slug for item in items} <= set(found)
    level = 1
    for placed in done.placed:
        for heading in placed.opens:
            assert heading.level <= level + 1
            level = heading.level
        assert placed.level <= level + 1 or placed.level == 2
        level = placed.level
