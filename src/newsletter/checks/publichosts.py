"""Which network addresses belong to the public internet. A link check must not reach into anybody's own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# What `ipaddress` calls global and is not, or what stands for an address of IPv4 that may be anything.
_REFUSED_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # "this network" (RFC 791)
            "100.64.0.0/10",  # shared by a provider's customers (RFC 6598)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and the broadcast address
        ),
    )
)
_REFUSED_V6 = tuple(
    map(
        ip_network,
        (
            "::/96",  # unspecified, loopback, and the old way to write IPv4 (RFC 4291)
            "::ffff:0:0/96",  # IPv4 in IPv6 clothes
            "::ffff:0:0:0/96",  # translated IPv4 (RFC 2765)
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
            "100::/64",  # discard only (RFC 6666)
            "2001::/23",  # Teredo, ORCHID and other assignments that are no sites
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
            "fc00::/7",  # private
            "fe80::/10",  # one link
            "fec0::/10",  # one site
            "ff00::/8",  # multicast
        ),
    )
)


def is_address(host: str) -> bool:
    """Whether a host is an IP address itself, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address, as the resolver gives it, is one that anybody on the internet can reach."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not any(found in network for network in _REFUSED_V4)
    return _is_public_v6(found)


def _is_public_v6(found: IPv6Address) -> bool:
    return found.scope_id is None and found.is_global and not any(found in network for network in _REFUSED_V6)
