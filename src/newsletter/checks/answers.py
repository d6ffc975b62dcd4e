"""What the network said: of a link (NL104 and `network.py`), and of the sender's domain (NL305)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from newsletter.models.base import Model


class State(StrEnum):
    """Whether a link leads somewhere."""

    ALIVE = "alive"
    DEAD = "dead"  # gone for good: 404, 410, a host that does not exist
    DOUBTFUL = "doubtful"  # no clear answer: refused, too slow, too busy, a certificate that cannot be trusted
    REFUSED = "refused"  # not asked: it leads into a private network, or is no web address


class Hop(Model):
    """One redirect on the way."""

    status: int  # 301, 302, 303, 307 or 308
    url: str  # where it sent us

    @property
    def permanent(self) -> bool:
        """Whether the page has moved for good (RFC 9110 sections 15.4.2 and 15.4.9)."""
        return self.status in (301, 308)


class LinkResult(Model):
    """The answer to one address."""

    url: str
    state: State
    status: int | None = None  # of the last answer; None if there was none
    reason: str  # a plain sentence
    hops: tuple[Hop, ...] = ()
    at: datetime  # aware; when it was asked

    @property
    def final(self) -> str:
        """The address that answered in the end."""
        return self.hops[-1].url if self.hops else self.url


def page_of(url: str) -> str:
    """The page that an address leads to: without the place on it, which no server is told of."""
    return url.strip().partition("#")[0]


class DomainFault(Model):
    """What is wrong with the domain that messages are sent from."""

    domain: str
    message: str  # a plain sentence
    fix: str = ""  # what the record must say
    sure: bool = True  # False: DNS could not be reached
