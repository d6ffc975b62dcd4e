"""What YAML's reader says of a mistake, in the words of an office, at the line where the mistake was made."""

from __future__ import annotations

import re

import yaml

FORM = "Write each field on a line of its own, as name: value."


def explain(error: yaml.YAMLError, source: list[str]) -> tuple[int, str, str]:
    """The line (from 0 within `source`), what is wrong, and what to do."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 0, "The front matter cannot be read.", FORM
    line = min(error.problem_mark.line, max(len(source) - 1, 0))
    context = error.context_mark.line if error.context_mark is not None else line
    said = f"{error.context or ''} {error.problem or ''}"
    written = source[line] if source else ""
    if "mapping values are not allowed" in said:
        return _colon(line, source)
    if "quoted scalar" in said:
        return context, "A quotation mark is opened here and never closed.", "Close it at the end of the value."
    if re.search(r"anchor|alias|tag|directive", said):
        return line, f"'{_value(written)}' starts with a sign that YAML keeps for itself.", _quotes(written)
    if "cannot start any token" in said or "block scalar" in said:
        return line, f"'{_value(written)}' starts with a sign that YAML keeps for itself.", _quotes(written)
    if "could not find expected ':'" in said:
        return _no_colon(context, line, source)
    if "flow" in said:
        return context, "A bracket is opened here and never closed.", "Close it, or put the value in quotes."
    if re.search(r":\s*(\"[^\"]*\"|'[^']*')\s*\S", written):
        fix = "Put the whole value in quotes of the other kind, or take the quotes out."
        return line, "Words follow after the closing quotation mark.", fix
    return (
        line,
        "This line does not fit the lines above it.",
        "Check that fields of one level start at the same column.",
    )


def _value(line: str) -> str:
    """What follows the field's name, for showing."""
    return re.sub(r"^\s*(?:- +)?(?:[\w -]+:\s+)?", "", line).strip() or line.strip()


def _quotes(line: str) -> str:
    value = _value(line)
    return f"Put it in quotes: '{value}'" if '"' in value else f'Put it in quotes: "{value}"'


def _colon(line: int, source: list[str]) -> tuple[int, str, str]:
    """A colon within a value: "title: Winter: news"."""
    written = source[line]
    found = re.match(r"^\s*(?:- +)?([^:]+):\s+(.+)$", written)
    if found and re.search(r":(\s|$)", found[2]):
        value = found[2].strip()
        fixed = f"'{value}'" if '"' in value else f'"{value}"'
        return line, "A value that holds a colon must stand in quotes.", f"Write {found[1].strip()}: {fixed}"
    message = "This field stands deeper than the line before it, which has a value already."
    return line, message, "Check the spaces at the start of the line; put a value that holds a colon in quotes."


def _no_colon(context: int, line: int, source: list[str]) -> tuple[int, str, str]:
    """A line that is not "name: value"."""
    place = context if context < len(source) and ":" not in source[context] else line
    if re.match(r"\s*[\w -]+:\S", source[place]):
        return place, f"'{source[place].strip()}' needs a space after the colon.", FORM
    return place, f"'{source[place].strip()}' is not a field.", FORM
