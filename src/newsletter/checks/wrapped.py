"""Links that other programs changed: takes the wrapping of mail gateways off, and the tokens of mailing systems."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote

from newsletter.checks.links import host, split, within
from newsletter.checks.text import word_set

_WRAPPERS = word_set(
    "safelinks.protection.outlook.com urldefense.com urldefense.us urldefense.proofpoint.com mimecast.com"
    " mimecastprotect.com linkprotect.cudasvc.com protection.sophos.com secure-web.cisco.com click.pstmrk.it"
    " l.facebook.com"
)
_TOKENS = re.compile(
    r"mc_eid|mc_cid|utm_\w+|fbclid|gclid|msclkid|mkt_tok|_hsenc|_hsmi|vero_id|ml_subscriber(?:_hash)?|emci|emdi|ceid",
    re.I,
)
_SUBSCRIBER = re.compile(r"[0-9a-f]{8,}|\[?unsubscribeid\]?|\[?uniqid\]?", re.I)
_ADDRESS = re.compile(r"https?://[^\s/?#@]+\.[\w-]+(?::\d+)?(?:[/?#].*)?", re.I)
_WRITABLE = "%/:?#@!$&+;=~-._"  # signs of an address that mean nothing to Markdown, nor to YAML within braces
_MOST_LAYERS = 5  # one gateway wraps what another wrapped
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # Proofpoint: A stands for two signs


def is_wrapped(url: str) -> bool:
    """Whether a program put its own address around this one."""
    name = host(url)
    by_a_search = name in ("www.google.com", "www.google.co.uk") and split(url).path == "/url"
    return by_a_search or any(within(name, wrapper) for wrapper in _WRAPPERS)


def unwrapped(url: str) -> str:
    """The address in its wrapping; "" if only the gateway knows it (Mimecast keeps it to itself)."""
    for _ in range(_MOST_LAYERS):
        if not is_wrapped(url):
            return url
        name = host(url)
        readers = (read for wrapper, read in _READERS.items() if within(name, wrapper))
        inner = next(readers, _from_query)(url).strip()
        if not _ADDRESS.fullmatch(inner):
            return ""
        url = quote(inner, safe=_WRITABLE)
    return ""


def tokens(url: str) -> list[str]:
    """Names of the query's tokens, which tell on a campaign or on the person the link was copied from."""
    mailing = any(part in host(url) for part in ("campaign-archive", "list-manage", "mailchi.mp"))
    return [
        key
        for key, value in parse_qsl(split(url).query, keep_blank_values=True)
        if _TOKENS.fullmatch(key) or (key == "e" and mailing and _SUBSCRIBER.fullmatch(value))
    ]


def without_tokens(url: str) -> str:
    """The address without its tokens; the rest stays as it was written."""
    gone = tokens(url)
    if not gone:
        return url
    parts = split(url)
    kept = [part for part in parts.query.split("&") if unquote(part.split("=")[0]) not in gone]
    return parts._replace(query="&".join(kept)).geturl()


def plain(url: str) -> str:
    """The address without wrapping and tokens; "" where the wrapping hides it."""
    return without_tokens(unwrapped(url))


def _from_query(url: str) -> str:
    """Safe Links, Google, Facebook, Barracuda: the address is a value of the query."""
    query = dict(parse_qsl(split(url).query))
    return query.get("url") or query.get("u") or query.get("q") or query.get("a") or ""


def _from_proofpoint(url: str) -> str:
    """URL Defense, versions 1 to 3 (Proofpoint's own decoder in Python tells how they are written)."""
    path = split(url).path
    if path.startswith("/v2/"):
        return unquote(_from_query(url).translate(str.maketrans("-_", "%/")))
    found = re.search(r"/v3/__(?P<url>.+?)__;(?P<signs>[\w=-]*)!", url)
    return _from_version_3(found["url"], found["signs"]) if found else _from_query(url)


def _from_version_3(masked: str, signs: str) -> str:
    """Version 3 puts a * for each sign it does not trust, **X for a run of them, and lists the signs apart."""
    try:
        hidden = base64.urlsafe_b64decode(signs + "=" * (-len(signs) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    used = 0

    def reveal(found: re.Match[str]) -> str:
        nonlocal used
        length = _RUNS.index(found[1]) + 2 if found[1] else 1
        used += length
        return hidden[used - length : used]

    address = re.sub(rf"\*(?:\*([{re.escape(_RUNS)}]))?", reveal, masked)
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", address) if used == len(hidden) else ""


def _from_sophos(url: str) -> str:
    """Sophos: base64 in the query."""
    written = dict(parse_qsl(split(url).query)).get("u", "")
    try:
        return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _from_cisco(url: str) -> str:
    """Cisco Secure Email: the last part of the path, quoted."""
    return unquote(split(url).path.rsplit("/", 1)[-1])


_READERS: dict[str, Callable[[str], str]] = {
    "urldefense.com": _from_proofpoint,
    "urldefense.us": _from_proofpoint,
    "urldefense.proofpoint.com": _from_proofpoint,
    "protection.sophos.com": _from_sophos,
    "secure-web.cisco.com": _from_cisco,
}
