"""What the network says of links, asked of a real server on loopback; and that nothing private is ever asked."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.certificate_kit import self_signed
from tests.unit.checks.web_kit import LOOPBACK, Web, serving

from newsletter.checks import network
from newsletter.checks.answers import LinkResult, State
from newsletter.checks.publichosts import is_public

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
KNOWN = ssl.create_default_context()  # made once: it takes a while
MANNERS = network.Manners(user_agent="newsletter/1 (link check; +https://www.example.org)", patience=0.5, answering=2)


@pytest.fixture(scope="module")
def shared_web() -> Iterator[Web]:
    with serving() as web:
        yield web


@pytest.fixture
def web(shared_web: Web) -> Web:
    shared_web.requests.clear()
    shared_web.most.clear()
    return shared_web


def ask(web: Web, *urls: str, **other: Any) -> list[LinkResult]:
    """The answers, with names that lead to the server, which may be asked though it stands on loopback."""
    settings = {
        "may_ask": lambda address: address == LOOPBACK or is_public(address),
        "resolve": web.resolve,
        "trust": KNOWN,
        **other,
    }
    manners = settings.pop("manners", MANNERS)
    return list(network.ask(urls, manners, now=NOW, **settings).values())


@pytest.mark.parametrize(
    ("path", "state", "status", "said"),
    [
        ("/status/200", State.ALIVE, 200, "answers"),
        ("/status/204", State.ALIVE, 204, "answers"),
        ("/status/404", State.DEAD, 404, "gone"),
        ("/status/410", State.DEAD, 410, "gone"),
        ("/status/401", State.DOUBTFUL, 401, "sign in"),
        ("/status/403", State.DOUBTFUL, 403, "refuses"),
        ("/status/429", State.DOUBTFUL, 429, "too often"),
        ("/status/500", State.DOUBTFUL, 500, "trouble"),
        ("/status/503", State.DOUBTFUL, 503, "trouble"),
        ("/status/418", State.DOUBTFUL, 418, "no clear answer"),
        ("/status/304", State.DOUBTFUL, 304, "no clear answer"),
        ("/head/405/200", State.ALIVE, 200, "answers"),
        ("/head/404/200", State.ALIVE, 200, "answers"),
        ("/head/500/404", State.DEAD, 404, "gone"),
        ("/slow", State.DOUBTFUL, None, "0.5 seconds"),
        ("/garbage", State.DOUBTFUL, None, "broke off"),
        ("/close", State.DOUBTFUL, None, "broke off"),
    ],
)
def test_dead_is_told_from_doubtful(web: Web, path: str, state: State, status: int | None, said: str) -> None:
    (result,) = ask(web, web.url(path))
    assert (result.state, result.status) == (state, status)
    assert said in result.reason
    assert result.at == NOW


def test_a_server_is_asked_with_head_and_only_then_with_get(web: Web) -> None:
    ask(web, web.url("/status/200"), web.url("/head/405/200"), web.url("/status/429"))
    assert sorted(web.paths()) == [
        "GET /head/405/200", "HEAD /head/405/200", "HEAD /status/200", "HEAD /status/429",
    ]  # fmt: skip


def test_it_says_who_asks_and_carries_nothing_that_tells_on_anybody(web: Web) -> None:
    ask(web, web.url("/cookie"), web.url("/status/200#place"))
    ask(web, web.url("/cookie"))
    for _, path, headers in web.requests:
        assert headers["User-Agent"].startswith("newsletter/1 (link check; +https://www.example.org)")
        assert headers["Host"] == f"site.example:{web.port}"
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)
        assert "place" not in path


def test_the_body_of_an_answer_is_not_waited_for(web: Web) -> None:
    (result,) = ask(web, web.url("/huge"))
    assert result.state is State.ALIVE


def test_every_redirect_is_followed_and_told(web: Web) -> None:
    (result,) = ask(web, web.url("/to/301/|to|302||status|200"))
    assert result.state is State.ALIVE
    assert [(hop.status, hop.permanent) for hop in result.hops] == [(301, True), (302, False)]
    assert result.final == web.url("/status/200")


def test_a_redirect_to_a_page_that_is_gone_is_a_dead_link(web: Web) -> None:
    (result,) = ask(web, web.url("/to/302/|status|410"))
    assert (result.state, result.status) == (State.DEAD, 410)


@pytest.mark.parametrize(("path", "said"), [("/to/302/?again", "in a circle"), ("/count/1", "more than 8 times")])
def test_redirects_without_end_end(web: Web, path: str, said: str) -> None:
    (result,) = ask(web, web.url(path))
    assert result.state is State.DOUBTFUL
    assert said in result.reason
    assert len(web.requests) <= MANNERS.most_hops + 1


PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136::1",
    "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "2a00:1450::1%eth0", "", "localhost", "8.8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.0.144", "99.83.1.1", "2a00:1450:4009::200e", "2606:4700::1"])
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [one for one in PRIVATE if one and "%" not in one and one[-1] != "t"])
def test_a_name_that_leads_into_a_private_network_is_not_asked(web: Web, address: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return [address]

    (result,) = ask(web, web.url("/status/200"), resolve=resolve, may_ask=is_public)
    assert result.state is State.REFUSED
    assert "private network" in result.reason
    assert web.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_no_spelling_of_this_machine_is_asked(web: Web, host: str) -> None:
    url = f"http://{host}:{web.port}/status/200"
    (result,) = network.ask([url], MANNERS, now=NOW, trust=KNOWN).values()
    assert result.state is not State.ALIVE
    assert web.requests == []


@pytest.mark.parametrize(
    "target",
    ["http://inside.corp/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:10.0.0.1]/"],
)
def test_a_redirect_into_a_private_network_is_not_followed(web: Web, target: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        inside = {"inside.corp": "10.0.0.1"}.get(host, host)
        return [LOOPBACK] if host.endswith(".example") else [inside]

    (result,) = ask(web, web.url(f"/to/302/{target.replace('/', '|')}"), resolve=resolve)
    assert result.state is State.REFUSED
    assert len(result.hops) == 1
    assert len(web.requests) == 1


@pytest.mark.parametrize("target", ["ftp:||site.example|a", "file:|||etc|passwd", "javascript:alert(1)", "http:||"])
def test_a_redirect_out_of_the_web_is_not_followed(web: Web, target: str) -> None:
    (result,) = ask(web, web.url(f"/to/302/{target}"))
    assert result.state in (State.REFUSED, State.DOUBTFUL)
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://site.example/", "mailto:a@b.uk", "http://", "http://[broken/", "https://user:pw@site.example/", "",
     "/path", "http://exa mple.example/", "http://\u0000.example/", "http://xn--\u00fc.example/",
     f"http://{'a' * 300}.example/"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_not_asked(web: Web, url: str) -> None:
    (result,) = ask(web, url)
    assert result.state is not State.ALIVE
    assert web.requests == []


def test_a_host_is_looked_up_once_and_the_connection_goes_to_the_address_that_was_judged(web: Web) -> None:
    """A name that first leads to a good address and then inside (DNS rebinding) gains nothing."""
    answers, judged = iter([[LOOPBACK], ["10.0.0.1"], ["10.0.0.1"]]), []

    async def resolve(host: str, port: int) -> Sequence[str]:
        return next(answers)

    def may_ask(address: str) -> bool:
        judged.append(address)
        return address == LOOPBACK

    urls = [web.url("/head/405/200", "rebinding.example"), web.url("/to/302/|status|200", "rebinding.example")]
    results = ask(web, *urls, resolve=resolve, may_ask=may_ask)
    assert [one.state for one in results] == [State.ALIVE, State.ALIVE]
    assert set(judged) == {LOOPBACK}


def test_of_several_addresses_only_those_that_may_be_asked_are(web: Web) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.1", "::1", LOOPBACK]

    (result,) = ask(web, web.url("/status/200"), resolve=resolve)
    assert result.state is State.ALIVE


def test_an_address_that_takes_no_connection_is_followed_by_the_next(web: Web) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", LOOPBACK]  # nobody listens at the first

    (result,) = ask(web, web.url("/status/200"), resolve=resolve, may_ask=lambda address: True)
    assert result.state is State.ALIVE


def test_no_more_than_two_requests_reach_a_host_at_a_time_and_no_more_than_the_limit_in_all(web: Web) -> None:
    urls = [web.url(f"/busy/{number}", f"{host}.example") for host in "abcdef" for number in range(5)]
    results = ask(web, *urls, manners=network.Manners(user_agent="x", at_once=5))
    assert {one.state for one in results} == {State.ALIVE}
    assert len(web.requests) == len(urls)
    assert all(web.most[f"{host}.example"] <= 2 for host in "abcdef")
    assert 2 <= web.most["all"] <= 5


def test_every_link_is_asked_once_and_progress_is_told(web: Web) -> None:
    told: list[tuple[int, int]] = []
    url = web.url("/status/200")
    ask(web, url, url, web.url("/status/404"), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert web.paths().count("HEAD /status/200") == 1


def test_a_host_that_does_not_exist_is_dead_where_others_are_found(web: Web) -> None:
    gone, found = ask(web, "https://no-such-host.invalid/a", web.url("/status/200"))
    assert (gone.state, gone.status) == (State.DEAD, None)
    assert "no-such-host.invalid" in gone.reason
    assert found.state is State.ALIVE


def test_where_no_host_is_found_at_all_the_machine_is_rather_offline_and_nothing_is_dead(web: Web) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return [LOOPBACK] if host == LOOPBACK else await web.resolve(host, port)

    urls = ("https://one.invalid/", "https://two.invalid/", web.url("/status/200", LOOPBACK))
    *results, here = ask(web, *urls, resolve=resolve)
    assert {one.state for one in results} == {State.DOUBTFUL}
    assert all("connected" in one.reason for one in results)
    assert here.state is State.ALIVE


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_AGAIN, "later"), OSError("broken"), UnicodeError("odd")])
def test_trouble_with_the_resolver_is_doubtful(web: Web, error: Exception) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise error

    (result,) = ask(web, web.url("/status/200"), resolve=resolve)
    assert result.state is State.DOUBTFUL


def test_a_port_where_nobody_listens_is_doubtful(web: Web) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        (result,) = ask(web, f"http://site.example:{taken.getsockname()[1]}/")
    assert result.state is State.DOUBTFUL
    assert "No connection" in result.reason


def test_the_system_resolver_knows_addresses() -> None:
    assert list(asyncio.run(network.system_resolver("127.0.0.1", 80))) == ["127.0.0.1"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for good.example, and whom to trust for it."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    public, both = self_signed(folder, "good.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cafile=public)


@pytest.mark.parametrize(
    ("host", "trusted", "state"),
    [
        ("good.example", True, State.ALIVE),
        ("other.example", True, State.DOUBTFUL),  # the certificate is for another name
        ("good.example", False, State.DOUBTFUL),  # signed by nobody we know
    ],
)
def test_a_certificate_is_judged_by_the_name_of_the_host(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], host: str, trusted: bool, state: State
) -> None:
    server, trust = authority
    with serving(server) as web:
        (result,) = ask(web, web.url("/status/200", host, "https"), trust=trust if trusted else None)
    assert result.state is state
    assert state is State.ALIVE or "certificate" in result.reason
