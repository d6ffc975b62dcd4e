"""Turns what pydantic found wrong into sentences for office staff, each with its place in the file."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsletter.errors import Problem
from newsletter.models.base import FieldError

Path = tuple[str | int, ...]
Hint = Callable[[str], str]  # the name of an unknown field -> what to do, or ""


def from_validation(
    error: ValidationError,
    *,
    file: str,
    lines: Mapping[str, int],
    model: type[BaseModel],
    line: int = 0,
    hint: Hint = lambda name: "",
) -> list[Problem]:
    """One Problem for each error.

    `lines` maps dotted fields ("links.0.url") to their 1-based lines in the file; `line` is used where none is known.
    `model` is the model that was validated: its fields help with misspelt ones.
    """
    problems = []
    details = [(detail, _path(detail, lines)) for detail in error.errors(include_url=False)]
    misspelt = {
        (*path[:-1], near)
        for detail, path in details
        if detail["type"] == "extra_forbidden" and (near := _nearest(str(path[-1]), fields_at(model, path[:-1])))
    }
    for detail, path in details:
        if detail["type"] == "missing" and path in misspelt:
            continue  # it is there, misspelt: one mistake, one problem
        if detail["type"] == "too_short" and any(below[: len(path)] == path != below for _, below in details):
            continue  # entries are there, and wrong
        message, fix = _sentence(detail, path, lines, model)
        if detail["type"] == "extra_forbidden" and len(path) == 1:
            fix = hint(str(path[0])) or fix
        problems.append(Problem(file=file, line=line_of(path, lines, line), message=message, fix=fix))
    return problems


def line_of(path: Sequence[str | int], lines: Mapping[str, int], line: int = 0) -> int:
    """The line of a field, or of the nearest field around it; `line` if none is known."""
    parts = [str(part) for part in path]
    while parts:
        if (found := lines.get(".".join(parts))) is not None:
            return found
        parts.pop()
    return line


def _path(detail: ErrorDetails, lines: Mapping[str, int]) -> Path:
    """The path as it was written: a rule over several fields says which it means, and the number of a list's entry
    is left out where only one entry was written, without a list."""
    located: Path = detail["loc"]
    reason = detail.get("ctx", {}).get("error")
    if isinstance(reason, FieldError):
        located = (*located, *reason.field.split("."))
    path: Path = ()
    for part in located:
        around = ".".join(str(before) for before in path)
        if isinstance(part, int) and around in lines and f"{around}.{part}" not in lines:
            continue
        path = (*path, part)
    return path


def dotted(path: Sequence[str | int]) -> str:
    """links.0.url -> "links (number 1): url", as a reader counts."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words[-1:] = [f"{words[-1] if words else 'entry'} (number {part + 1})"]
        else:
            words.append(part)
    return ": ".join(words)


