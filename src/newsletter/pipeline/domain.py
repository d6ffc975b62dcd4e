"""Whether the sender's domain vouches for what is about to be sent: asked before a sending that leaves this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsletter.checks.answers import DomainFault
from newsletter.delivery.probes import sender
from newsletter.delivery.probes.names import Names
from newsletter.delivery.transport import Dsn
from newsletter.models.diagnosis import Health
from newsletter.models.publication import Publication

_HERE = ("localhost", "127.0.0.1", "::1")


def leaves_this_machine(dsn: Dsn) -> bool:
    """Whether messages go to a mail service elsewhere, which mail programs will hold to the domain's records."""
    if dsn.scheme not in ("smtp", "sendgrid"):
        return False
    host = urlsplit(dsn.options.get("host", "")).hostname if dsn.scheme == "sendgrid" else dsn.host
    return host not in _HERE


def faults(names: Names, publication: Publication, dsn: Dsn) -> tuple[DomainFault, ...]:
    """What `newsletter doctor` calls a fault of the domain, and what it could not ask; see NL305."""
    email = publication.sender.email
    selectors = publication.delivery.dkim_selectors
    found = sender.judge(names, email, publication.sender.reply_to, dsn, selectors)
    domain = email.rpartition("@")[2]
    return tuple(
        DomainFault(domain=domain, message=one.what, fix=one.fix, sure=one.sure)
        for one in found
        if one.health is Health.FAULT or not one.sure
    )
