"""Front matter: text stays text, lines are known, tricks are refused, and no input ends in a traceback."""

from __future__ import annotations

import string

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content import yamltext
from newsletter.content.frontmatter import read_source
from newsletter.content.yamltext import Value, read_fields
from newsletter.errors import ContentError


def fields(text: str) -> dict[str, Value]:
    return read_fields(text, "a.md")[0]


def test_every_value_is_the_text_that_was_typed() -> None:
    typed = {
        "a": "no", "b": "1:30", "c": "0121 496 0000", "d": "2026-11-26", "e": "0x1f", "f": "~", "g": "null",
        "h": "1_000", "i": ".inf", "j": "Yes", "k": "2026-11-26 09:00:00", "l": "012", "m": "=", "n": "1e3",
    }  # fmt: skip
    assert fields("\n".join(f"{name}: {value}" for name, value in typed.items())) == typed


def test_empty_values_are_absent_and_their_lines_are_known() -> None:
    data, lines = read_fields("a:\nb: ''\nc:\n  -\n  - x\nd:\n  e:\n", "a.md")
    assert data == {"c": ["x"]}
    assert lines == {"a": 1, "b": 2, "c": 3, "c.0": 5, "d": 6, "d.e": 7}


def test_lines_count_from_where_the_text_stands_in_the_file() -> None:
    data, lines = read_fields("links:\n- title: A\n  url: B\n- title: C\n", "a.md", first_line=2)
    assert data == {"links": [{"title": "A", "url": "B"}, {"title": "C"}]}
    assert lines["links.0.url"] == 4
    assert lines["links.1"] == 5


@pytest.mark.parametrize(
    "text", ["a: |\n  one\n  two\n", "a: >-\n  one\n\n  two\n", 'a: "one\\ntwo"', "a: one\n\n  two"]
)
def test_text_over_several_lines_is_kept(text: str) -> None:
    assert fields(text) == {"a": "one\ntwo"}


def test_comments_are_notes_to_oneself() -> None:
    assert fields("# first\na: x # after a blank\n# last\nb: 'y' # quoted\nc: z#1\n") == {
        "a": "x",
        "b": "y",
        "c": "z#1",
    }


def test_escapes_bring_no_junk_in() -> None:
    assert fields('a: "x\\0\\u200b\\u27e6\\u2028y\\r\\nz"') == {"a": "x y\nz"}


def test_front_matter_of_comments_only_is_empty() -> None:
    source = read_source("---\n# title: later\n---\nWords\n", "a.md")
    assert source.fields == {}
    assert source.body == "Words\n"


@pytest.mark.parametrize("fence", ["---", "----", "—", "–-", "---  ", "———"])
def test_a_word_processor_may_have_turned_the_hyphens_into_a_dash(fence: str) -> None:
    source = read_source(f"{fence}\ntitle: A\n{fence}\nWords\n\n---\n\nMore\n", "a.md")
    assert source.fields == {"title": "A"}
    assert source.body == "Words\n\n---\n\nMore\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_system_are_read(ending: str) -> None:
    source = read_source(ending.join(["---", "title: A", "summary: B", "---", "Words", "More"]), "a.md")
    assert source.lines == {"title": 2, "summary": 3}
    assert source.body == "Words\nMore"
    assert source.body_line == 5


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    with pytest.raises(ContentError) as caught:
        fields(bomb)
    assert caught.value.problems[0].line == 1


def test_a_value_on_many_levels_is_refused_without_recursion() -> None:
    for deep in ("a: " + "[" * 5000, "a: " + "{b: " * 5000, "\n".join("  " * level + "a:" for level in range(300))):
        with pytest.raises(ContentError):
            fields(deep)


def test_both_readers_of_yaml_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "a: b: c", "a: 'x", "a: [x", "a: @x", "a: b\n c: d", "a:b\nc: d", "words", "a: x\na: y", "a: &x y", "a: *x",
        "a: x #y", "a: #y", "- x", "a: !x y", "a: |\n  x\n", "a: 'it''s'", 'a: "x\\q"', "a: x\n--- y\n", "? a\n: b",
    ]  # fmt: skip

    def answers() -> list[object]:
        said: list[object] = []
        for text in texts:
            try:
                said.append(read_fields(text, "a.md"))
            except ContentError as error:
                said.append(str(error))
        return said

    fast = answers()
    monkeypatch.setattr(yamltext, "_LOADER", yaml.SafeLoader)
    assert fast == answers()


def lines_of_problems(text: str) -> list[int]:
    try:
        read_source(text, "a.md")
    except ContentError as error:
        return [problem.line for problem in error.problems]
    return []


plain = st.text(alphabet=string.ascii_letters + string.digits + " .,-/()’éŵ", min_size=1, max_size=30).map(str.strip)
words = plain.filter(lambda text: text != "" and text[0] not in "-?,.&*!|>%@`'\"")


@given(st.dictionaries(st.text(alphabet=string.ascii_lowercase + "_", min_size=1, max_size=8), words, min_size=1))
def test_plain_fields_are_read_as_typed(typed: dict[str, str]) -> None:
    text = "\n".join(f"{name}: {value}" for name, value in typed.items())
    data, lines = read_fields(text, "a.md")
    assert data == typed
    assert list(lines.values()) == list(range(1, len(typed) + 1))


@given(st.text(alphabet=st.sampled_from("ab:-#'\"[]{}&*!|>%@`~?,<= \n\t—•01"), max_size=60))
@settings(max_examples=400)
def test_no_front_matter_ends_in_a_traceback(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 4 for line in lines_of_problems(f"---\n{text}\n---\nWords"))


@given(st.text(max_size=60))
def test_no_file_ends_in_a_traceback(text: str) -> None:
    assert all(line >= 1 for line in lines_of_problems(text))
