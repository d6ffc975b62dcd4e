"""SPF of the sender's domain: one record, that lets our mail service send, within ten lookups (RFC 7208)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newsletter.delivery.probes.names import Names
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "domain"
LIMIT = 10  # lookups; RFC 7208 section 4.6.4: beyond it the whole record counts as broken
_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")  # what costs a lookup


@dataclass
class Tree:
    """A record with everything that it includes."""

    included: set[str] = field(default_factory=set)
    networks: list[str] = field(default_factory=list)
    lookups: int = 0
    broken: list[str] = field(default_factory=list)  # included, and without a record of their own
    opaque: bool = False  # part of it depends on the message, so nobody can tell beforehand


def judge(names: Names, domain: str, include: str, host: str) -> Iterator[Diagnosis]:
    """`include`: what our mail service asks to be included, "" if that is not known. `host`: our mail server's name."""
    records = records_of(names, domain)
    if not records:
        example = f"v=spf1 include:{include or 'YOUR-MAIL-SERVICE'} -all"
        yield fault(AREA, f"{domain} has no SPF record.", f'Add a TXT record to {domain}: "{example}"')
        return
    if len(records) > 1:
        fix = "Make one of them: put all their parts into one record, and delete the others."
        yield fault(AREA, f"{domain} has {len(records)} SPF records, so none of them counts.", fix)
        return
    tree = Tree()
    _walk(names, domain, records[0], tree, ())
    yield from _limits(domain, tree)
    yield _end(domain, records[0])
    yield _lets_us_send(names, domain, tree, include, host)


def records_of(names: Names, domain: str) -> list[str]:
    """The SPF records among the TXT records of a name."""
    return [text for text in names.txt(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def _walk(names: Names, domain: str, record: str, tree: Tree, above: Sequence[str]) -> None:
    for term in record.split()[1:]:
        name, _, value = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        name = name.lower().partition("/")[0]
        if name in ("ip4", "ip6"):
            tree.networks.append(value)
        if name not in _ASKING:
            continue
        tree.lookups += 1
        tree.opaque |= "%" in value
        if name not in ("include", "redirect") or "%" in value:
            continue
        tree.included.add(value.lower().rstrip("."))
        if value in above or value == domain or tree.lookups > 3 * LIMIT:
            tree.broken.append(value)
            continue
        below = records_of(names, value)
        if len(below) == 1:
            _walk(names, value, below[0], tree, (*above, domain))
        else:
            tree.broken.append(value)


def _limits(domain: str, tree: Tree) -> Iterator[Diagnosis]:
    if tree.lookups > LIMIT:
        what = f"The SPF record of {domain} needs {tree.lookups} lookups; more than {LIMIT} make it count as broken."
        yield fault(AREA, what, "Take out what is not used any more (include:, a, mx).")
    for name in tree.broken:
        what = f"The SPF record of {domain} includes {name}, which has no single record of its own."
        yield fault(AREA, what, f"Correct or take out include:{name}.")


def _end(domain: str, record: str) -> Diagnosis:
    end = next((term.lower() for term in reversed(record.split()) if term.lower().endswith("all")), "")
    if end in ("all", "+all"):
        return fault(
            AREA, f"The SPF record of {domain} lets anybody send (+all).", "End it with -all, or ~all at first."
        )
    if end in ("-all", "~all") or "redirect=" in record.lower():
        return well(AREA, f"{domain} has one SPF record.")
    what = f"The SPF record of {domain} does not say what to do with others."
    return warning(AREA, what, "End it with -all, or ~all at first.")


def _lets_us_send(names: Names, domain: str, tree: Tree, include: str, host: str) -> Diagnosis:
    if include and include in tree.included:
        return well(AREA, f"The SPF record of {domain} includes our mail service ({include}).")
    if include and _covers(names, include, tree):
        return well(AREA, f"The SPF record of {domain} holds all addresses of our mail service ({include}).")
    if include and not tree.opaque:
        what = f"The SPF record of {domain} does not include our mail service."
        return fault(AREA, what, f"Put include:{include} into it, before -all or ~all.")
    addresses = [host] if _is_address(host) else names.addresses(host)
    if any(_inside(address, tree.networks) for address in addresses):
        return well(AREA, f"The SPF record of {domain} lets {host} send.")
    what = f"It cannot be told whether the SPF record of {domain} lets {host or 'our mail service'} send."
    return warning(AREA, what, "Ask who runs that mail server what the record must hold.")


def _covers(names: Names, include: str, tree: Tree) -> bool:
    """Whether somebody wrote the addresses themselves into the record, to save lookups."""
    wanted = Tree()
    for record in records_of(names, include):
        _walk(names, include, record, wanted, ())
    return bool(wanted.networks) and set(wanted.networks) <= set(tree.networks)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _inside(address: str, networks: Sequence[str]) -> bool:
    for network in networks:
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False):
                return True
        except (ValueError, TypeError):
            continue
    return False
