"""YAML to plain data in which every value is the text a person typed: `no`, `1:30` and `0121 496 0000` survive.

A subset is read: fields, lists and text. Anchors, aliases, tags and merge keys are refused, since nobody writes
them by hand and they are how a small file becomes a very large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from newsletter.content.tidy import tidy_value
from newsletter.content.yamlerrors import FORM, explain
from newsletter.errors import ContentError, Problem

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
DEEPEST = 8  # levels of nesting; no field needs more than four
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same language, ten times faster where it was compiled
_QUOTES = "If the sign belongs to the words, put them in quotes."


def read_fields(text: str, file: str, first_line: int = 1) -> tuple[dict[str, Value], dict[str, int]]:
    """The fields of tidied YAML text, and the line of each ("links.0.url" -> 1-based line in the file).

    Empty values are left out of the fields, so that they mean the same as a line that is not there; their lines stay.
    `first_line` is the file's line on which the text starts.

    Raises:
        ContentError: with each problem's line.
    """
    reader = _Reader(text, file, first_line)
    fields = reader.read()
    if reader.problems:
        raise ContentError(reader.problems)
    return fields, reader.lines


@dataclass(frozen=True, slots=True)
class _Event:
    """One step of YAML's reader. Lines and columns count from 0."""

    kind: str  # the name of PyYAML's class, such as "MappingStartEvent"
    line: int
    column: int
    end: tuple[int, int]  # line and column just past it
    value: str
    plain: bool  # neither in quotes nor a block
    anchored: bool


def _events(text: str) -> Iterator[_Event]:
    for event in yaml.parse(text, Loader=_LOADER):
        start, end = event.start_mark, event.end_mark
        yield _Event(
            kind=type(event).__name__,
            line=start.line if start else 0,
            column=start.column if start else 0,
            end=(end.line, end.column) if end else (0, 0),
            value=str(getattr(event, "value", "")),
            plain=not getattr(event, "style", None),
            anchored=getattr(event, "anchor", None) is not None,
        )


class _Stop(Exception):
    """What follows cannot be read any more; the problem has been noted."""


class _Reader:
    """Builds data from YAML's events. One for each text."""

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.source = [*text.split("\n"), ""]  # YAML may point just past the end
        self.file = file
        self.first_line = first_line
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.events = _events(text)

    def note(self, line: int, message: str, fix: str = "") -> None:
        """Notes a problem; `line` counts from 0 within the text, as YAML does."""
        self.problems.append(Problem(self.file, line + self.first_line, message, fix))

    def stop(self, event: _Event, message: str, fix: str = "") -> None:
        self.note(event.line, message, fix)
        raise _Stop

    def read(self) -> dict[str, Value]:
        self.refuse_tabs()
        if self.problems:
            return {}
        try:
            return self.document()
        except _Stop:
            return {}
        except yaml.YAMLError as error:
            self.note(*explain(error, self.source))
            return {}

    def refuse_tabs(self) -> None:
        """YAML allows no tabs before a field; half its readers say so in riddles, and the rest guess."""
        for number, line in enumerate(self.source):
            if re.match(r" *\t\s*\S", line):
                self.note(number, "This line starts with a tab.", "Use spaces: two for each level.")

    def document(self) -> dict[str, Value]:
        event = next(self.events)
        while event.kind in ("StreamStartEvent", "DocumentStartEvent"):
            event = next(self.events)
        if event.kind == "StreamEndEvent":
            return {}
        self.refuse_references(event)
        if event.kind != "MappingStartEvent":
            written = self.source[event.line].strip()
            glued = re.match(r"[\w -]+:\S", written)
            message = (
                f"'{written}' needs a space after the colon." if glued else "The front matter is not made of fields."
            )
            self.stop(event, message, FORM)
        fields = self.mapping("", 1)
        for event in self.events:
            if event.kind == "DocumentStartEvent":
                self.stop(
                    event, "A second document starts here.", "Keep one block of fields between the two --- lines."
                )
        return fields

    def refuse_references(self, event: _Event) -> None:
        """Refuses what is more than fields, lists and text."""
        written = self.source[event.line][event.column :].strip()
        if event.kind == "AliasEvent":
            self.stop(event, f"'{written}' starts with *, which stands for a reference here.", _QUOTES)
        if event.anchored:
            self.stop(event, f"'{written}' starts with &, which stands for a name here.", _QUOTES)
        if written.startswith("!") and not event.kind.endswith("EndEvent"):
            self.stop(event, f"'{written}' starts with !, which stands for a type here.", _QUOTES)

    def mapping(self, path: str, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        seen: dict[str, int] = {}
        while (event := next(self.events)).kind != "MappingEndEvent":
            key = self.key(event)
            place = f"{path}.{key}".lstrip(".")
            if key in seen:
                message = f"'{key}' stands here a second time; the first is in line {seen[key]}."
                self.note(event.line, message, "Keep one of them.")
            seen.setdefault(key, event.line + self.first_line)
            self.lines.setdefault(place, event.line + self.first_line)
            if value := self.value(next(self.events), place, depth):
                fields.setdefault(key, value)
        return fields

    def key(self, event: _Event) -> str:
        self.refuse_references(event)
        if event.kind != "ScalarEvent":
            self.stop(event, "A field's name must be a word.", "If the line starts with a bracket, put it in quotes.")
        key = tidy_value(event.value).strip()
        if key == "<<":
            self.stop(event, "'<<' is not a field.", "Write the fields out.")
        return key

    def sequence(self, path: str, depth: int) -> list[Value]:
        entries: list[Value] = []
        while (event := next(self.events)).kind != "SequenceEndEvent":
            place = f"{path}.{len(entries)}"
            if value := self.value(event, place, depth):
                self.lines[place] = event.line + self.first_line
                entries.append(value)
        return entries

    def value(self, event: _Event, path: str, depth: int) -> Value:
        self.refuse_references(event)
        if depth > DEEPEST:
            self.stop(event, f"The fields are nested more than {DEEPEST} levels deep.", "Use fewer levels.")
        if event.kind == "MappingStartEvent":
            return self.mapping(path, depth + 1)
        if event.kind == "SequenceStartEvent":
            return self.sequence(path, depth + 1)
        return self.text(event)

    def text(self, event: _Event) -> str:
        """The words of a value. Words after a # would be lost without a word, so they are asked about."""
        if event.plain:
            line, column = event.end
            if found := re.match(r"\s*(#\w.*)", self.source[line][column:]):
                message = f"'{found[1].strip()}' would be left out: a # starts a comment."
                self.note(line, message, "Put the whole value in quotes.")
        return tidy_value(event.value).strip()
