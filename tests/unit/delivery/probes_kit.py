"""What tests of the doctor share: the DNS of a domain that is well, and certificates of this machine."""

from __future__ import annotations

import base64
import functools

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

DOMAIN = "northshire.gov.uk"
Zone = dict[tuple[str, str], list[str]]


@functools.cache
def dkim_key(bits: int = 2048) -> str:
    """A record's text."""
    public = rsa.generate_private_key(65537, bits).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def zone(**changes: list[str] | None) -> Zone:
    """A domain that is well, sent through 127.0.0.1; `spf`, `dkim`, `dmarc`, `mx` are put in place of its own."""
    usual = {
        "spf": ["google-site-verification=x", "v=spf1 ip4:127.0.0.0/8 include:_spf.example.net -all"],
        "dkim": [dkim_key()],
        "dmarc": [f"v=DMARC1; p=reject; rua=mailto:dmarc@{DOMAIN}"],
        "mx": [f"10 mail.{DOMAIN}."],
    }
    places = {
        "spf": (DOMAIN, "TXT"), "dkim": (f"k1._domainkey.{DOMAIN}", "TXT"),
        "dmarc": (f"_dmarc.{DOMAIN}", "TXT"), "mx": (DOMAIN, "MX"),
    }  # fmt: skip
    records = {places[name]: of for name, of in {**usual, **changes}.items() if of is not None}
    return {("_spf.example.net", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ~all"], **records}
