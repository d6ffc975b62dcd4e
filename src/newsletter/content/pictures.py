"""Pictures looked at with Pillow (its only import): are they whole, are they what their name says, how large."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from newsletter.content.addresses import AddressError

if TYPE_CHECKING:
    from PIL import Image

PICTURES = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
# In the order they are tried: Pillow loads every reader it has when it meets one it has not loaded. JPEG opens MPO too.
_READ = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "AVIF", "TIFF")
MOST_PIXELS = 50_000_000  # a phone's picture has 12 to 48 million
_FORMATS = {
    "AVIF": "image/avif", "BMP": "image/bmp", "GIF": "image/gif", "JPEG": "image/jpeg", "MPO": "image/jpeg",
    "PNG": "image/png", "TIFF": "image/tiff", "WEBP": "image/webp",
}  # fmt: skip


def measure(data: bytes, path: str, suffix: str) -> tuple[int, int]:
    """Width and height in pixels. `path` names the picture in messages; `suffix` is what its name ends with.

    Raises:
        AddressError: it is broken, is not what its name says, or has more pixels than a screen can use.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(data), formats=_READ) as picture:
                media_type, (width, height) = _FORMATS[picture.format or ""], picture.size
                if width * height <= MOST_PIXELS:
                    _look(picture)
    except Image.DecompressionBombError:
        raise _too_large(path) from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):  # all that Pillow's readers raise
        raise AddressError(f"'{path}' is broken or not a picture.", "Save it again from its program.") from None
    if width * height > MOST_PIXELS:
        raise _too_large(path)
    if media_type != PICTURES[suffix]:
        right = next(name for name, known in PICTURES.items() if known == media_type)
        raise AddressError(f"'{path}' is really a {right[1:].upper()} picture.", f"Give it a name that ends in {right}")
    return width, height


def _look(picture: Image.Image) -> None:
    """Reads to the end, so that a picture cut short is noticed, as cheaply as its format allows."""
    if picture.format == "PNG":
        picture.verify()
        return
    picture.draft("RGB", (picture.width // 8 or 1, picture.height // 8 or 1))  # JPEG: reads all, decodes an eighth
    picture.load()


def _too_large(path: str) -> AddressError:
    message = f"'{path}' has more than {MOST_PIXELS // 1_000_000} million pixels."
    return AddressError(message, "Make it smaller: 1,200 pixels wide is enough.")
