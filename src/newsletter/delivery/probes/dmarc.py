"""DMARC of the sender's domain: what is to become of messages that only pretend to come from it (RFC 7489).

A domain without a record follows the domain above it, found by walking up the names (DMARCbis, section 4.10).
"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.delivery.probes.dkim import tags
from newsletter.delivery.probes.names import Names
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "domain"
_POLICIES = ("none", "quarantine", "reject")


def judge(names: Names, domain: str) -> Iterator[Diagnosis]:
    """The record that holds for this domain."""
    place, records = _find(names, domain)
    if not records:
        record = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
        what = f"{domain} has no DMARC record; Gmail, Yahoo and Microsoft ask for one from whoever sends to many."
        fix = f'Add a TXT record to _dmarc.{domain}: "{record}". Go on to p=quarantine once the reports look right.'
        yield fault(AREA, what, fix)
        return
    if len(records) > 1:
        what = f"There are {len(records)} DMARC records at {place}, so none of them counts."
        yield fault(AREA, what, "Leave one of them.")
        return
    of = tags(records[0])
    policy = of.get("p", "").lower() if place == f"_dmarc.{domain}" else of.get("sp", of.get("p", "")).lower()
    if policy not in _POLICIES:
        yield fault(
            AREA,
            f"The DMARC record at {place} says no policy that is known.",
            "Write p=none, p=quarantine or p=reject.",
        )
    elif policy == "none":
        what = f"DMARC at {place} only watches (p=none): anybody may still write in the name of {domain}."
        yield warning(AREA, what, "Go on to p=quarantine, then p=reject, once the reports look right.")
    else:
        yield well(AREA, f"DMARC at {place} says {policy}.")
    if of.get("pct", "100") != "100":
        yield warning(AREA, f"DMARC at {place} holds for {of['pct']}% of messages only.", "Take pct= out.")
    if "rua" not in of:
        fix = f"Add rua=mailto:dmarc@{domain}, or a service that reads them."
        yield warning(AREA, f"Nobody gets the reports of DMARC at {place}.", fix)


def _find(names: Names, domain: str) -> tuple[str, list[str]]:
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        place = f"_dmarc.{'.'.join(labels[start:])}"
        records = [text for text in names.txt(place) if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if records:
            return place, records
    return "", []
