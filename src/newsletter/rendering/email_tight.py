"""Takes out of a finished email the bytes that say nothing: Gmail cuts a message off after 102,400 of them."""

from __future__ import annotations

import re
from functools import lru_cache

# Comments are matched so that they stay as they are: only Outlook reads them. Words cannot hold a "<".
_TAG = re.compile(r"""<!--.*?-->|<[a-zA-Z](?:"[^"]*"|'[^']*'|[^"'>])*>""", re.S)
_VALUE = re.compile(r""" style="(?P<style>[^"]*)"|"[^"]*"|'[^']*'""")
_BLANKS = re.compile(r"(?<=[;,])\s+|;\s*$")
_ZERO = re.compile(r"(?<![\w.#-])0px")

# What the engine writes around the words of every `mj-text`. Its cell breaks long words, and is 0 high until its `div`
# says otherwise: the page says the first for all of them, and nothing but the `div` is in the cell.
_ROW = re.compile(
    r"""<td align="(?P<side>left|right)"(?P<before>[^>]*? style="[^"]*?)font-size:0;(?P<padding>padding:[^";]*);"""
    r"""word-break:break-word"><div style="font-family:inherit;(?P<size>[^"]*?);text-align:(?P=side)"""
    r"""(?P<ink>;color:[^"]*)">"""
)
_PREFIXES = ("<html ", '<html xmlns:w="urn:schemas-microsoft-com:office:word" ')  # of Outlook's drawn buttons


def tight(html: str) -> str:
    """The same document with the blanks of its style attributes left out, and `0` for `0px`. Quotes must be paired.

    What its page and its cells say already, no row of it says again."""
    short = _TAG.sub(_in_tag, html).replace(*_PREFIXES, 1)
    return _ROW.sub(r'<td align="\g<side>"\g<before>\g<padding>"><div style="\g<size>\g<ink>">', short)


def _in_tag(found: re.Match[str]) -> str:
    tag = found[0]
    return tag if tag.startswith("<!") or " style=" not in tag else _VALUE.sub(_in_value, tag)


def _in_value(found: re.Match[str]) -> str:
    return found[0] if found["style"] is None else f' style="{_declarations(found["style"])}"'


@lru_cache(maxsize=1024)  # an email has few different ones
def _declarations(style: str) -> str:
    return _ZERO.sub("0", _BLANKS.sub("", style))
