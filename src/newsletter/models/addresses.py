"""Email addresses: the one normal form they are compared and hashed in, and the masked form that people may see."""

from __future__ import annotations

import functools
import re
import unicodedata

import idna


def split_address(address: str) -> tuple[str, str]:
    """Local part and domain; the domain is "" if there is no @."""
    local, _, domain = address.rpartition("@")
    return (local, domain) if local else (domain, "")


@functools.lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """A domain as DNS and mail servers take it: lower case, international names in IDNA 2008 (RFC 5891) form.

    Raises:
        ValueError: it is not a domain.
    """
    try:
        return idna.encode(unicodedata.normalize("NFC", domain).casefold(), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(f"'{domain}' is not a domain name.") from error


def wire_address(address: str) -> str:
    """The address as it goes into an envelope or a header: its domain in ASCII, its local part untouched."""
    local, domain = split_address(address)
    return f"{local}@{ascii_domain(domain)}"


def address_key(address: str) -> str:
    """The normal form that makes two spellings of one address equal: NFC, domain in IDNA, all in lower case.

    Local parts are case-sensitive on paper (RFC 5321 section 2.4) and in no mailbox we know of."""
    local, domain = split_address(unicodedata.normalize("NFC", address.strip()))
    try:
        domain = ascii_domain(domain)
    except ValueError:
        domain = domain.casefold()
    return unicodedata.normalize("NFC", f"{local.lower()}@{domain}")


_ROLES = frozenset({
    "admin", "administrator", "admissions", "clerk", "contact", "dsl", "enquiries", "enquiry", "families", "head",
    "headteacher", "hello", "help", "helpdesk", "hr", "info", "information", "inclusion", "mail", "manager", "mash",
    "office", "pastoral", "reception", "safeguarding", "school", "secretary", "senco", "support", "team", "training",
})  # fmt: skip


def is_role_address(address: str) -> bool:
    """Whether it is a team's mailbox by its name: "office@…", "safeguarding.team@…"."""
    local, _ = split_address(address)
    return not _ROLES.isdisjoint(re.split(r"[^a-z]+", local.casefold()))


def mask(address: str) -> str:
    """ "jo.smith@example.org" as "j•••@example.org": enough for the person themselves, not for others."""
    local, domain = split_address(address)
    return f"{local[:1]}•••@{domain}"
