"""DKIM of the sender's domain: the public keys that mail programs verify signatures with (RFC 6376, RFC 8301)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence

from newsletter.delivery.probes.names import Names
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "domain"
SHORTEST, GOOD = 1024, 2048  # bits of an RSA key; RFC 8301 section 3.2


def judge(names: Names, domain: str, selectors: Sequence[str], *, known: bool) -> Iterator[Diagnosis]:
    """`known`: the selectors were named in newsletter.toml; otherwise they are those that the service usually uses."""
    if not selectors:
        what = f"It is not known under which names (selectors) the DKIM keys of {domain} are kept."
        fix = 'Ask your mail service, then write in newsletter.toml: [delivery] dkim_selectors = ["…"]'
        yield warning(AREA, what, fix)
        return
    found = {selector: [text for text in names.txt(f"{selector}._domainkey.{domain}") if "p=" in text.replace(" ", "")]
             for selector in selectors}  # fmt: skip
    if not any(found.values()):
        where = ", ".join(f"{selector}._domainkey.{domain}" for selector in selectors)
        what = f"No DKIM key of {domain} was found at {where}, so messages cannot be signed in its name."
        fix = "Add the records that your mail service shows for this domain."
        if known:
            yield fault(AREA, what, fix)
        else:
            fix += ' If it uses other selectors, write in newsletter.toml: [delivery] dkim_selectors = ["…"]'
            yield warning(AREA, what.replace(", so messages", "; it may be that messages"), fix)
        return
    for selector, records in found.items():
        if not records:
            what = f"There is no DKIM key at {selector}._domainkey.{domain}."
            yield warning(AREA, what, "Add it, so that the mail service can change keys; or take that selector out.")
        elif len(records) > 1:
            what = f"There are {len(records)} DKIM keys at {selector}._domainkey.{domain}; none of them can be trusted."
            yield fault(AREA, what, "Leave the one that your mail service shows.")
        else:
            yield _key(f"{selector}._domainkey.{domain}", tags(records[0]))


def tags(record: str) -> Mapping[str, str]:
    """ "v=DKIM1; k=rsa; p=…" (RFC 6376 section 3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}


def _key(where: str, of: Mapping[str, str]) -> Diagnosis:
    if not of.get("p"):
        return fault(AREA, f"The DKIM key at {where} was withdrawn (p= is empty).", "Add the current one.")
    if of.get("k", "rsa").lower() == "rsa":
        bits = _bits(of["p"])
        if bits is None:
            return fault(
                AREA, f"The DKIM key at {where} cannot be read.", "Copy it again, whole, from the mail service."
            )
        if bits < SHORTEST:
            return fault(AREA, f"The DKIM key at {where} has {bits} bits and is ignored.", f"Use one of {GOOD} bits.")
        if bits < GOOD:
            return warning(AREA, f"The DKIM key at {where} has only {bits} bits.", f"Ask for one of {GOOD} bits.")
    if "y" in of.get("t", "").lower().split(":"):
        what = f"The DKIM key at {where} is marked as a test (t=y), so mail programs may ignore it."
        return warning(AREA, what, "Take t=y out once signing works.")
    return well(AREA, f"There is a DKIM key at {where}.")


def _bits(text: str) -> int | None:
    """Of an RSA key; None if it is none."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, binascii.Error):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None
