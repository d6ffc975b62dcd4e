"""Where the links of the content lead in each rendition, and how documents, sizes and telephone numbers are written."""

from __future__ import annotations

import re
from urllib.parse import unquote

from newsletter.models.base import Model
from newsletter.rendering.context import Context, Placement
from newsletter.rendering.speech import Words

SCHEMES = ("https://", "http://", "mailto:", "tel:")
ATTACHED, ON_PAPER = "attached to this message", "attached to the email"  # where a restricted issue keeps its files
FORMATS = {
    "csv": "CSV",
    "doc": "Word",
    "docx": "Word",
    "gif": "GIF picture",
    "ics": "calendar file",
    "jpeg": "JPEG picture",
    "jpg": "JPEG picture",
    "mp3": "MP3 audio",
    "mp4": "MP4 video",
    "odp": "ODP",
    "ods": "ODS",
    "odt": "ODT",
    "pdf": "PDF",
    "png": "PNG picture",
    "ppt": "PowerPoint",
    "pptx": "PowerPoint",
    "rtf": "RTF",
    "txt": "text",
    "xls": "Excel",
    "xlsx": "Excel",
    "zip": "ZIP",
}


class Address(Model):
    """Where something leads.

    `url` is for email and text: absolute, or mailto: or tel:. `web_url` is for the web copy: the same, or relative to
    it for a file of the issue. Both are "" when a file travels inside a restricted message.
    """

    url: str = ""
    web_url: str = ""


def placed(url: str, context: Context) -> Placement | None:
    """The picture or file of the issue that a link leads to, percent-encoded or not; None for an address on the web."""
    path = url.split("#")[0]
    return context.place(path) or context.place(unquote(path))


def safe(url: str) -> str:
    """The address, if a reader may be sent there (web, email, telephone); otherwise ""."""
    return url.strip() if url.strip().lower().startswith(SCHEMES) else ""


def address(url: str, context: Context) -> Address:
    """Where a link of the content leads: addresses on the web stay as they are, files of the issue are published."""
    if (place := placed(url, context)) is None:
        return Address(url=safe(url), web_url=safe(url))
    if place.content_id:
        return Address()
    return Address(url=place.email_url, web_url=place.web_url)


def file_note(url: str, context: Context) -> str:
    """ "PDF, 224 KB" for a file of the issue, "PDF" for a document elsewhere, "" for a web page."""
    suffix = re.search(r"\.([A-Za-z0-9]{2,5})$", re.split(r"[?#]", url)[0])
    _ = context.words()
    known = FORMATS.get(suffix[1].lower(), "") if suffix else ""
    known = _(known) if known else ""
    if (place := placed(url, context)) is None:
        return known
    parts = [known or (suffix[1].upper() if suffix else ""), human_size(place.asset.size)]
    return ", ".join([part for part in parts if part] + ([_(ATTACHED)] if place.content_id else []))


def _named(_: Words) -> None:
    """Never called: shows the tools that look for what is to translate what is said of files."""
    _("attached to this message"), _("attached to the email")
    _("GIF picture"), _("JPEG picture"), _("PNG picture"), _("calendar file"), _("MP3 audio"), _("MP4 video"), _("text")


def human_size(size: int) -> str:
    """ "224 KB", "1.4 MB" (1 KB is 1,000 bytes); never "0 KB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".0 ", " ")


def tel(phone: str) -> str:
    """ "01632 960001" -> "tel:+441632960001"; short numbers (999, 101, 116 000) and foreign ones stay as they are.

    Words after the number ("ext 12") are not dialled. "" when there is no number (RFC 3966).
    """
    found = re.search(r"\+?\d[\d\s().-]*", phone.replace("(0)", "") if phone.strip().startswith("+") else phone)
    if found is None:
        return ""
    digits = re.sub(r"\D", "", found[0])
    if found[0].startswith("+"):
        return f"tel:+{digits}"
    return f"tel:+44{digits[1:]}" if digits.startswith("0") and len(digits) >= 10 else f"tel:{digits}"


def short_url(url: str) -> str:
    """ "https://www.example.org/join/" -> "www.example.org/join"."""
    return re.sub(r"^https?://", "", url).rstrip("/")
