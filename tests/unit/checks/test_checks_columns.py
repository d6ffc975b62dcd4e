"""A finding's column is where the words at fault stand in the file, whatever the file looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from newsletter import checks
from newsletter.checks import Subject
from newsletter.checks.places import lines_of
from newsletter.models.finding import Finding, Level

Make = Callable[[dict[str, Any]], Subject]
HEAD = "---\ntitle: An item\n"


def places(subject: Subject, code: str) -> list[tuple[int, int]]:
    return [(one.line, one.column) for one in checks.run(subject, codes={code})]


def item(text: str) -> dict[str, Any]:
    return {"files": {"10-item.md": text}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{HEAD}---\nFirst line.\nAsk the the team.\n", (5, 5)),
        (f"{HEAD}---\nFirst **line**, then [ask](https://a.uk) the the team.\n", (4, 42)),
        (f"{HEAD}---\n- one\n- two\n    - ask the the team\n", (6, 11)),
        (f"{HEAD}---\n> Ask the the team.\n", (4, 7)),
        (f"{HEAD}---\n•\tAsk the the team.\n", (4, 7)),
        (f"{HEAD}---\n•Ask the the team.\n", (4, 6)),
        (f"{HEAD}---\n\u00a0\u00a0Ask the the team.\n", (4, 7)),
        (f"{HEAD}---\n| Day | Place |\n| --- | --- |\n| Mon | at the the hall |\n", (6, 12)),
        (f"{HEAD}---\n| Day | Place |\n| --- | --- |\n| the the hall | Mon |\n", (6, 3)),
        (f"{HEAD}summary: Ask the the team.\n---\nWords.\n", (3, 14)),
        (f'{HEAD}summary: "Ask the the team."\n---\nWords.\n', (3, 15)),
        (f"{HEAD}summary: >\n  Words come first,\n  ask the the team.\n---\nWords.\n", (5, 7)),
        (f"{HEAD}links:\n  - {{ url: https://a.uk/the, title: Ask the the team }}\n---\nWords.\n", (4, 41)),
        (f"{HEAD}links:\n  - title: Ask the the team\n    url: https://a.uk\n---\nWords.\n", (4, 16)),
        ("---\ntitle: Ask the the team\n---\nWords.\n", (2, 12)),
        ("---\r\ntitle: An item\r\n---\r\nWords.\r\n\r\nAsk the the team.\r\n", (6, 5)),
    ],
)
def test_a_doubled_word_is_found_at_its_column(subject_of: Make, text: str, place: tuple[int, int]) -> None:
    assert places(subject_of(item(text)), "NL113") == [place]


def test_words_that_stand_twice_in_a_line_are_one_finding_where_they_stand_first(subject_of: Make) -> None:
    body = "Come here: [here](https://a.uk/1), or [here](https://a.uk/2).\n"
    assert places(subject_of({"body": body}), "NL102") == [(4, 13)]


def test_of_two_addresses_one_of_which_starts_like_the_other_each_has_its_own_place(subject_of: Make) -> None:
    body = "See [the policy](http://a.uk/policy) and [the site](http://a.uk).\n"
    assert places(subject_of({"body": body}), "NL105") == [(4, 18), (4, 53)]


def test_a_footnote_is_found_where_it_is_written(subject_of: Make) -> None:
    body = "Words[^1] come first.\n\n[^1]: Ask the the team.\n\nMore words of the the team.\n"
    assert places(subject_of({"body": body}), "NL113") == [(6, 11), (8, 15)]


def test_a_number_of_newsletter_toml_is_told_there_and_not_in_the_issue(subject_of: Make) -> None:
    publication = {"contacts": {"duty": {"role": "Duty desk", "phone": "01632 9600"}}}
    assert places(subject_of({"front": "contact: duty\n", "publication": publication}), "NL107") == [(0, 0)]


def test_without_the_file_itself_columns_of_the_body_are_those_of_the_tidied_words(subject_of: Make) -> None:
    subject = subject_of(item(f"{HEAD}summary: Ask the the team.\n---\nAsk the the team.\n"))
    bare = Subject(issue=subject.issue, publication=subject.publication, now=subject.now)
    assert places(bare, "NL113") == [(3, 0), (5, 5)]


def test_lines_are_those_of_an_editor() -> None:
    assert lines_of("a\r\nb\rc\nd\u2028e\x0bf") == ["a", "b", "c", "d\u2028e\x0bf"]


def test_a_finding_says_where_as_editors_open_it() -> None:
    where = [Finding(code="NL102", level=Level.FIX, file="a.md", line=line, column=column, message="m").where
             for line, column in ((3, 7), (3, 0), (0, 0))]  # fmt: skip
    assert where == ["a.md:3:7", "a.md:3", "a.md"]
