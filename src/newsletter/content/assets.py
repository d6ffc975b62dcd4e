"""Pictures and files of an issue's folder: found, kept inside the folder, read and looked at."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from newsletter.content.addresses import AddressError, Reference, local_path
from newsletter.content.pictures import PICTURES, measure
from newsletter.errors import ContentError, Problem
from newsletter.models.issue import Asset
from newsletter.models.publication import Publication

LARGEST = 20_000_000  # bytes; beyond it no mail service carries a message, and few readers wait
MEDIA_TYPES = {
    **PICTURES,
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ics": "text/calendar",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_REFUSED = {
    ".svg": ("SVG pictures are not shown by most email programs.", "Save it as PNG."),
    ".heic": ("HEIC pictures of a phone are not shown by most email programs.", "Save it as JPEG."),
    ".html": ("A web page cannot be published as a file.", "Write its words as an item, or save it as PDF."),
    ".htm": ("A web page cannot be published as a file.", "Write its words as an item, or save it as PDF."),
    ".zip": ("Zip files are blocked by many mail systems.", "Link to the files one by one."),
    ".md": ("Another item is linked to by its name, not by its file.", "Write # and its name, such as #annual-report."),
}
_SIGNATURES = {".pdf": b"%PDF", ".docx": b"PK", ".xlsx": b"PK", ".pptx": b"PK", ".odt": b"PK", ".ods": b"PK"}


def read_assets(folder: Path, references: Iterable[Reference], problems: list[Problem]) -> dict[str, Asset]:
    """Reads every file of `folder` that is referred to, each once; notes a problem for each reference that is wrong."""
    assets: dict[str, Asset] = {}
    failures: dict[str, AddressError] = {}
    for reference in references:
        try:
            path = _path(reference)
            if path is None or path in assets:
                continue
            if path in failures:
                raise failures[path]
            try:
                assets[path] = read_asset(folder, path, picture=reference.picture)
            except AddressError as error:
                failures[path] = error
                raise
        except AddressError as error:
            message = f"{reference.place}: {error.message}" if reference.place else error.message
            problems.append(Problem(reference.file, reference.line, message, error.fix))
    return assets


def _path(reference: Reference) -> str | None:
    path = local_path(reference.address)
    if path is None and reference.local is True:
        fix = "Write its path in the issue's folder, or use url: for an address on the web."
        raise AddressError(f"'{reference.address}' is not a file of the issue.", fix)
    if path is None and reference.picture and not reference.address.strip().lower().startswith(("https:", "http:")):
        raise AddressError(f"'{reference.address}' is not a picture.", "Write its path, such as images/hall.jpg.")
    if path is not None and reference.local is False:
        raise AddressError(f"'{reference.address}' is not a web address.", "Write it as https://www.example.org/page.")
    return path


def read_asset(folder: Path, path: str, *, picture: bool = False) -> Asset:
    """One file below `folder`; `path` uses forward slashes.

    Raises:
        AddressError: there is no such file, it lies outside, or it is not what its name says.
    """
    found = _find(folder, path)
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _REFUSED:
        raise AddressError(f"'{path}': {_REFUSED[suffix][0]}", _REFUSED[suffix][1])
    if picture and suffix not in PICTURES:
        raise AddressError(
            f"'{path}' is not a picture.", "Use a .png or .jpg file; .webp, .gif, .avif, .tiff and .bmp are converted."
        )
    if suffix not in MEDIA_TYPES:
        known = ", ".join(sorted(name.lstrip(".") for name in MEDIA_TYPES))
        raise AddressError(f"'{path}' is a kind of file that is not published.", f"Use one of: {known}.")
    data = _read(found, path)
    if suffix in PICTURES:
        width, height = measure(data, path, suffix)
        return Asset(path=path, data=data, media_type=PICTURES[suffix], width=width, height=height)
    if _SIGNATURES.get(suffix, b"") not in data[:1024]:
        raise AddressError(f"'{path}' is not really a {suffix[1:].upper()} file.", "Save it again from its program.")
    return Asset(path=path, data=data, media_type=MEDIA_TYPES[suffix])


def _read(found: Path, path: str) -> bytes:
    try:
        size = found.stat().st_size
        if size > LARGEST:
            raise AddressError(f"'{path}' has {size / 1e6:.0f} MB; at most 20 MB are published.", "Make it smaller.")
        if size == 0:
            raise AddressError(f"'{path}' is empty.", "Save it again from its program.")
        return found.read_bytes()
    except OSError as error:
        raise AddressError(f"'{path}' cannot be read: {error.strerror}.") from None


def _find(folder: Path, path: str) -> Path:
    """The file, under exactly the name that is written: what opens on Windows must open on the web too."""
    current = folder
    for part in PurePosixPath(path).parts:
        names = _names(current)
        same = [name for name in names if _nfc(name) == _nfc(part)]
        if not same:
            raise _missing(folder, path, [name for name in names if _nfc(name).casefold() == _nfc(part).casefold()])
        current = current / same[0]
    if not current.resolve().is_relative_to(folder.resolve()):
        raise AddressError(f"'{path}' is a shortcut that leads out of the issue's folder.", "Copy the file itself.")
    if not current.is_file():
        raise AddressError(f"'{path}' is a folder, not a file.", "Write the name of a file in it.")
    return current


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _nfc(name: str) -> str:
    """Macs write accents as two signs."""
    return unicodedata.normalize("NFC", name)


def _missing(folder: Path, path: str, other_case: list[str]) -> AddressError:
    places = dict.fromkeys(
        (PurePosixPath(path).parent, PurePosixPath(), PurePosixPath("images"), PurePosixPath("files"))
    )
    names = [str(place / name) for place in places for name in _names(folder / place)]
    if other_case:
        near = [name for name in names if name.casefold() == path.casefold()] or other_case
        message = f"'{path}' is written '{near[0]}' in the folder; capitals and small letters must be the same."
        return AddressError(message, f"Write {near[0]}")
    near = difflib.get_close_matches(path, names, n=1, cutoff=0.6)
    near = near or [name for name in names if PurePosixPath(name).name == PurePosixPath(path).name]
    fix = f"Did you mean '{near[0]}'?" if near else "Put it there, or write https:// before it if it is on the web."
    return AddressError(f"There is no file '{path}' in the folder.", fix)


def read_logo(project: Path, publication: Publication) -> Asset | None:
    """The partnership's logo, named by `logo` in newsletter.toml; None if it names none.

    Raises:
        ContentError: the file is missing, lies outside the project, or is not a picture.
    """
    written = publication.partnership.logo
    if not written:
        return None
    try:
        path = local_path(written)
        if path is None:
            raise AddressError(
                f"'{written}' is not a file of the publication.", "Write a path such as templates/images/logo.png."
            )
        asset = read_asset(project, path, picture=True)
    except AddressError as error:
        raise ContentError([Problem("newsletter.toml", 0, f"partnership: logo: {error.message}", error.fix)]) from None
    return asset.model_copy(update={"path": f"images/{PurePosixPath(path).name}"})
