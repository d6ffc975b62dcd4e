"""NL105: takes wrapping and tokens off links, and encrypts those whose site is known to answer to it."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.answers import State
from newsletter.checks.links import host, split, within
from newsletter.checks.repair import Repair, of_address
from newsletter.checks.subject import Subject
from newsletter.checks.text import word_set
from newsletter.checks.wrapped import is_wrapped, plain, tokens

CODE = "NL105"
MENDS = (
    "Unwraps links (Safe Links, URL Defense, Sophos, Cisco, Barracuda, Google), takes tracking tokens off, and turns"
    " http:// into https:// where that is known to work: on gov.uk, nhs.uk, parliament.uk, police.uk and nspcc.org.uk,"
    " on a site that the issue or newsletter.toml links to by https://, and, with --links, where the site itself sends"
    " readers there. Private and shortened links it leaves to you."
)
# Their own rules ask for HTTPS on every service: https://www.gov.uk/service-manual/technology/using-https
_ENCRYPTED = word_set("gov.uk nhs.uk parliament.uk police.uk nspcc.org.uk")


def mend(subject: Subject) -> Iterator[Repair]:
    """Each address that can be written plainly, wherever it stands in its file."""
    encrypted = frozenset(_encrypted_hosts(subject))
    for piece in subject.pieces:
        for url in dict.fromkeys(link.url for link in piece.links):
            address = plain(url) or url
            if split(address).scheme.lower() == "http" and _may_encrypt(subject, address, encrypted):
                address = f"https:{address[5:]}"
            if address != url:
                source = subject.sources.get(piece.file, "")
                yield from of_address(piece, source, url, address, code=CODE, what=_what(url))


def _what(url: str) -> str:
    if is_wrapped(url):
        return "link unwrapped"
    return "tracking token taken off" if tokens(url) else "link encrypted (https)"


def _may_encrypt(subject: Subject, url: str, encrypted: frozenset[str]) -> bool:
    parts, name = split(url), host(url)
    if parts.port not in (None, 80) or parts.port == 80:
        return False
    result = (subject.link_results or {}).get(url)
    if result is not None and result.state is State.ALIVE and result.final == f"https:{url[5:]}":
        return True
    return name in encrypted or any(within(name, domain) for domain in _ENCRYPTED)


def _encrypted_hosts(subject: Subject) -> Iterator[str]:
    """Hosts that the issue or the publication itself links to by https."""
    publication = subject.publication
    own = publication.partnership
    urls = [link.url for piece in subject.pieces for link in piece.links]
    urls += [own.website, own.privacy_url, own.accessibility_url, publication.site.url]
    urls += [block.url for block in publication.worried]
    yield from (host(url) for url in urls if url.lower().startswith("https://"))
