"""Asks the DNS; the only module that imports the library for it. No answer is told from an answer of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import dns.resolver

LIFETIME = 4.0  # seconds for one question, its repetitions included


class Unreachable(Exception):
    """No name server answered, or it answered that something is wrong with itself."""


class Names(Protocol):
    """What the judges ask. A name that has no such record gives nothing."""

    def txt(self, name: str) -> Sequence[str]: ...
    def mx(self, name: str) -> Sequence[str]: ...
    def addresses(self, name: str) -> Sequence[str]: ...


class Dns:
    """The DNS as this machine sees it, or as one name server does. Answers are kept while it is open.

    Raises everywhere:
        Unreachable: the question was not answered.
    """

    def __init__(self, server: str = "") -> None:
        """`server`: "9.9.9.9" or "127.0.0.1:5353"; "" for those of this machine."""
        self._server = server
        self._resolver: dns.resolver.Resolver | None = None

    def txt(self, name: str) -> tuple[str, ...]:
        """Each record as one text: RFC 7208 section 3.3 has its strings joined without blanks."""
        return tuple(
            b"".join(getattr(record, "strings", ())).decode("utf-8", "replace") for record in self._ask(name, "TXT")
        )

    def mx(self, name: str) -> tuple[str, ...]:
        """The hosts that take mail, the preferred one first; "." alone means that none does (RFC 7505)."""
        records = sorted(self._ask(name, "MX"), key=lambda record: getattr(record, "preference", 0))
        return tuple(str(getattr(record, "exchange", "")).rstrip(".") or "." for record in records)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Its addresses, of both kinds."""
        return tuple(str(record) for kind in ("A", "AAAA") for record in self._ask(name, kind))

    def _ask(self, name: str, kind: str) -> Sequence[object]:
        import dns.exception
        import dns.resolver

        try:
            answer = self._open().resolve(name, kind, search=False)
            return list(answer)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise Unreachable(f"{name} {kind}: {type(error).__name__}") from None

    def _open(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            import dns.resolver

            resolver = dns.resolver.Resolver(configure=not self._server)
            if self._server:
                host, _, port = self._server.rpartition(":") if self._server.count(":") == 1 else (self._server, "", "")
                resolver.nameservers = [host or self._server]
                resolver.port = int(port or 53)
            resolver.lifetime = LIFETIME
            resolver.cache = dns.resolver.Cache()
            self._resolver = resolver
        return self._resolver
