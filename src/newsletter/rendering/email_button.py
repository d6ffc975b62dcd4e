"""How large a button Outlook on Windows has to draw: it sizes nothing by itself and cuts off what does not fit.

Everywhere else a button grows with its words, by the padding that `templates/email/inlined.css` gives it.
"""

from __future__ import annotations

import unicodedata
from math import ceil

from newsletter.models.base import Model
from newsletter.rendering.theme import SHEET_WIDTH, Size

RADIUS = 4  # pixels, of the corners
PADDING_X, PADDING_Y = 24, 12  # pixels, on each side
WIDEST = SHEET_WIDTH - 48  # pixels between the gutters of the sheet
FULL = 0.9  # of a line, when words have to wrap
_NARROW, _WIDE = frozenset(" !'(),-./:;I[]fijlrt|’"), frozenset("%&@MWmw—…")


class Drawn(Model):
    """A button's size in pixels, and its corners as a share of its height (VML's `arcsize`)."""

    width: int
    height: int
    arc: str  # "8%"


def drawn(label: str, size: Size) -> Drawn:
    """Room for a label set bold in this size, on as many lines as it takes, with the padding around it."""
    room = WIDEST - 2 * PADDING_X
    words = ceil(sum(map(_width, label)) * size.email)
    lines = 1 if words <= room else ceil(words / (room * FULL))
    height = 2 * PADDING_Y + ceil(lines * size.email * size.line_height)
    return Drawn(width=2 * PADDING_X + min(words, room), height=height, arc=f"{round(100 * RADIUS / height)}%")


def _width(sign: str) -> float:
    """Of one sign, where 1 is the size of the type; never less than Arial Bold takes."""
    if sign in _NARROW:
        return 0.4
    if sign in _WIDE or unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    return 0.78 if sign.isupper() else 0.62
