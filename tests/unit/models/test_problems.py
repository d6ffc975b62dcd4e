"""What a model refuses becomes a sentence at the right line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import BaseModel, Field, ValidationError

from newsletter.errors import Problem
from newsletter.models.base import FieldError, Model
from newsletter.models.issue import IssueFront
from newsletter.models.items import KINDS, EventItem, ItemFront, MessageItem, Resource
from newsletter.models.problems import dotted, fields_at, from_validation, line_of, suggest
from newsletter.models.publication import Publication


def problems(model: type[BaseModel], data: object, lines: Mapping[str, int] | None = None) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return from_validation(caught.value, file="a.md", lines=lines or {}, model=model, line=1)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("title",), "title"),
        (("links", 0, "url"), "links (number 1): url"),
        ((1, "x"), "entry (number 2): x"),
        (("for",), "for"),
        ((), ""),
    ],
)
def test_paths_are_counted_as_readers_count(path: tuple[str | int, ...], words: str) -> None:
    assert dotted(path) == words


def test_the_nearest_line_around_a_field_is_used() -> None:
    lines = {"links": 4, "links.0": 5}
    assert line_of(("links", 0, "url"), lines) == 5
    assert line_of(("links", 1, "url"), lines) == 4
    assert line_of(("title",), lines, 1) == 1
    assert line_of(("title",), lines) == 0


def test_a_field_that_is_there_and_empty_is_not_called_missing() -> None:
    (problem,) = problems(ItemFront, {}, {"title": 2})
    assert problem == Problem("a.md", 2, "title is empty.", problem.fix)


def test_one_misspelt_field_is_one_problem() -> None:
    (problem,) = problems(ItemFront, {"titel": "News"}, {"titel": 2})
    assert str(problem) == "a.md:2: 'titel' is not a field that is known here. Did you mean 'title'?"


def test_a_rule_over_several_fields_points_at_the_one_it_means() -> None:
    (problem,) = problems(MessageItem, {"kind": "message", "title": "A"}, {"title": 2, "kind": 3})
    assert (problem.line, problem.message) == (3, "A message needs an author or a role: say who it is from.")
    event = {"kind": "event", "title": "A", "when": "26 November 2026", "ends": "1 May 2026"}
    (problem,) = problems(EventItem, event, {"title": 2, "ends": 5})
    assert problem.line == 5


def test_a_single_contact_is_not_counted() -> None:
    data = {"title": "A", "contact": {"role": "Team", "email": "x"}}
    (problem,) = problems(ItemFront, data, {"title": 2, "contact": 3, "contact.role": 4, "contact.email": 5})
    assert (problem.line, problem.message) == (5, "contact: email: 'x' is not an email address.")


def test_for_is_called_as_it_is_written() -> None:
    data = {"kind": "resource", "title": "A", "files": [{"title": "B", "url": "https://x.org", "for": ["a"]}]}
    (problem,) = problems(Resource, data, {"files": 3, "files.0": 4, "files.0.for": 6})
    assert (problem.line, problem.message) == (6, "files (number 1): for: one text is expected here, not a list.")


def test_fields_are_known_at_every_depth() -> None:
    assert "url" in fields_at(KINDS["article"], ("links", 3))
    assert fields_at(KINDS["resource"], ("files", 0)) == ["for", "language", "path", "title", "url"]
    assert fields_at(IssueFront, ("hero",)) == ["alt", "caption", "credit", "decorative", "link", "src"]
    assert "reply_to" in fields_at(Publication, ("sender",))
    assert "phone" in fields_at(Publication, ("contacts", "training"))
    assert fields_at(Publication, ("contacts",)) == []
    assert fields_at(Publication, ("nothing", "below")) == []
    assert fields_at(IssueFront, ("title", "below")) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("preheeder", "Did you mean 'preheader'?"),
        ("Reply-To", "Did you mean 'reply_to'?"),
        ("reply to", "Did you mean 'reply_to'?"),
        ("zzz", "Known here: preheader, reply_to."),
    ],
)
def test_a_near_word_is_offered_or_else_all_of_them(written: str, expected: str) -> None:
    assert suggest(written, ["reply_to", "preheader"]) == expected
    assert suggest(written, []) == ""


class Oddities(Model):
    number: int | None = Field(default=None, ge=1, le=9)
    truth: bool = False
    ratio: float = 0
    words: dict[str, str] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"number": "x"}, "number: 'x' is not a whole number."),
        ({"number": "1.5"}, "number: '1.5' is not a whole number."),
        ({"number": []}, "number: this is not a whole number."),
        ({"number": "10"}, "number: '10' is too large: it must be 9 or less."),
        ({"number": "9" * 5000}, None),
        ({"truth": "{maybe}"}, "truth: '{maybe}' is neither true nor false."),
        ({"truth": []}, "truth: this is neither true nor false."),
        ({"ratio": "x"}, None),
        ({"words": "x"}, "words: 'x' stands where several named values are expected."),
        ({"words": {"a": ["b"]}}, "words: a: one text is expected here, not a list."),
        ({"words": {"a": {"b": "c"}}}, "words: a: 'b: c' holds a colon."),
        ([], None),
    ],
)
def test_every_error_becomes_a_sentence(data: object, message: str | None) -> None:
    (problem,) = problems(Oddities, data)
    assert problem.message[-1] == "."
    if message is not None:
        assert problem.message == message


def test_an_error_without_a_field_stands_at_the_given_line() -> None:
    class Whole(Model):
        a: str = ""

        def model_post_init(self, context: object) -> None:
            raise ValueError("Everything is wrong.")

    assert problems(Whole, {})[0] == Problem("a.md", 1, "Everything is wrong.", "")


def test_a_field_error_is_a_value_error() -> None:
    error = FieldError("a.b", "No.")
    assert isinstance(error, ValueError)
    assert (error.field, str(error)) == ("a.b", "No.")
