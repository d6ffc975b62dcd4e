"""What tests of the doctor share: the DNS of a domain that is well, and certificates of this machine."""

from __future__ import annotations

import base64
import functools
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

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


def certificate(folder: Path, good_for: timedelta) -> Path:
    """A self-signed certificate of 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + good_for)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "both.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
