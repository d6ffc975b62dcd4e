"""Lists as people type and paste them, brought into the form that Python-Markdown reads: a blank line before a list,
four blanks for each level, "1)" as "1.". Pure text work, done before Markdown is parsed; nobody sees its result."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ITEM = re.compile(r"(?P<indent> *)(?:(?P<bullet>[-*+])|(?P<number>\d{1,3})[.)]) +(?=\S)")
_RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})$")
_CONTAINER = re.compile(r"!!! ?[\w-]|\[\^[^\]]+\]:|: {1,3}\S")  # callout, footnote, definition: their text is indented
_LEVEL = "    "


def space_lists(lines: list[str], *, after_text: bool = False) -> list[str]:
    """Lines (tabs expanded) with their lists respaced. Fenced blocks must have been taken out before.

    What is indented below a callout, a footnote or a meaning belongs to it, whatever stands before it.

    `after_text`: words stand right before the first line.
    """
    result: list[str] = []
    state = _State(after_text=after_text)
    number = 0
    while number < len(lines):
        line = lines[number]
        indent = _container(line, state)
        taken = [line] if indent == 0 else state.take(line)
        result += taken
        number += 1
        if indent is not None:
            end = _end_of_container(lines, number, indent)
            words = not line.lstrip().startswith("!!!")  # what follows a callout's mark on its line is its title
            inner = space_lists([text[indent + len(_LEVEL) :] for text in lines[number:end]], after_text=words)
            before = taken[0][: len(taken[0]) - len(taken[0].lstrip())] + _LEVEL
            result += [before + text if text else "" for text in inner]
            state = state if indent else _State(after_text=True)
            number = end
    return result


def _container(line: str, state: _State) -> int | None:
    """How far a line is indented below which text is indented; None if it is no such line."""
    if _CONTAINER.match(line):
        return 0 if not line.startswith(":") or not state.levels or state.after_blank else None
    indent = len(line) - len(line.lstrip())
    within = state.levels and state.after_blank and indent >= state.levels[-1] + 2
    return indent if within and line.startswith("!!!", indent) and _CONTAINER.match(line, indent) else None


def _end_of_container(lines: list[str], start: int, indent: int) -> int:
    """The line after the last indented one; blank lines between indented ones belong to it."""
    end = start
    for number in range(start, len(lines)):
        if lines[number].startswith(" " * indent + _LEVEL):
            end = number + 1
        elif lines[number].strip():
            break
    return end


@dataclass
class _State:
    """Where in a list the last line stood."""

    levels: list[int] = field(default_factory=list)  # how far each open level's mark was indented, as typed
    kinds: list[bool] = field(default_factory=list)  # whether each is numbered
    after_text: bool = False  # the line before belongs to a paragraph
    after_blank: bool = False
    in_paragraph: bool = False  # of an item, after a blank line: the next item must stand apart from it

    def take(self, line: str) -> list[str]:
        """The lines that stand for this one."""
        if not line.strip():
            self.after_blank, self.after_text, self.in_paragraph = True, False, False
            return [""]
        found = _ITEM.match(line)
        if found and not _RULE.match(line) and self._starts(found):
            return self._item(found, line)
        text = self._text(line)
        self.in_paragraph = self.in_paragraph or (bool(self.levels) and self.after_blank)
        self.after_blank, self.after_text = False, True
        return [text]

    def _starts(self, found: re.Match[str]) -> bool:
        """In a paragraph only "1." starts a numbered list: "2023. Then" is where a line was broken."""
        return bool(self.levels) or not self.after_text or found["bullet"] is not None or found["number"] == "1"

    def _item(self, found: re.Match[str], line: str) -> list[str]:
        indent, numbered = len(found["indent"]), found["bullet"] is None
        gap = self.in_paragraph or (self.after_text and not self.levels)
        while self.levels and indent < self.levels[-1]:
            self.levels.pop()
            self.kinds.pop()
        if not self.levels or indent >= self.levels[-1] + 2:
            self.levels.append(indent)
            self.kinds.append(numbered)
        elif self.kinds[-1] != numbered:
            self.kinds[-1] = numbered
            gap = gap or not self.after_blank
        mark = f"{found['number']}." if numbered else found["bullet"]
        self.after_blank, self.after_text, self.in_paragraph = False, True, False
        text = f"{_LEVEL * (len(self.levels) - 1)}{mark} {line[found.end() :]}"
        return ["", text] if gap else [text]

    def _text(self, line: str) -> str:
        """A line of words: part of an item when it follows at once or is indented under it, else the list's end."""
        if not self.levels or not self.after_blank:
            return line
        indent = len(line) - len(line.lstrip())
        while self.levels and indent < self.levels[-1] + 2:
            self.levels.pop()
            self.kinds.pop()
        return _LEVEL * len(self.levels) + line.lstrip() if self.levels else line
