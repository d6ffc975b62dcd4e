"""What can be said of a link by looking at its words and its address."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_VAGUE = re.compile(
    r"""
    (?:please\ )?(?:click|tap|press)?(?:\ on)?(?:\ it)?(?:\ (?:here|this|this\ link|the\ link|link|below))?
    | here | this | it
    | (?:(?:follow|use|via|see|visit)\ )?(?:this|the|our|attached|following)?\ ?
      (?:link|page|website|web\ site|webpage|site|document|file|pdf)s?
    | (?:read|find\ out|learn|see|view|know|discover)?\ ?(?:more|more\ here|out\ more)
    | (?:for\ )?(?:more|further|full)\ (?:info|information|details)(?:\ here)?
    | (?:find|see|read|view|access|book|apply|register|follow|download|available)?(?:\ (?:it|this|them))?\ ?here
    | details | info | information | url | web | click | open | view | go | continue | start | download | pdf | visit
    | read | article | button | attached | attachment
    """,
    re.VERBOSE,
)

_PRIVATE_ENDS = (".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".localhost")
_TEAMS_PRIVATE = re.compile(r"/l/(?:channel|team|file|message|chat|entity)/|/_#", re.I)


def is_vague(text: str) -> bool:
    """Whether the whole of a link's text says nothing of where it goes: here, click here, read more, website."""
    plain = " ".join(re.sub(r"[^\w ]", " ", text.lower()).split())
    return bool(plain) and bool(_VAGUE.fullmatch(plain))


def split(url: str) -> SplitResult:
    """The parts of an address; empty parts if it cannot be read."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port, parts.hostname
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def host(url: str) -> str:
    """The host of a web address, in lower case; "" for anything else."""
    parts = split(url)
    return (parts.hostname or "") if parts.scheme.lower() in ("http", "https") else ""


def within(name: str, domain: str) -> bool:
    """Whether a host is a domain or stands below it."""
    return name == domain or name.endswith(f".{domain}")


def target(url: str) -> str:
    """Addresses that lead to one page are one: with or without a slash at the end, http or https."""
    parts = split(url)
    if not parts.netloc:
        return url.strip().casefold()
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"


def is_private(url: str) -> bool:
    """Whether an address opens only for people inside an organisation, as far as its words tell."""
    name = host(url)
    if not name:
        return False
    if within(name, "sharepoint.com") or name == "nww" or name.startswith(("nww.", "intranet.")):
        return True
    if within(name, "teams.microsoft.com"):
        return bool(_TEAMS_PRIVATE.search(url))  # links to join a meeting are for everybody
    if name.endswith(_PRIVATE_ENDS) or "." not in name:
        return True
    try:
        return not ip_address(name).is_global
    except ValueError:
        return False
