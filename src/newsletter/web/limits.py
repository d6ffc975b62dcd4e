"""How often somebody may ask. Never how often somebody may leave: an unsubscribe is not counted, whoever sends it.

Addresses, of clients and of mailboxes, are counted under a keyed hash, so that no list of them comes to be.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Mapping

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

# A whole council may come from one address on the day a newsletter is launched; a robot does not wait that long.
LIMITS = {
    "sign-ups of a client": "30 per 10 minutes",
    "mails to a mailbox": "3 per day",
    "sign-ups of all": "600 per hour",
    "bad links of a client": "60 per 10 minutes",
}


class Limits:
    """Counts in memory: one process answers, and after a restart nobody is held to what they did before."""

    def __init__(self, hide: Callable[[str], str], limits: Mapping[str, str] = LIMITS) -> None:
        """`hide`: the keyed hash."""
        self._hide = hide
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in limits.items()}
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, name: str, who: str = "") -> int:
        """Counts one more of `who`: 0 if that is all right, else the seconds until it would be."""
        item, key = self._items[name], self._hide(f"{name}\n{who}")
        if self._limiter.hit(item, key):
            return 0
        reset = self._limiter.get_window_stats(item, key).reset_time
        return max(1, round(reset - time.time()))


def client_of(request: Request) -> str:
    """Who asks, as far as one can tell: the address that the server saw, or that a trusted proxy named.

    The first 64 bits of an IPv6 address: one household has all the rest."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return host
