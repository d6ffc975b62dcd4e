"""NL302: pictures that are heavy, wide or of a kind that mail programs do not show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Asset

CODE = "NL302"
TITLE = "A heavy or unsuitable picture"
LEVEL = Level.ADVICE
HEAVIEST, WIDEST = 200_000, 1_200  # bytes, pixels
THRESHOLD = f"More than {HEAVIEST // 1000} KB, wider than {WIDEST:,} pixels, SVG, WebP, AVIF or TIFF."
WHY = "Heavy pictures cost phone users time and data; Outlook for Windows shows only JPEG, PNG and GIF."
SOURCE = "caniemail.com, image formats; twice the width of the email's column is enough for any screen"
EXAMPLE = "images/hall.jpg of 4 MB, straight from a phone"
FIX = f"Save it as JPEG or PNG, {WIDEST:,} pixels wide at most."

_NOT_IN_OUTLOOK = {"image/svg+xml": "SVG", "image/webp": "WebP", "image/avif": "AVIF", "image/tiff": "TIFF"}


def check(subject: Subject) -> Iterator[Finding]:
    """Each picture once, where it is first used."""
    seen: set[str] = set()
    for piece in subject.pieces:
        for image in piece.images:
            path = str(PurePosixPath(image.src))
            asset = subject.issue.assets.get(path)
            if asset is None or path in seen:
                continue
            seen.add(path)
            if faults := _faults(asset):
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **image.spot,
                    words=image.src[:90],
                    message=f"This picture {' and '.join(faults)}.",
                    fix=FIX,
                )


def _faults(asset: Asset) -> list[str]:
    faults = []
    if asset.size > HEAVIEST:
        faults.append(f"weighs {asset.size / 1000:,.0f} KB")
    if asset.width and asset.width > WIDEST:
        faults.append(f"is {asset.width:,} pixels wide")
    if name := _NOT_IN_OUTLOOK.get(asset.media_type):
        faults.append(f"is {name}, which Outlook for Windows does not show")
    return faults
