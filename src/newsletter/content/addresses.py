"""Addresses that content links to: what may stand in one, and which of them are files of the issue."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from newsletter.models.base import Model

SCHEMES = ("https", "http", "mailto", "tel")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_SITE = re.compile(
    r"(?:www\.[\w-]+\.|[\w-]+(?:\.[\w-]+)*\.(?:uk|com|org|net|eu|wales|scot|cymru)(?:[/:?#]|$))", re.I
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Reference(Model):
    """An address that content holds, and where."""

    address: str
    file: str  # the Markdown file, below the project
    line: int
    place: str  # "links: url", for messages; "" in a body
    picture: bool = False
    local: bool | None = None  # True: must be a file of the issue; False: must not; None: may be


class AddressError(ValueError):
    """An address that cannot be published. `fix` says what to write instead."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def local_path(address: str) -> str | None:
    """The path below the issue's folder that an address means; None for the web, an email, a phone or an anchor.

    Raises:
        AddressError: it is none of these, or a path that leads out of the folder.
    """
    plain = re.sub(r"[\x00-\x1f]", "", address).strip()
    if not plain:
        raise AddressError("A link here has no address.", "Write the address, or take the link out.")
    if plain.startswith("#"):
        return None
    if re.match(r"[A-Za-z]:[\\/]|\\|/(?!/)|~", plain) or plain.lower().startswith("file:"):
        raise AddressError(
            f"'{plain}' is a place on this computer, where readers cannot go.",
            "Put the file into the issue's folder and write its path from there, such as files/leaflet.pdf.",
        )
    if plain.startswith("//"):
        raise AddressError(f"'{plain}' does not say how to reach it.", f"Write https:{plain}")
    scheme = _SCHEME.match(plain)
    if scheme:
        _check_scheme(plain, scheme[1].lower())
        return None
    return _relative(plain)


def _check_scheme(address: str, scheme: str) -> None:
    if scheme == "data":
        fix = "Save it in images/ or files/ of the issue and link to it there."
        raise AddressError("A picture or a file is pasted into the text itself.", fix)
    if scheme not in SCHEMES:
        fix = "Use a web address (https://), an email (mailto:), a phone number (tel:) or a file of the issue."
        raise AddressError(f"'{address[:60]}' is a kind of link that is not published ({scheme}:).", fix)
    if scheme in ("http", "https"):
        _check_web(address)
    elif scheme == "mailto" and not _MAIL.fullmatch(unquote(address[7:].partition("?")[0])):
        raise AddressError(f"'{address}' is not an email address.", "Write mailto: and the address.")
    elif scheme == "tel" and not re.search(r"\d{3}", address):
        raise AddressError(f"'{address}' holds no phone number.", "Write tel: and the number in digits.")


def _check_web(address: str) -> None:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host:
        raise AddressError(f"'{address}' is not a web address.", "Write it as https://www.example.org/page.")
    if re.search(r"\s", address):
        raise AddressError(f"'{address}' holds a space, which web addresses cannot.", "Write %20 for the space.")


def _relative(address: str) -> str:
    """A path below the issue's folder, plain: no "./", no "%20"."""
    if _MAIL.fullmatch(address):
        raise AddressError(f"'{address}' is an email address without mailto: before it.", f"Write mailto:{address}")
    if _BARE_SITE.match(address):
        raise AddressError(f"'{address}' is a web address without https:// before it.", f"Write https://{address}")
    if "\\" in address:
        forward = address.replace("\\", "/")
        raise AddressError(f"'{address}' is written with backslashes.", f"Write {forward}")
    if "?" in address:
        raise AddressError(f"'{address}' is not the name of a file.", "If it is on the web, write https:// before it.")
    path = PurePosixPath(unquote(address.partition("#")[0]))  # "#page=3" leads to a place in the file
    if ".." in path.parts or path.is_absolute() or "\\" in str(path) or "\0" in str(path):
        fix = "Put the file into the issue's folder and write its path from there."
        raise AddressError(f"'{address}' leads out of the issue's folder.", fix)
    return str(path)
