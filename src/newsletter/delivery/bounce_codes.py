"""Whether a returned message means that its address is no good, or only that this message was not wanted. Pure.

A refusal by policy (5.7.x) or a full mailbox (5.2.2) is permanent for the message alone: one filter that takes against
a newsletter would else cost a partnership all its people at one agency. RFC 3463 and the IANA registry of enhanced
status codes.
"""

from __future__ import annotations

import re

from newsletter.models.events import EventKind

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.-])([245])\d\d(?=[ \-])")

_NO_GOOD = frozenset({
    "5.1.1",  # no such mailbox
    "5.1.2",  # no such domain
    "5.1.3",  # cannot be an address
    "5.1.6",  # moved, and nobody knows where to
    "5.1.10",  # the domain takes no mail (RFC 7505); Exchange: recipient not found
    "5.2.1",  # the mailbox is closed
    "5.4.4",  # the domain has no mail server
    "5.4.310",  # Exchange: the domain does not exist
})  # fmt: skip
_VAGUE = frozenset({"5.0.0", "5.1.0", "5.2.0", "5.3.0", "5.4.0", "5.4.1", "5.5.0"})  # the words decide
_WORDS = re.compile(
    r"user unknown|unknown user|unknown (local part|recipient|address)|no such (user|mailbox|person|recipient|address)"
    r"|no mailbox here|(user|mailbox|recipient|account|address|domain)( name)? (was )?not found"
    r"|(mailbox|account|user|address|recipient|domain) (does not|doesn't) exist|invalid (recipient|mailbox)"
    r"|(account|mailbox) (has been |is )?(disabled|closed|deactivated)|unrouteable address"
    # Exchange Online for an address that its directory does not hold ("5.4.1", Directory-Based Edge Blocking)
    r"|recipient address rejected: (access denied|user unknown|undeliverable address)",
    re.I,
)


def meaning(status: str, diagnostic: str) -> EventKind | None:
    """What the status of a delivery report (RFC 3464 section 2.3.4) and the server's own words come to.

    None: neither says whether it failed. A code in the words is the remote server's: it wins over a vague one."""
    code = _code(status)
    if code is None or code in _VAGUE:
        code = _code(diagnostic) or code
    if code is None:
        reply = _REPLY.search(diagnostic)
        code = {"2": "2.0.0", "4": "4.0.0", "5": "5.0.0"}[reply[1]] if reply else None
    if code is None:
        return EventKind.BOUNCED if _WORDS.search(diagnostic) else None
    if code.startswith("2"):
        return EventKind.DELIVERED
    if code in _NO_GOOD or (code in _VAGUE and _WORDS.search(diagnostic)):
        return EventKind.BOUNCED
    return EventKind.BLOCKED


def _code(text: str) -> str | None:
    found = _STATUS.search(text)
    return found[0] if found else None
