"""Asks the network whether links lead somewhere: politely, and never inside anybody's own network.

Each host is resolved once, its addresses are judged, and the connection goes to the very address that was judged.
Redirects are followed by hand, so that every hop is judged like the first.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from newsletter.checks.answers import Hop, LinkResult, State
from newsletter.checks.publichosts import is_address, is_public
from newsletter.checks.verdicts import distrust, judged, trouble

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
Judge = Callable[[str], bool]
Progress = Callable[[int, int], None]
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"Accept": "*/*", "Accept-Language": "en-GB, en;q=0.8, *;q=0.5"}
_MOST_ADDRESSES = 3  # of one host that are tried in turn


@dataclass(frozen=True)
class Manners:
    """How we behave towards other people's servers."""

    user_agent: str  # says who asks and why
    at_once: int = 16  # requests in all
    per_host: int = 2  # requests to one host
    connecting: float = 6.0  # seconds
    answering: float = 15.0  # seconds between two bytes
    patience: float = 25.0  # seconds for one request, whatever it does
    most_hops: int = 8


@dataclass(frozen=True)
class _Way:
    """How a connection comes about: which addresses may be asked, who knows them, whose certificates are believed."""

    may_ask: Judge
    resolve: Resolver
    trust: ssl.SSLContext


class _NoAnswer(Exception):
    """There is no status to judge: what it means, in a sentence."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as this machine is told."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def ask(
    urls: Iterable[str],
    manners: Manners,
    *,
    now: datetime,
    may_ask: Judge = is_public,
    resolve: Resolver = system_resolver,
    trust: ssl.SSLContext | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, LinkResult]:
    """What each address answers. Never raises for what a server does.

    `may_ask`: whether a connection may go to an IP address. `trust`: whose certificates are believed.
    """
    wanted = list(dict.fromkeys(urls))
    return asyncio.run(_ask(wanted, manners, now, _Way(may_ask, resolve, trust or _trusted()), progress))


async def _ask(
    urls: Sequence[str],
    manners: Manners,
    now: datetime,
    way: _Way,
    progress: Progress,
) -> dict[str, LinkResult]:
    results: dict[str, LinkResult] = {}
    limits = httpx.Limits(max_keepalive_connections=0)  # two hosts at one address must not share a connection
    async with httpx.AsyncHTTPTransport(verify=way.trust, trust_env=False, limits=limits) as transport:
        asker = _Asker(transport, manners, way)

        async def one(url: str) -> None:
            results[url] = await asker.result(url, now)
            progress(len(results), len(urls))

        await asyncio.gather(*map(one, urls))
    return _unless_offline({url: results[url] for url in urls}, asker)


def _trusted() -> ssl.SSLContext:
    """The certificates of this machine, which knows its own gateway's, and those that come with the product."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class _Asker:
    """One run over many links."""

    def __init__(self, transport: httpx.AsyncBaseTransport, manners: Manners, way: _Way) -> None:
        self.transport = transport
        self.manners = manners
        self.way = way
        self.all = asyncio.Semaphore(manners.at_once)
        self.hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(manners.per_host))
        self.looked_up: dict[tuple[str, int], asyncio.Task[Sequence[str]]] = {}
        self.timeout = httpx.Timeout(manners.answering, connect=manners.connecting, pool=None).as_dict()
        self.met_a_host = False  # whether any host was found by its name

    async def result(self, url: str, now: datetime) -> LinkResult:
        """What an address answers, after all its redirects."""
        hops: list[Hop] = []
        status: int | None = None
        try:
            status = await self.follow(url, hops)
            state, reason = judged(status)
        except _NoAnswer as none:
            state, reason = none.state, none.reason
        return LinkResult(url=url, state=state, status=status, reason=reason, hops=tuple(hops), at=now)

    async def follow(self, url: str, hops: list[Hop]) -> int:
        """The status at the end of all redirects, which are noted in `hops`."""
        seen = {url}
        while True:
            status, location = await self.answer(url)
            if status not in _REDIRECTS or not location:
                return status
            url = _joined(url, location)
            hops.append(Hop(status=status, url=url))
            if url in seen:
                raise _NoAnswer(State.DOUBTFUL, "It sends readers round in a circle.")
            if len(hops) > self.manners.most_hops:
                raise _NoAnswer(State.DOUBTFUL, f"It sends readers on more than {self.manners.most_hops} times.")
            seen.add(url)

    async def answer(self, url: str) -> tuple[int, str]:
        """Status and Location of one address. HEAD costs the server least; what it refuses is asked with GET."""
        target = _target(url)
        async with self.hosts[target.host], self.all:
            try:
                async with asyncio.timeout(self.manners.patience):
                    addresses = await self.addresses(target)
                    try:
                        status, location = await self.send("HEAD", target, addresses)
                    except httpx.RemoteProtocolError:
                        status, location = 0, ""
                    if status in _REDIRECTS or 200 <= status < 300 or status == 429:
                        return status, location
                    return await self.send("GET", target, addresses)
            except TimeoutError:
                raise _NoAnswer(State.DOUBTFUL, f"It did not answer in {self.manners.patience:g} seconds.") from None
            except httpx.HTTPError as error:
                raise _NoAnswer(State.DOUBTFUL, trouble(error)) from None
            except (httpx.InvalidURL, ValueError, OSError):  # an answer that cannot be read
                raise _NoAnswer(State.DOUBTFUL, "It answered with something that cannot be read.") from None

    async def send(self, method: str, target: httpx.URL, addresses: Sequence[str]) -> tuple[int, str]:
        """One request, to the first of the judged addresses that takes it. The body is not read."""
        for number, address in enumerate(addresses, 1):
            request = httpx.Request(
                method,
                target.copy_with(host=address),
                headers=_HEADERS | {"Host": target.netloc.decode("ascii"), "User-Agent": self.manners.user_agent},
                extensions={"sni_hostname": target.raw_host.decode("ascii"), "timeout": self.timeout},
            )
            try:
                response = await self.transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if number == len(addresses) or distrust(error):
                    raise
                continue
            await response.aclose()
            return response.status_code, response.headers.get("Location", "")
        raise AssertionError("a host has at least one address")

    async def addresses(self, target: httpx.URL) -> Sequence[str]:
        """The addresses of a host that may be asked, looked up once."""
        host = target.raw_host.decode("ascii").strip("[]")
        key = (host, target.port or (443 if target.scheme == "https" else 80))
        if key not in self.looked_up:
            self.looked_up[key] = asyncio.create_task(_looked_up(self.way.resolve, *key))
        found = await asyncio.shield(self.looked_up[key])
        self.met_a_host = self.met_a_host or not (host == "localhost" or is_address(host))
        if allowed := [address for address in found if self.way.may_ask(address)]:
            return allowed[:_MOST_ADDRESSES]
        raise _NoAnswer(State.REFUSED, f"{host} stands in a private network, so it was not asked.")


