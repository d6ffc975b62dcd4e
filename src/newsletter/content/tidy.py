"""Text as pasted from Word, Outlook or a PDF, made plain. One line in is one line out, so line numbers hold."""

from __future__ import annotations

import re

_BLANKS = "\u00a0\u2000-\u200a\u202f\u205f"  # no-break and typographic spaces
_BREAKS = "\u0085\u2028\u2029\x0b\x0c"  # what is not a line break to an editor, but is one to Python or YAML
_JOINING = (  # scripts and signs in which the joiners U+200C and U+200D carry meaning: Arabic to Mongolian, emoji
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
)
_STRAY_JOINER = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])")
# Control characters, soft hyphens, zero-width junk, embeddings and overrides that could turn text around, Word's
# object marks, private use, and the two signs that rendering marks its slots with. Left: U+200E and U+200F.
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff"
    "\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\u27e6\u27e7\U000f0000-\U0010ffff]"
)
_LETTERS = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_PASTED_INDENT = re.compile(rf"^[ \t]*[{_BLANKS}][ \t{_BLANKS}]*", re.M)
_PASTED_END = re.compile(rf"(?<![ \t{_BLANKS}])[ \t]*[{_BLANKS}][ \t{_BLANKS}]*$", re.M)
_MARKER = re.compile(r"(?:[-*+•·‣◦▪■●○➢–\uf0a7\uf0b7\uf0d8§]|o(?=\t| {2})|\d{1,3}[.)])[ \t\u00a0]")

_BULLET = re.compile(
    r"^(?P<indent>[ \t]*)(?:"
    r"(?:•|[·‣◦▪■●○➢\uf0a7\uf0b7\uf0d8](?=[ \t]))[ \t]*"  # signs that are nothing but bullets
    r"|(?:[o§](?=\t| {2})|–(?=\t))[ \t]+"  # signs that are letters too: only as Word writes them, before a tab
    r")(?=\S)"
)
_DASH = re.compile(r"^(?P<indent>[ \t]*)–[ \t]+(?=\S)")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def tidy_characters(text: str) -> str:
    """Plain line endings, plain blanks, no invisible junk. Curly quotes and dashes stay as they are typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PASTED_INDENT.sub(_indent, _PASTED_END.sub("", text))
    text = re.sub(f"[{_BLANKS}{_BREAKS}]", " ", text)
    text = _bullets(text)
    return without_junk(text).translate(_LETTERS)


def without_junk(text: str) -> str:
    """Without signs that nobody sees but programs act on, and without the two that rendering marks its slots with."""
    return _STRAY_JOINER.sub("", _JUNK.sub("", text))


def _indent(found: re.Match[str]) -> str:
    """An indent made with no-break spaces is layout; before a list's mark it says how deep the list is."""
    return " " * len(found[0].expandtabs(4)) if _MARKER.match(found.string, found.end()) else ""


def tidy_value(text: str) -> str:
    """A value of the front matter after YAML's own escapes were read: no junk; line breaks stay."""
    text = re.sub(f"[{_BLANKS}{_BREAKS}]", " ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return without_junk(text).translate(_LETTERS)


def _bullets(text: str) -> str:
    """Bullets of word processors become Markdown's; nothing within a fenced block changes."""
    lines = text.split("\n")
    fence = ""
    for number, line in enumerate(lines):
        if found := _FENCE.match(line):
            fence = "" if fence == found[1] else fence or found[1]
        elif not fence:
            lines[number] = _callout(_bullet(lines, number))
    return "\n".join(lines)


def _bullet(lines: list[str], number: int) -> str:
    line = lines[number]
    if _BULLET.match(line):
        return _BULLET.sub(r"\g<indent>- ", line)
    if _DASH.match(line) and any(_DASH.match(near) for near in _neighbours(lines, number)):
        return _DASH.sub(r"\g<indent>- ", line)  # one dash alone is a dash, such as before a name
    return line


def _neighbours(lines: list[str], number: int) -> list[str]:
    """The lines with words before and after; one before that became a list item counts as the dash it was."""
    before, after = number - 1, number + 1
    while before >= 0 and not lines[before].strip():
        before -= 1
    while after < len(lines) and not lines[after].strip():
        after += 1
    near = [re.sub(r"^([ \t]*)- ", r"\1– ", lines[before])] if before >= 0 else []
    return near + lines[after : after + 1]


def _callout(line: str) -> str:
    """Word's curly quotes around the title of a callout would hide it from the reader of Markdown."""
    return re.sub("[“”]", '"', line) if line.startswith("!!!") else line
