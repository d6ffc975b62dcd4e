"""What changed since the last proof: told once, word by word, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.pipeline.proof_changes import Change, compare

TEXT = """Winter newsletter
=================
Wednesday 18 November 2026

What has changed
----------------

From 1 December 2026 one procedure holds for everyone. Seen a bruise on a baby
who cannot yet crawl? Ring the MASH before you or the family leave.

Who to ring
-----------

• The MASH, by day [1]
• The emergency duty team, by night [2]

Links
[1] https://www.example.org/mash
[2] https://www.example.org/duty
"""


def told(change: Change) -> str:
    """-gone- +new+ as a line."""
    signs = {"same": "", "gone": "-", "new": "+"}
    return "".join(f"{signs[run.kind]}{run.text.strip()}{signs[run.kind]} " for run in change.runs).strip()


def test_the_same_text_has_no_change() -> None:
    assert compare(TEXT, TEXT) == ()


def test_lines_that_break_elsewhere_are_no_change() -> None:
    again = TEXT.replace("a baby\nwho cannot yet crawl?", "a\nbaby who cannot yet\ncrawl?")
    assert again != TEXT
    assert compare(TEXT, again) == ()


def test_one_word_is_told_with_the_heading_it_stands_under() -> None:
    (change,) = compare(TEXT, TEXT.replace("cannot yet crawl", "cannot crawl"))
    assert change.heading == "What has changed"
    assert [(run.kind, run.text.strip()) for run in change.runs if run.kind != "same"] == [("gone", "yet")]


def test_one_comma_is_told() -> None:
    (change,) = compare(TEXT, TEXT.replace("Ring the MASH before", "Ring the MASH, before"))
    assert [(run.kind, run.text.strip()) for run in change.runs if run.kind != "same"] == [
        ("gone", "MASH"),
        ("new", "MASH,"),
    ]


def test_a_link_more_does_not_renumber_the_others() -> None:
    more = TEXT.replace("holds for everyone.", "holds for everyone [1].")
    more = more.replace("by day [1]", "by day [2]").replace("by night [2]", "by night [3]")
    more = more.replace("[2] https://www.example.org/duty", "[3] https://www.example.org/duty")
    more = more.replace(
        "[1] https://www.example.org/mash", "[1] https://www.example.org/new\n[2] https://www.example.org/mash"
    )
    (change,) = compare(TEXT, more)
    assert [(run.kind, run.text.split()) for run in change.runs if run.kind != "same"] == [
        ("new", ["https://www.example.org/new"])
    ]


def test_a_heading_that_changed_is_told_without_the_line_under_it() -> None:
    (change,) = compare(TEXT, TEXT.replace("Who to ring\n-----------", "Whom to ring\n------------"))
    assert "---" not in told(change)
    assert change.heading == ""
    assert "+Whom+" in told(change)


def test_a_passage_that_came_is_all_new_and_one_that_went_is_all_gone() -> None:
    passage = "Stepping Stones helps families after a move. Anyone may refer.\n\n"
    more = TEXT.replace("Links\n", f"{passage}Links\n")
    (came,) = compare(TEXT, more)
    (gone,) = compare(more, TEXT)
    assert [run.kind for run in came.runs] == ["new"]
    assert [run.kind for run in gone.runs] == ["gone"]


def test_a_passage_written_anew_is_not_mixed_with_what_it_was() -> None:
    anew = TEXT.replace(
        "From 1 December 2026 one procedure holds for everyone. Seen a bruise on a baby\nwho cannot yet crawl? Ring the"
        " MASH before you or the family leave.",
        "Training starts in January. Book with the team by Friday, and bring a case you found hard.",
    )
    (change,) = compare(TEXT, anew)
    assert [run.kind for run in change.runs] == ["gone", "new"]


def test_a_long_list_is_told_by_the_words_around_the_change() -> None:
    lines = [f"• Item number {number} of the contents" for number in range(60)]
    before, after = "\n".join(lines), "\n".join(lines[:30] + lines[31:])
    (change,) = compare(before, after)
    words = told(change)
    assert "-30 of the contents" in words.replace("\n", " ")
    assert "number 2 of" not in words
    assert "number 58 of" not in words
    assert "…" in words


words = st.lists(st.sampled_from(["ring", "the", "MASH", "today.", "Bruise", "[1]"]), min_size=1, max_size=8).map(
    " ".join
)
texts = st.lists(words, max_size=6).map("\n\n".join)


@given(texts, texts)
def test_no_word_is_lost_and_none_invented(before: str, after: str) -> None:
    def counted(kinds: set[str]) -> set[str]:
        return {
            word
            for change in compare(before, after)
            for run in change.runs
            if run.kind in kinds
            for word in run.text.split()
        }

    assert counted({"new"}) <= set(after.split())
    assert counted({"gone"}) <= set(before.split())
    assert {word for word in after.split() if word != "[1]"} - set(before.split()) <= counted({"new"})


@pytest.mark.parametrize("text", ["", "\n\n\n", "=====", "---\n\n---"])
def test_a_text_without_words_is_compared_with_anything(text: str) -> None:
    compare(text, TEXT)
    compare(TEXT, text)
