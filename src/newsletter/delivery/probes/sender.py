"""The sender's domain as a whole: may our mail service write in its name, and can replies be delivered?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsletter.delivery.probes import dkim, dmarc, spf
from newsletter.delivery.probes.names import Names, Unreachable
from newsletter.delivery.transport import Dsn
from newsletter.models.addresses import wire_address
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "domain"
_PRIVATE = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
)
_EXAMPLES = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$")
_SERVICES = (  # host of the mail service -> what SPF must include, and the DKIM selectors that it uses by itself
    (r"(?:^|\.)sendgrid\.net$", "sendgrid.net", ("s1", "s2")),
    (r"(?:^|\.)(?:office365|outlook)\.com$", "spf.protection.outlook.com", ("selector1", "selector2")),
    (r"(?:^|\.)(?:gmail|google)\.com$", "_spf.google.com", ("google",)),
    (r"(?:^|\.)amazonaws\.com$", "amazonses.com", ()),
    (r"(?:^|\.)mailgun\.org$", "mailgun.org", ()),
    (r"(?:^|\.)postmarkapp\.com$", "spf.mtasv.net", ()),
    (r"(?:^|\.)mailjet\.com$", "spf.mailjet.com", ("mailjet",)),
    (r"(?:^|\.)brevo\.com$", "spf.brevo.com", ("brevo1", "brevo2")),
)


def judge(names: Names, email: str, reply_to: str, dsn: Dsn, selectors: Sequence[str]) -> Iterator[Diagnosis]:
    """Everything that can be told from DNS. `email`: what stands in From; `selectors`: those of newsletter.toml."""
    domain = _domain(email)
    if _EXAMPLES.search(domain):
        what = f"{domain} is a name for examples: nothing can be sent from there."
        yield fault(AREA, what, "Write your own address into newsletter.toml, under [sender].")
        return
    if domain in _PRIVATE:
        what = f"{domain} belongs to everybody: mail services refuse newsletters in its name."
        yield fault(AREA, what, "Send from a domain of your organisation.")
        return
    try:
        yield from _vouching(names, domain, dsn, selectors)
        yield _replies(names, _domain(reply_to))
    except Unreachable as error:
        fix = "Try again where the internet is to be had, or name a server: --dns 9.9.9.9"
        yield warning(AREA, f"DNS cannot be asked from here ({error}).", fix, sure=False)


def _vouching(names: Names, domain: str, dsn: Dsn, selectors: Sequence[str]) -> Iterator[Diagnosis]:
    host = "smtp.sendgrid.net" if dsn.scheme == "sendgrid" else dsn.host
    include, usual = next(((spf_, keys) for host_, spf_, keys in _SERVICES if re.search(host_, host.lower())), ("", ()))
    if dsn.scheme == "sendgrid":  # its Return-Path is a subdomain that SendGrid looks after itself
        yield well(AREA, "SendGrid answers for SPF itself, through the subdomain of its sender authentication.")
    else:
        yield from spf.judge(names, domain, include, host)
    found = list(dkim.judge(names, domain, selectors or usual, known=bool(selectors)))
    yield from found
    yield from dmarc.judge(names, domain)
    if dsn.scheme != "sendgrid":
        yield well(AREA, f"From and Return-Path are both of {domain}, as DMARC asks.")
    elif any(one.health == "ok" for one in found):
        yield well(AREA, f"Signatures are of {domain}, the domain of From, as DMARC asks.")


def _replies(names: Names, domain: str) -> Diagnosis:
    hosts = names.mx(domain)
    if hosts == (".",) or not (hosts or names.addresses(domain)):
        return fault(AREA, f"{domain} takes no mail, so replies are lost.", "Correct reply_to in newsletter.toml.")
    return well(AREA, f"Replies are taken by {hosts[0] if hosts else domain}.")


def _domain(email: str) -> str:
    """The domain as it travels: international names in ASCII."""
    try:
        return wire_address(email).rpartition("@")[2].lower()
    except ValueError:
        return email.rpartition("@")[2].lower()
