"""How well two colours can be told apart: WCAG 2.2, "relative luminance" and "contrast ratio"."""

from __future__ import annotations

TEXT = 4.5  # WCAG 2.2 SC 1.4.3, level AA
LARGE = 3.0  # the same for text of 24 px, or 18.66 px in bold
EDGE = 3.0  # WCAG 2.2 SC 1.4.11


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of "#rrggbb"."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, each "#rrggbb": 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
