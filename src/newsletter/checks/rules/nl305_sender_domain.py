"""NL305: mail programs must be able to see that the sender is who they say."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.places import whole
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL305"
TITLE = "The sender's domain does not vouch for the messages"
LEVEL = Level.STOP
THRESHOLD = (
    "SPF, DKIM and DMARC of the sender's domain, as `newsletter doctor` finds them, when a campaign is about to be "
    "sent through SMTP or SendGrid. ADVICE where DNS cannot be reached."
)
WHY = "Gmail, Yahoo and Microsoft refuse bulk mail that fails these, and criminals can write in the partnership's name."
SOURCE = "Gmail, Yahoo and Microsoft rules for bulk senders (2024, 2025); NCSC, email security and anti-spoofing"
EXAMPLE = "example.org has no DMARC record"
FIX = "Pass it on to whoever looks after the domain; newsletter doctor tells what the record must say."


def check(subject: Subject) -> Iterator[Finding]:
    """What a look at DNS has found; nothing if nobody looked."""
    for fault in subject.domain_faults or ():
        yield Finding(
            code=CODE,
            level=LEVEL if fault.sure else Level.ADVICE,
            **whole("newsletter.toml"),
            words=fault.domain,
            message=fault.message,
            fix=fault.fix or FIX,
        )
