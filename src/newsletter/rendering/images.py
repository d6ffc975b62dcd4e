"""Pictures made ready to publish: upright, no wider than a sharp screen needs, without metadata, PNG or JPEG.

Metadata can hold where a photograph was taken (a risk to children); Outlook shows neither WebP, AVIF nor TIFF; moving
pictures distract (WCAG 2.2 SC 2.2.2), so a GIF becomes its first frame. A picture that needs nothing keeps its bytes.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from newsletter.models.issue import Asset

if TYPE_CHECKING:
    from PIL import Image

WIDEST = 1280  # pixels: twice the width of the sheet
JPEG_QUALITY = 82
HEAVY = 200_000  # bytes: above it a PNG without transparency is tried as JPEG
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}
_KEPT_INFO = frozenset({"dpi", "gamma", "transparency", "jfif", "jfif_version", "jfif_unit", "jfif_density",
                        "progressive", "progression", "interlace", "aspect"})  # fmt: skip
_prepared: dict[str, Asset] = {}


def prepare(asset: Asset) -> Asset:
    """The asset as it is published, or the same asset if it needs nothing. `path` stays as items write it."""
    if not asset.media_type.startswith("image/"):
        return asset
    key = hashlib.sha256(asset.data).hexdigest()
    known = _prepared.get(key)
    if known is None:
        known = _prepared[key] = _convert(asset)
    return known.model_copy(update={"path": asset.path})


def _convert(asset: Asset) -> Asset:
    from PIL import Image, ImageOps

    first = ("PNG", "JPEG")  # Pillow loads every reader it has when it meets one it has not loaded
    formats = first if asset.media_type in SUFFIXES else None
    with Image.open(io.BytesIO(asset.data), formats=formats) as original:
        if _needs_nothing(original):
            return asset
        original.draft("RGB", (WIDEST, WIDEST))
        upright = _srgb(ImageOps.exif_transpose(original))
        if upright.width > WIDEST:
            size = (WIDEST, max(1, round(upright.height * WIDEST / upright.width)))
            upright = upright.resize(size, Image.Resampling.LANCZOS)
        media_type, data = _encode(upright, photograph=original.format in ("JPEG", "MPO"))
        width, height = upright.size
    return Asset(path=asset.path, data=data, media_type=media_type, width=width, height=height)


def _needs_nothing(picture: Image.Image) -> bool:
    return (
        picture.format in ("PNG", "JPEG")
        and picture.width <= WIDEST
        and not getattr(picture, "is_animated", False)
        and not picture.getexif()
        and set(picture.info) <= _KEPT_INFO
        and picture.mode != "CMYK"
    )


def _srgb(picture: Image.Image) -> Image.Image:
    """Colours as mail programs expect them: they leave colour profiles out of account."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    clear = picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info
    mode = "RGBA" if clear else "L" if picture.mode in ("1", "L", "I;16") else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            return changed or picture.convert(mode)
        except ImageCms.PyCMSError:
            pass  # a profile that cannot be read is left out of account
    return picture.convert(mode)


def _encode(picture: Image.Image, *, photograph: bool) -> tuple[str, bytes]:
    """JPEG for photographs; PNG for what has clear parts or few colours, unless that is heavy."""
    if picture.mode == "RGBA":
        return "image/png", _saved(picture, "PNG")
    if photograph:
        return "image/jpeg", _saved(picture, "JPEG")
    drawn = _saved(picture, "PNG")
    if len(drawn) > HEAVY and len(photo := _saved(picture, "JPEG")) < len(drawn) / 2:
        return "image/jpeg", photo
    return "image/png", drawn


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.info.clear()
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    else:
        picture.save(out, "PNG", optimize=True)
    return out.getvalue()
