"""NL201: pictures that say nothing to those who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.checks.text import ImageUse
from newsletter.models.finding import Finding, Level

CODE = "NL201"
TITLE = "A picture without words for those who do not see it"
LEVEL = Level.FIX
THRESHOLD = "Every picture has alt, or decorative: true in the front matter; a linked picture always has alt."
WHY = "Screen readers read the alt text out, and many mail programs show it instead of the picture."
SOURCE = "WCAG 2.2 SC 1.1.1 (non-text content), level A"
EXAMPLE = "![](images/hall.jpg)"
FIX = "Say in a few words what the picture tells: ![Practitioners at round tables in the main hall](images/hall.jpg)."

_FIX_FIELD = "Write in alt what it tells; if it tells nothing, write decorative: true."
_FIX_BODY = "Write what it tells between the square brackets, or take it out if it tells nothing: ![...](file)."
_FILE_NAME = re.compile(
    r"[\w() .-]+\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|heic)"
    r"|(?:img|dsc|image|picture|photo|screenshot|pic)[ _-]?\(?\d[\w() .-]*",
    re.I,
)
_ANNOUNCED = re.compile(
    r"(?:an? |the )?(?:image|picture|photo|photograph|graphic|icon|screenshot) (?:of|showing)\b", re.I
)
_EMPTY_WORDS = frozenset(
    [
        "image",
        "picture",
        "photo",
        "photograph",
        "graphic",
        "icon",
        "banner",
        "alt",
        "alt text",
        "img",
        "untitled",
        "placeholder",
    ]
)


def check(subject: Subject) -> Iterator[Finding]:
    """Every picture of the issue."""
    for piece in subject.pieces:
        for image in piece.images:
            if reason := _reason(image):
                message, fix = reason
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **image.alt_spot,
                    words=image.alt[:90] or image.src[:90],
                    message=message,
                    fix=fix,
                )


def _reason(image: ImageUse) -> tuple[str, str] | None:
    alt = " ".join(image.alt.split())
    if not alt:
        if image.link:
            return (
                "This picture is a link and has no alt: nobody who cannot see it knows where it goes.",
                "Write in alt where the link goes.",
            )
        if image.decorative:
            return None
        how = _FIX_FIELD if image.field else _FIX_BODY
        return "This picture has no alt text.", how
    if _FILE_NAME.fullmatch(alt):
        return "This alt text is a file's name.", "Say what the picture tells."
    if alt.casefold().strip(".") in _EMPTY_WORDS:
        return "This alt text says only that it is a picture.", "Say what the picture tells."
    if found := _ANNOUNCED.match(alt):
        return "Screen readers say that it is a picture before they read the alt text.", f"Leave out “{found[0]}”."
    return None