async def _looked_up(resolve: Resolver, host: str, port: int) -> Sequence[str]:
    try:
        found = await resolve(host, port)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            raise _NoAnswer(State.DEAD, f"There is no host called {host}.") from None
        raise _NoAnswer(State.DOUBTFUL, f"{host} could not be looked up.") from None
    except (UnicodeError, OSError):
        raise _NoAnswer(State.DOUBTFUL, f"{host} could not be looked up.") from None
    if not found:
        raise _NoAnswer(State.DEAD, f"There is no host called {host}.")
    return found


def _target(url: str) -> httpx.URL:
    """The address taken apart; only plain web addresses are asked."""
    try:
        target = httpx.URL(url)
        _ = target.netloc.decode("ascii"), target.raw_host
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        raise _NoAnswer(State.DOUBTFUL, "This address cannot be read.") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise _NoAnswer(State.REFUSED, "This is no address of the web, so it was not asked.")
    if target.userinfo:
        raise _NoAnswer(State.REFUSED, "This address holds a user name or a password, so it was not asked.")
    return target


def _joined(url: str, location: str) -> str:
    try:
        return str(httpx.URL(url).join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        raise _NoAnswer(State.DOUBTFUL, "It sends readers to an address that cannot be read.") from None


def _unless_offline(results: dict[str, LinkResult], asker: _Asker) -> dict[str, LinkResult]:
    """Where no host at all was found, the fault is rather on this side: nothing is called dead."""
    if asker.met_a_host:
        return results
    reason = "No host at all could be found: is this machine connected?"
    return {
        url: one.model_copy(update={"state": State.DOUBTFUL, "reason": reason})
        if one.state is State.DEAD and one.status is None
        else one
        for url, one in results.items()
    }
