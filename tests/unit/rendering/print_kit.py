"""Reading a PDF back in tests: its words, its links, its structure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, cast

from pypdf import PdfReader


def open_pdf(data: bytes) -> PdfReader:
    """The PDF, read strictly."""
    return PdfReader(io.BytesIO(data), strict=True)


def root(data: bytes) -> dict[str, Any]:
    """Its catalogue: language, tags, metadata."""
    return cast("dict[str, Any]", open_pdf(data).trailer["/Root"])


def pages(data: bytes) -> list[str]:
    """The words of each page, running header and number included, without blanks: lines break where they must."""
    return [squeezed(page.extract_text().replace("\0", "")) for page in open_pdf(data).pages]


def words(data: bytes) -> str:
    """All its words."""
    return "".join(pages(data))


def squeezed(text: str) -> str:
    """Text without blanks and ligatures."""
    return re.sub(r"\s", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl"))


def targets(data: bytes) -> set[str]:
    """Where its links lead on the web, by email and telephone."""
    annotations = [annotation.get_object() for page in open_pdf(data).pages for annotation in page.get("/Annots", ())]
    return {str(found["/A"]["/URI"]) for found in annotations if "/A" in found}


def structure(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Its tags in order of reading, each with its properties."""
    return list(_tags(root(data)["/StructTreeRoot"]["/K"]))


def _tags(element: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    found = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(found, list):
        for part in found:
            yield from _tags(part)
    elif hasattr(found, "get") and found.get("/S"):
        yield str(found["/S"]), dict(found)
        yield from _tags(found.get("/K", []))