def _sentence(detail: ErrorDetails, path: Path, lines: Mapping[str, int], model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    name, kind, written = dotted(path), detail["type"], detail.get("input")
    ctx = detail.get("ctx", {})
    shown = f"'{written}'" if isinstance(written, str | int | float | bool) else "this"
    if kind == "extra_forbidden":
        return f"'{name}' is not a field that is known here.", suggest(str(path[-1]), fields_at(model, path[:-1]))
    if kind == "missing":
        if ".".join(str(part) for part in path) in lines:
            return f"{name} is empty.", "Fill it in. (What follows a # is a comment: put it in quotes if you mean it.)"
        return f"'{name}' is missing.", f"Add a line that starts with {path[-1]}:"
    if kind == "value_error":
        reason = str(ctx.get("error", detail["msg"]))
        return (reason if isinstance(ctx.get("error"), FieldError) or not name else f"{name}: {reason}"), ""
    if kind == "literal_error":
        return f"{name}: {shown} is not one of the values known here.", _one_of(str(written), str(ctx["expected"]))
    if kind in _FIELDS_EXPECTED:
        known = fields_at(model, path)
        fix = f"Its fields are: {', '.join(known)}." if known else ""
        return f"{name}: {shown} stands where several named values are expected.", fix
    if kind == "string_type":
        return _text_expected(name, written)
    if kind not in _PLAIN:
        return (f"{name}: {detail['msg']}." if name else f"{detail['msg']}."), ""
    message, fix = _PLAIN[kind]
    message = message.format(name=name, shown=shown, **{key: str(value) for key, value in ctx.items()})
    return (message if message.startswith(name) else f"{name}: {message}"), fix


_FIELDS_EXPECTED = ("model_type", "model_attributes_type", "dict_type")
_WHOLE = ("{shown} is not a whole number.", "Write it in digits, such as 3.")
_TRUTH = ("{shown} is neither true nor false.", "Write true or false.")
_LIST = ("a list is expected here.", "Start each entry on its own line with a hyphen, or write [one, two].")
_DATE = ("{shown} is not a date.", "Write it as 26 November 2026.")
_PLAIN = {
    "int_parsing": _WHOLE, "int_type": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "bool_parsing": _TRUTH, "bool_type": _TRUTH,
    "tuple_type": _LIST, "list_type": _LIST,
    "date_type": _DATE, "date_parsing": _DATE, "date_from_datetime_parsing": _DATE, "date_from_datetime_inexact": _DATE,
    "datetime_type": _DATE, "datetime_parsing": _DATE, "datetime_from_date_parsing": _DATE,
    "string_too_short": ("{name} is empty.", "Fill it in, or take the line out."),
    "too_short": ("{name} is empty.", "Name at least one."),
    "greater_than_equal": ("{shown} is too small: it must be {ge} or more.", ""),
    "less_than_equal": ("{shown} is too large: it must be {le} or less.", ""),
    "string_pattern_mismatch": ("{shown} is not a colour.", "Write it as six hexadecimal digits, such as #1d70b8."),
}  # fmt: skip


def _text_expected(name: str, written: Any) -> tuple[str, str]:
    """YAML reads "- Chair: Jo Bell" as a named value, and [x] as a list: say how to make it text."""
    if isinstance(written, dict) and len(written) == 1:
        ((key, value),) = written.items()
        if isinstance(value, str):
            return f"{name}: '{key}: {value}' holds a colon.", f'Put it in quotes: "{key}: {value}"'
    if isinstance(written, list | tuple):
        return f"{name}: one text is expected here, not a list.", "Put it in quotes if it starts with a square bracket."
    if isinstance(written, dict):
        return f"{name}: text is expected here, not several named values.", "Put it in quotes if it holds a colon."
    return f"{name}: text is expected here.", "Put it in quotes."


def _one_of(written: str, expected: str) -> str:
    """ "'local', 'national' or 'elsewhere'" -> Write one of …, with the nearest first if one is near."""
    values = [value.strip(" '") for value in expected.replace(" or ", ", ").split(",")]
    near = difflib.get_close_matches(written.lower(), values, n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else f"Write one of: {', '.join(values)}."


def suggest(written: str, known: Iterable[str]) -> str:
    """ "Did you mean 'preheader'?", or the list of what is known."""
    names = sorted(known)
    if near := _nearest(written, names):
        return f"Did you mean '{near}'?"
    return f"Known here: {', '.join(names)}." if names else ""


def _nearest(written: str, known: Iterable[str]) -> str | None:
    plain = written.lower().replace(" ", "_").replace("-", "_")
    lowered = {name.lower().replace("-", "_"): name for name in known}
    close = difflib.get_close_matches(plain, lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def fields_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The fields that the model at `path` below `model` has, as people write them; [] if there is none."""
    current: type[BaseModel] | None = model
    keyed = False  # within a table whose keys are free, such as [contacts]
    for part in path:
        if keyed or isinstance(part, int):
            keyed = False
            continue
        fields = current.model_fields if current else {}
        field = next((field for name, field in fields.items() if part in (name, field.alias)), None)
        if field is None:
            return []
        keyed = _is_table(field.annotation)
        current = _model_in(field.annotation)
    if current is None or keyed:
        return []
    return sorted(field.alias or name for name, field in current.model_fields.items())


def _is_table(annotation: Any) -> bool:
    return typing.get_origin(annotation) is dict


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model within Optional[…], tuple[…] or dict[str, …]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in typing.get_args(annotation) if (found := _model_in(inner))), None)
