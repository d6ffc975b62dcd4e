"""NL105: links that are wrapped, private, shortened, unencrypted or carry somebody's token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote

from newsletter.checks.links import host, split, within
from newsletter.checks.subject import Subject
from newsletter.checks.text import word_set
from newsletter.models.finding import Finding, Level

CODE = "NL105"
TITLE = "A wrapped or private link"
LEVEL = Level.FIX
THRESHOLD = "Any link of the content."
WHY = (
    "A wrapped link hides where it goes, a private one opens for colleagues only, and a token in it tells on the "
    "person it was copied from."
)
SOURCE = "NCSC guidance on suspicious links; ICO storage and access guidance (link decoration)"
EXAMPLE = "https://mailchi.mp/example/news?e=b089fd370d"
FIX = (
    "Open the page in a private window, copy the address from there, and cut off everything from the question "
    "mark that the page does not need."
)

_INTO_FILES = "If it is a document, put it into the issue's files folder and link to it there."
_WRAPPED = "Another program wrapped this link: readers see its name, not where they go."
_WRAPPERS = word_set(
    "safelinks.protection.outlook.com urldefense.com urldefense.proofpoint.com mimecast.com linkprotect.cudasvc.com"
    " protection.sophos.com secure-web.cisco.com click.pstmrk.it l.facebook.com"
)
_SHORTENERS = word_set("bit.ly tinyurl.com goo.gl ow.ly t.co is.gd buff.ly rebrand.ly shorturl.at cutt.ly")
_TOKENS = re.compile(
    r"mc_eid|mc_cid|utm_\w+|fbclid|gclid|msclkid|mkt_tok|_hsenc|_hsmi|vero_id|ml_subscriber(?:_hash)?|emci|emdi|ceid",
    re.I,
)
_SUBSCRIBER = re.compile(r"[0-9a-f]{8,}|\[?unsubscribeid\]?|\[?uniqid\]?", re.I)
_PRIVATE_ENDS = (".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".localhost")
_TEAMS_PRIVATE = re.compile(r"/l/(?:channel|team|file|message|chat|entity)/|/_#", re.I)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each link, the gravest reason first."""
    for piece in subject.pieces:
        for link in piece.links:
            if reason := _reason(link.url):
                message, fix = reason
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **link.spot,
                    words=link.url[:120],
                    message=message,
                    fix=fix,
                )


def _reason(url: str) -> tuple[str, str] | None:
    """What is wrong with an address, and the fix; None if nothing is."""
    name = host(url)
    if split(url).scheme.lower() == "file" or re.match(r"[A-Za-z]:\\|\\\\", url):
        return "This is a file on somebody's computer or network drive: nobody else can open it.", _INTO_FILES
    if not name:
        return None
    if _is_wrapped(name, url):
        inner = _inside(url)
        return _WRAPPED, f"Write {inner} instead." if inner else FIX
    if _is_private(name, url):
        return "This address opens only for people inside your organisation.", f"Link to a public page. {_INTO_FILES}"
    if any(within(name, short) for short in _SHORTENERS):
        return (
            "A shortened link hides where it goes, and gateways block many of them.",
            "Open it and copy the full address.",
        )
    if tokens := _tokens(url, name):
        return f"This link carries a tracking token ({', '.join(tokens)}).", f"Write {_without(url, tokens)} instead."
    if split(url).scheme.lower() == "http":
        secure = f"https:{url.strip()[5:]}"
        return "This link is not encrypted (http://): browsers warn of it.", f"Try {secure} and use it if it opens."
    return None


def _is_wrapped(name: str, url: str) -> bool:
    by_a_search = name == "www.google.com" and split(url).path == "/url"
    return by_a_search or any(within(name, wrapper) for wrapper in _WRAPPERS)


def _inside(url: str) -> str:
    """The address in a wrapper, if it can be read."""
    query = dict(parse_qsl(split(url).query))
    inner = query.get("url") or query.get("u") or query.get("q") or ""
    if not inner and (found := re.search(r"urldefense\.com/v3/__(https?:.+?)__;", url)):
        inner = unquote(found[1])
    return inner if re.match(r"https?://[^\s]+$", inner) else ""


def _is_private(name: str, url: str) -> bool:
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


def _tokens(url: str, name: str) -> list[str]:
    """Names of the query's tracking tokens."""
    mailing = any(part in name for part in ("campaign-archive", "list-manage", "mailchi.mp"))
    return [
        key
        for key, value in parse_qsl(split(url).query, keep_blank_values=True)
        if _TOKENS.fullmatch(key) or (key == "e" and mailing and _SUBSCRIBER.fullmatch(value))
    ]


def _without(url: str, tokens: list[str]) -> str:
    """The address without its tokens; the rest stays as it was written."""
    parts = split(url)
    kept = [part for part in parts.query.split("&") if unquote(part.split("=")[0]) not in tokens]
    return parts._replace(query="&".join(kept)).geturl()
