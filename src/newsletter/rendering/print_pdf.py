"""HTML to PDF: the only module that imports WeasyPrint, which not every machine has.

Nothing is read from a file or a network: pictures are handed over in memory. The same HTML gives the same bytes on one
machine; another has other fonts, so a PDF is never part of what is approved and sent.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.errors import PrintError

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

INSTALL = "pip install weasyprint segno"
VARIANT = "pdf/ua-1"  # tagged, with title and language: ISO 14289-1
DPI = 220  # pictures are not stored finer than an office printer shows
PLAIN = """
* { break-before: auto !important; break-inside: auto !important; break-after: auto !important }
.foot-note, .foot-address { float: none !important }
.foot-note::before, .foot-address::before { content: " (" }
.foot-note::after, .foot-address::after { content: ")" }
"""  # what a page falls back to when its layout fails: notes in brackets, breaks anywhere
_IDENTIFIED = re.compile(rb"[0-9a-f]{64}-(\d+)")
_TALKATIVE = ("weasyprint", "fontTools")  # their warnings are about CSS and fonts, not about what staff wrote


@dataclass(frozen=True)
class Part:
    """A picture that the HTML shows, in memory."""

    media_type: str
    data: bytes


def version() -> str:
    """What will write the PDF, without importing it.

    Raises:
        PrintError: it is not installed.
    """
    for package in ("weasyprint", "segno"):
        if importlib.util.find_spec(package) is None:
            raise PrintError(
                "The PDF for printing was left out: WeasyPrint is not installed.", hint=f"To get it: {INSTALL}"
            )
    return importlib.metadata.version("weasyprint")


def write(
    html: str,
    parts: Mapping[str, Part],
    identifier: str,
    name: str,
    *,
    sides: int | None = None,
    closer: Sequence[str] = (),
) -> bytes:
    """The PDF of this HTML (PDF/UA-1). `parts`: by the addresses the HTML names. `identifier`: written into the file,
    with the number of pages (`pages_of`). `name`: of the issue, for messages.

    `sides`: it should fit so many pages. When it does not, the first of the style sheets `closer` with which it does is
    laid over its own; when it never does, none is, since small type would not save a page.

    Raises:
        PrintError: WeasyPrint is not there, lacks a library of the system, or cannot set these pages.
    """
    for talkative in _TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.CRITICAL)
    library = _library()
    try:
        return _pdf(_fitting(library, html, parts, sides, closer), identifier)
    except Exception as error:  # whatever its layout trips over, nothing else may fail for it
        try:
            return _pdf(_laid_out(library, html, parts, PLAIN), identifier)
        except Exception:
            raise PrintError(
                f"The PDF of {name} was left out: WeasyPrint could not set its pages ({type(error).__name__}).",
                hint="All else is complete. Please report it; until it is mended, print the web copy from a browser.",
            ) from error


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has that was written here; 0 for any other."""
    found = _IDENTIFIED.search(pdf)
    return int(found[1]) if found else 0


def _fitting(library: Any, html: str, parts: Mapping[str, Part], sides: int | None, closer: Sequence[str]) -> Any:
    """The pages, laid out as closely as they must be to fit."""
    first = _laid_out(library, html, parts)
    if sides is None or len(first.pages) <= sides:
        return first
    laid_out = (_laid_out(library, html, parts, style) for style in closer)
    return next((document for document in laid_out if len(document.pages) <= sides), first)


def _laid_out(library: Any, html: str, parts: Mapping[str, Part], style: str = "") -> Any:
    """The pages. `style`: laid over the document's own."""
    html = html.replace("</head>", f"<style>{style}</style></head>", 1) if style else html
    page = library.HTML(string=html, base_url=None, url_fetcher=_fetcher(parts))
    return page.render(pdf_variant=VARIANT, dpi=DPI)


def _pdf(document: Any, identifier: str) -> bytes:
    made: bytes = document.write_pdf(
        finisher=_settle,
        pdf_variant=VARIANT,
        pdf_identifier=f"{identifier}-{len(document.pages)}".encode("ascii"),
        dpi=DPI,
    )
    return made


def _library() -> Any:
    """WeasyPrint, without the switch that it sets for the whole process: from then on Pillow reads broken pictures."""
    version()
    from PIL import ImageFile

    broken_too = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import weasyprint
    except OSError:  # Pango or HarfBuzz
        raise PrintError(
            "The PDF for printing was left out: WeasyPrint does not find Pango, which sets its text.",
            hint="How to install it on Windows, macOS and Linux: docs/print.md",
        ) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = broken_too
    return weasyprint


def _fetcher(parts: Mapping[str, Part]) -> URLFetcher:
    """Serves the parts and data: addresses, and refuses everything else: no file, no network (CVE-2025-68616)."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc] # it has no types
        def fetch(self, url: str, headers: Any = None) -> Any:
            if (part := parts.get(url)) is not None:
                return URLFetcherResponse(url, part.data, {"Content-Type": part.media_type})
            return super().fetch(url, headers)

    return Fetcher(allowed_protocols=("data",), allow_redirects=False)


def _settle(document: Any, pdf: Any) -> None:
    """Takes the moment of writing out of the fonts, where fontTools puts it when it rewrites one (emoji, variable)."""
    for stream in pdf.objects:
        extra = getattr(stream, "extra", {})
        if "Length1" not in extra and extra.get("Subtype") != "/OpenType":
            continue
        try:
            stream.stream = [_without_moment(stream.stream[0])]
        except Exception:  # noqa: S112 - a font that cannot be read stays as it is
            continue
        if "Length1" in extra:
            extra["Length1"] = len(stream.stream[0])


def _without_moment(font_file: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(font_file), recalcTimestamp=False)
    font["head"].modified = font["head"].created
    settled = io.BytesIO()
    font.save(settled)
    return settled.getvalue()
