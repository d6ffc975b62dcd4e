"""The one set of tokens: colours with their contrast worked out, sizes, spaces and fonts of every rendition.

Email, web copy, service pages and the preview all take their looks from here, so none of them can drift.
Contrast is WCAG 2.2: 4.5:1 for text (SC 1.4.3), 3:1 for what shows a control's edge (SC 1.4.11).
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from functools import lru_cache

from newsletter.models.base import Model
from newsletter.models.colours import EDGE, TEXT, contrast
from newsletter.models.publication import ThemeSettings

SPACE = 8  # pixels; every space is a multiple of it
SHEET_WIDTH = 640  # pixels, email
FONTS = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


class Palette(Model):
    """The colours of one scheme, each "#rrggbb" in lower case."""

    page: str  # around the sheet
    sheet: str  # where the words are
    ink: str  # body text
    quiet: str  # dates, credits
    line: str  # rules that only separate
    edge: str  # borders that carry meaning: 3:1 on the sheet
    accent: str  # links, section marks: 4.5:1 on every ground that text stands on
    accent_ink: str  # text on the accent
    act: str  # ground of "What you need to do" and deadlines
    act_bar: str
    note: str  # ground of callouts
    note_bar: str
    care: str  # ground of content notes
    care_bar: str
    plate: str  # behind a logo: light in both schemes, since logos are drawn for paper

    @property
    def grounds(self) -> tuple[str, ...]:
        """Every colour that text and links stand on."""
        return (self.page, self.sheet, self.act, self.note, self.care)


class Correction(Model):
    """A theme colour that could not be read as given, and what is used instead."""

    name: str  # of the token: "accent"
    asked: str
    used: str
    contrast: float  # of the colour as given, at its worst
    needed: float

    def __str__(self) -> str:
        return (
            f"{self.name} {self.asked} has a contrast of {self.contrast:.1f}:1 and needs {self.needed:.1f}:1;"
            f" {self.used} is used instead."
        )


class Size(Model):
    """One size of text, in pixels, for email and for the web, and its line height."""

    email: int
    web: int
    line_height: float


class Sizes(Model):
    """Nothing is ever smaller than 16 pixels."""

    body: Size = Size(email=17, web=19, line_height=1.5)
    item: Size = Size(email=22, web=24, line_height=1.25)
    section: Size = Size(email=16, web=16, line_height=1.3)
    title: Size = Size(email=30, web=40, line_height=1.15)
    quiet: Size = Size(email=16, web=16, line_height=1.5)
    large: Size = Size(email=22, web=24, line_height=1.3)  # telephone numbers to ring


class Theme(Model):
    """What every rendition looks like."""

    light: Palette
    dark: Palette
    sizes: Sizes = Sizes()
    fonts: str = FONTS  # for CSS; quotes inside it are single
    corrections: tuple[Correction, ...] = ()

    def css_variables(self) -> str:
        """CSS for a page's <style>: `:root{--page:#…;…}`, then the dark scheme in its media query. No `<` in it.

        Names are the tokens with hyphens (`--accent-ink`), the web's sizes (`--size-body`, in rem, so that what a
        reader has set counts), and `--fonts`.
        """
        sizes = {f"size-{name}": f"{size.web / 16:g}rem" for name, size in self.sizes}
        light = _declarations({**dict(self.light), **sizes, "fonts": self.fonts})
        dark = _declarations(dict(self.dark))
        return f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _declarations(values: dict[str, str]) -> str:
    return ";".join(f"--{name.replace('_', '-')}:{value}" for name, value in values.items())


@lru_cache(maxsize=16)
def theme_for(settings: ThemeSettings) -> Theme:
    """The theme that a partnership's settings make. A colour that cannot be read is corrected and reported."""
    asked = settings.accent.lower()
    light, dark = _palette(_LIGHT, asked, lighter=False), _palette(_DARK, asked, lighter=True)
    if light.accent == asked:
        return Theme(light=light, dark=dark)
    found = _worst(asked, light.grounds)
    correction = Correction(name="accent", asked=asked, used=light.accent, contrast=found, needed=TEXT)
    return Theme(light=light, dark=dark, corrections=(correction,))


def _palette(fixed: dict[str, str], accent: str, *, lighter: bool) -> Palette:
    grounds = [fixed[name] for name in ("page", "sheet", "act", "note", "care")]
    read = reach(accent, grounds, TEXT, lighter=lighter)
    ink = "#ffffff" if contrast(read, "#ffffff") >= TEXT else "#0b0c0c"
    edge = reach(fixed["line"], grounds, EDGE, lighter=lighter)
    return Palette(**fixed, accent=read, accent_ink=ink, note_bar=read, edge=edge)


_LIGHT = {
    "page": "#f3f2f1",
    "sheet": "#ffffff",
    "ink": "#0b0c0c",
    "quiet": "#484d50",
    "line": "#b1b4b6",
    "act": "#fff7d6",
    "act_bar": "#f0b400",
    "note": "#eef4fa",
    "care": "#f6eef5",
    "care_bar": "#8a3b7a",
    "plate": "#ffffff",
}
_DARK = {
    "page": "#0b0c0c",
    "sheet": "#17191a",
    "ink": "#f3f2f1",
    "quiet": "#b9bfc3",
    "line": "#4b5154",
    "act": "#3a3000",
    "act_bar": "#f0b400",
    "note": "#14222f",
    "care": "#2a1a28",
    "care_bar": "#c27bb4",
    "plate": "#ffffff",
}


def reach(colour: str, grounds: Sequence[str], needed: float, *, lighter: bool) -> str:
    """The colour, made lighter or darker (hue and saturation kept) until it has the contrast on every ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)))
    step = 0.01 if lighter else -0.01
    while _worst(colour, grounds) < needed and 0 < lightness + step < 1:
        lightness += step
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _worst(colour: str, grounds: Sequence[str]) -> float:
    return min(contrast(colour, ground) for ground in grounds)
