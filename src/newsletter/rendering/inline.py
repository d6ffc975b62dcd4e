"""CSS into style attributes, for mail clients that read no style sheet: the only module that imports premailer.

What is in the document's own <style> stays there untouched (dark scheme, phones); what is handed in as `css` goes into
the elements and nowhere else.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from newsletter.rendering.lazily import put_off

_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.I)
_STYLE = re.compile(r"<style(?=[\s>])")
_KEPT = ' data-premailer="ignore"'


def inline(html: str, css: str) -> str:
    """The document with `css` written into its elements; conditional comments, media queries and doctype as they were.

    An element's own style wins over `css`. The same input gives the same bytes.
    """
    document = _STYLE.sub(f"<style{_KEPT}", _DOCTYPE.sub("<!DOCTYPE html>", html))
    inlined = _premailer()(
        document,
        css_text=[css],
        keep_style_tags=False,
        strip_important=True,  # of inlined values only, so that the media queries win
        disable_leftover_css=True,
        remove_classes=False,  # the media queries need them
        include_star_selectors=False,
        exclude_pseudoclasses=True,
        disable_validation=True,
        allow_network=False,
        allow_loading_external_files=False,
        align_floating_images=False,
        remove_unset_properties=False,
        disable_basic_attributes=["width", "height", "bgcolor"],
        cache_css_parsing=True,
        disable_link_rewrites=True,
        method="html",
    ).transform(pretty_print=False)
    return str(inlined).replace(_KEPT, "")


@cache
def _premailer() -> Any:
    """Premailer, imported when first needed and silenced: it logs every property it does not know.

    Its means to fetch style sheets from the network are never used here, and half of what it takes to load."""
    with put_off("requests", "urllib.request"):
        import cssutils
        from premailer import Premailer

    cssutils.log.setLevel(logging.CRITICAL)
    cssutils.ser.prefs.minimizeColorHash = False  # old clients read #eeeeee, not all read #eee
    return Premailer
