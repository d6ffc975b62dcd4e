"""Turns what pydantic found wrong into sentences for office staff, each with its place in the file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from newsletter.errors import Problem

LineOf = Callable[[Sequence[str | int]], int]


def from_validation(error: ValidationError, *, file: str, line_of: LineOf, known: Iterable[str] = ()) -> list[Problem]:
    """One Problem for each error; `line_of` maps a field's path to its line, `known` helps with misspelt keys."""
    problems = []
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if not _is_tag(part, detail))
        message, fix = _sentence(detail, path, tuple(known))
        problems.append(Problem(file=file, line=line_of(path), message=message, fix=fix))
    return problems


def _is_tag(part: object, detail: Any) -> bool:
    """Discriminated unions add the tag to the path; readers never wrote it there."""
    return isinstance(part, str) and part == str(detail.get("ctx", {}).get("tag", "\0"))


def dotted(path: Sequence[str | int]) -> str:
    """links.0.url -> "links (number 1): url", as a reader counts."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words[-1:] = [f"{words[-1] if words else 'entry'} (number {part + 1})"]
        else:
            words.append(part.removesuffix("_"))
    return ": ".join(words)


def _sentence(detail: Any, path: tuple[str | int, ...], known: tuple[str, ...]) -> tuple[str, str]:
    name, kind, ctx = dotted(path), detail["type"], detail.get("ctx", {})
    written = detail.get("input")
    shown = f"'{written}'" if isinstance(written, str | int | float | bool) else "this"
    if kind == "extra_forbidden":
        return f"'{name}' is not a field that is known here.", suggest(str(path[-1]), known)
    if kind == "missing":
        return f"'{name}' is missing.", f"Add a line that starts with {path[-1]}:"
    if kind == "value_error":
        reason = str(ctx.get("error", detail["msg"]))
        return f"{name}: {reason}" if name else reason, ""
    if kind == "literal_error":
        return f"{name}: {shown} is not one of the values known here.", f"Write one of: {ctx['expected']}."
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return f"{name}: {shown} is not a whole number.", ""
    if kind in ("bool_parsing", "bool_type"):
        return f"{name}: {shown} is neither true nor false.", "Write true or false."
    if kind in ("string_too_short", "too_short"):
        return f"{name} is empty.", "Fill it in, or take the line out." if kind == "string_too_short" else ""
    if kind == "string_type":
        return f"{name}: text is expected here.", "Write it on one line, in quotes if it holds a colon."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{name}: {shown} stands where several named values are expected.", "See the manual for its fields."
    if kind in ("tuple_type", "list_type"):
        return f"{name}: a list is expected here.", "Start each entry on its own line with a hyphen."
    if kind == "string_pattern_mismatch":
        return f"{name}: {shown} is not a colour.", "Write it as six hexadecimal digits, such as #1d70b8."
    if kind in ("date_type", "date_from_datetime_parsing", "datetime_type", "date_parsing", "datetime_parsing"):
        return f"{name}: {shown} is not a date.", "Write it as 26 November 2026."
    if kind == "union_tag_invalid":
        return f"kind: {shown} is not a kind of item.", f"Write one of: {ctx.get('expected_tags', '')}."
    return f"{name}: {detail['msg']}." if name else f"{detail['msg']}.", ""


def suggest(written: str, known: Iterable[str]) -> str:
    """ "Did you mean 'preheader'?", or the list of what is known."""
    names = sorted(known)
    if close := difflib.get_close_matches(written, names, n=1, cutoff=0.6):
        return f"Did you mean '{close[0]}'?"
    return f"Known here: {', '.join(names)}." if names else ""
