"""The theme: whatever accent a partnership picks, words can be read in light and in dark."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.models.colours import EDGE, TEXT, contrast, luminance
from newsletter.models.publication import ThemeSettings
from newsletter.rendering.theme import Palette, theme_for

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the grey that just fails AA
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # and the one that just passes
    assert contrast("#123456", "#123456") == 1
    assert luminance("#ffffff") == pytest.approx(1)


def test_the_default_accent_needs_no_correction() -> None:
    theme = theme_for(ThemeSettings())
    assert theme.light.accent == "#1d70b8"
    assert theme.corrections == ()


def test_an_accent_that_cannot_be_read_is_corrected_and_reported() -> None:
    theme = theme_for(ThemeSettings(accent="#FFDD00"))
    assert theme.light.accent != "#ffdd00"
    (correction,) = theme.corrections
    assert (correction.name, correction.asked, correction.used) == ("accent", "#ffdd00", theme.light.accent)
    assert correction.contrast < correction.needed == TEXT
    assert "#ffdd00" in str(correction)
    assert theme.light.accent in str(correction)


@given(accent=colours)
def test_text_and_edges_reach_their_contrast_with_any_accent(accent: str) -> None:
    theme = theme_for(ThemeSettings(accent=accent))
    for palette in (theme.light, theme.dark):
        assert contrast(palette.accent, palette.accent_ink) >= TEXT
        for ground in palette.grounds:
            assert contrast(palette.accent, ground) >= TEXT
            assert contrast(palette.ink, ground) >= 7
            assert contrast(palette.quiet, ground) >= 7
            assert contrast(palette.edge, ground) >= EDGE


@given(accent=colours)
def test_an_accent_that_can_be_read_is_used_as_given(accent: str) -> None:
    theme = theme_for(ThemeSettings(accent=accent))
    readable = min(contrast(accent, ground) for ground in theme.light.grounds) >= TEXT
    assert (theme.light.accent == accent) == readable
    assert bool(theme.corrections) == (not readable)


def test_body_text_is_at_least_twelve_to_one_on_the_sheet() -> None:
    theme = theme_for(ThemeSettings())
    assert min(contrast(palette.ink, palette.sheet) for palette in (theme.light, theme.dark)) >= 12


def test_nothing_is_smaller_than_sixteen_pixels() -> None:
    for _, size in theme_for(ThemeSettings()).sizes:
        assert min(size.email, size.web) >= 16


def test_pages_get_every_colour_in_both_schemes() -> None:
    css = theme_for(ThemeSettings()).css_variables()
    light, dark = css.split("@media (prefers-color-scheme:dark)")
    for name in Palette.model_fields:
        variable = f"--{name.replace('_', '-')}:#"
        assert variable in light
        assert variable in dark
    assert css.count("{") == css.count("}")
    assert "<" not in css
    assert re.search(r"--size-body:[\d.]+rem", light)
