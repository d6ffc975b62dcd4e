"""What changed between two proofs, word by word, as a person would tell it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "new", "gone"]
# The number of a link: one link more shifts all that follow.
_NUMBER = re.compile(r"(?m)^\[\d{1,3}\] |\s\[\d{1,3}\](?=[.,;:)\n]|$)| \[\d{1,3}\](?= )")
_WRAPPED = re.compile(r"(?<=[^\n]{50})\n *(?=[^\s•\-])")  # a long line that only goes on in the next
_UNDERLINE = re.compile(r"[=\-]{3,}")
_ALIKE = 0.4  # below this two texts are shown one after the other: mixed together nobody could read them
_SLIVER = 2  # so few words between two changes are shown as changed with them
_AROUND = 14  # words that stayed, shown before and after a change


@dataclass(frozen=True)
class Run:
    """Words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One place that changed, with the heading it stands under."""

    heading: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class _Paragraph:
    text: str
    heading: bool

    @property
    def words(self) -> str:
        """As it is compared: where a line breaks does not matter."""
        return " ".join(self.text.split())


def compare(before: str, after: str) -> tuple[Change, ...]:
    """Every place where two plain texts differ, in the order of the later one."""
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(None, [one.words for one in old], [one.words for one in new], autojunk=False)
    return tuple(
        Change(_heading(new, start), _shortened(tuple(_runs(old[first:last], new[start:end]))))
        for what, first, last, start, end in matcher.get_opcodes()
        if what != "equal"
    )


def _paragraphs(text: str) -> list[_Paragraph]:
    """Parted by empty lines; lines drawn under and above headings, and the numbers of links, are no words."""
    found = []
    for part in re.split(r"\n[ \t]*\n", _NUMBER.sub("", text)):
        lines = [line.rstrip() for line in part.strip("\n").split("\n")]
        kept = [line for line in lines if not _UNDERLINE.fullmatch(line.strip())]
        if any(kept):
            found.append(
                _Paragraph(_WRAPPED.sub(" ", "\n".join(kept)), heading=bool(_UNDERLINE.fullmatch(lines[-1].strip())))
            )
    return found


def _heading(paragraphs: Sequence[_Paragraph], place: int) -> str:
    """The heading that stands above a place; "" if the place starts with one."""
    if place < len(paragraphs) and paragraphs[place].heading:
        return ""
    above = (one.text for one in reversed(paragraphs[:place]) if one.heading)
    return " ".join(next(above, "").split("\n")[0].split())


def _runs(old: Sequence[_Paragraph], new: Sequence[_Paragraph]) -> Iterator[Run]:
    before, after = (re.findall(r"\S+\s*", "\n\n".join(one.text for one in part)) for part in (old, new))
    matcher = SequenceMatcher(None, [word.strip() for word in before], [word.strip() for word in after], autojunk=False)
    if not before or not after or matcher.ratio() < _ALIKE:
        yield from (
            (Run("gone", "".join(before)), Run("new", "".join(after))) if before and after else _whole(before, after)
        )
        return
    gone: list[str] = []
    came: list[str] = []
    codes = matcher.get_opcodes()
    for place, (what, first, last, start, end) in enumerate(codes):
        sliver = what == "equal" and last - first <= _SLIVER and 0 < place < len(codes) - 1
        if what == "equal" and not sliver:
            yield from _whole(gone, came)
            yield Run("same", "".join(after[start:end]))
            gone, came = [], []
        else:
            gone += before[first:last]
            came += after[start:end]
    yield from _whole(gone, came)


def _whole(gone: Sequence[str], came: Sequence[str]) -> Iterator[Run]:
    if gone:
        yield Run("gone", "".join(gone))
    if came:
        yield Run("new", "".join(came))


def _shortened(runs: Sequence[Run]) -> tuple[Run, ...]:
    """A long passage that stayed is told by its ends: those beside a change."""
    return tuple(
        run if run.kind != "same" else Run("same", _ends(run.text, first=place == 0, last=place == len(runs) - 1))
        for place, run in enumerate(runs)
    )


def _ends(text: str, *, first: bool, last: bool) -> str:
    words = re.findall(r"\S+\s*", text)
    if len(words) <= _AROUND * (1 if first or last else 2) + 2:
        return text
    before = "" if first else "".join(words[:_AROUND]).rstrip()
    after = "" if last else "".join(words[-_AROUND:])
    return f"{before} … {after}".lstrip()
