"""What holds for every request to the service: limits, headers, and a log without anything personal in it."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.unit.web.service_kit import Client, FakeApp, path_of

from newsletter.models.delivery import Subscriber
from newsletter.web.guard import LARGEST_BODY, Guard
from newsletter.web.logs import JsonLines


def test_every_answer_carries_the_security_headers(app: FakeApp, client: Client, jo: Subscriber) -> None:
    app.public.mkdir()
    (app.public / "index.html").write_text("<p>archive</p>")
    u, p = path_of(app.signer.unsubscribe_url(jo.id, "schools")), path_of(app.signer.preferences_url(jo.id))
    paths = [
        "/",
        u,
        p,
        "/u/x",
        "/p/x",
        "/nothing",
        "/healthz",
        "/robots.txt",
        "/service/style.css",
        "/.well-known/security.txt",
    ]
    for answer in [client.get(path) for path in paths] + [client.post(path) for path in paths]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert len(answer.headers["x-request-id"]) == 16
        assert "server" not in answer.headers
        assert "set-cookie" not in answer.headers


def test_personal_pages_are_kept_by_no_cache_and_no_search_engine(app: FakeApp, client: Client, jo: Subscriber) -> None:
    u, p = path_of(app.signer.unsubscribe_url(jo.id, "schools")), path_of(app.signer.preferences_url(jo.id))
    for answer in (
        client.get(u),
        client.post(u),
        client.post(f"{u}/undo"),
        client.get(p),
        client.post(p),
        client.get("/u/x"),
        client.get("/p/x"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Disallow: /" not in client.get("/robots.txt").text  # else nobody reads the noindex


def test_browsers_are_told_to_stay_on_https_only_when_they_came_by_it(app: FakeApp, client: Client) -> None:
    assert "strict-transport-security" in client.get("/healthz").headers
    plain = Client(client.service, base_url="http://127.0.0.1")
    assert "strict-transport-security" not in plain.get("/healthz").headers
    site = app.publication.site.model_copy(update={"url": "http://news.example.org"})
    app.publication = app.publication.model_copy(update={"site": site})
    assert "strict-transport-security" not in app.client().get("/healthz").headers


def test_a_body_beyond_the_limit_is_refused_before_anything_is_done(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    before, address = app.state(), path_of(app.signer.unsubscribe_url(jo.id, "schools"))

    async def trickle() -> object:
        for _ in range(100):
            yield b"x" * 100

    assert client.post(address, content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert client.post(address, content=trickle()).status_code == 413  # no Content-Length
    assert client.post(address, headers={"Content-Length": "9" * 400}, content=b"").status_code == 413
    assert app.state() == before
    assert client.post(address, content=b"x" * LARGEST_BODY).status_code == 200


def quiet(kind: str, scope: object = None, *, reference: str = "") -> Response:
    return PlainTextResponse(f"{kind} {reference}", status_code={"fault": 500, "slow": 408, "busy": 503}[kind])


async def broken(request: Request) -> Response:
    raise RuntimeError("the address of jo.smith@example.org")


async def endless(request: Request) -> Response:
    await asyncio.sleep(60)
    return PlainTextResponse("too late")


def test_a_fault_of_ours_is_a_page_with_a_reference_and_a_log_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client(Starlette(routes=[Route("/x", broken)], middleware=[Middleware(Guard, problem=quiet)]))
    with caplog.at_level(logging.INFO, "newsletter"):
        answer = client.get("/x")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "jo.smith" not in caplog.text + answer.text


def test_a_request_that_never_ends_is_ended(client: Client) -> None:
    client = Client(
        Starlette(routes=[Route("/x", endless)], middleware=[Middleware(Guard, problem=quiet, seconds=0.05)])
    )
    assert client.get("/x").status_code == 503


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async def silence() -> object:
        await asyncio.sleep(60)
        yield b""

    client = Client(
        Starlette(
            routes=[Route("/x", broken, methods=["POST"])], middleware=[Middleware(Guard, problem=quiet, seconds=0.05)]
        )
    )
    assert client.post("/x", content=silence()).status_code == 408


def test_no_log_line_holds_a_link_an_address_or_a_strangers_words(
    app: FakeApp, client: Client, jo: Subscriber, caplog: pytest.LogCaptureFixture
) -> None:
    u = path_of(app.signer.unsubscribe_url(jo.id, "schools"))
    token = u.rsplit("/", 1)[-1]
    with caplog.at_level(logging.DEBUG, "newsletter"):
        for path in (
            u,
            f"{u}/undo",
            f"{u}/",
            f"/{u}",
            f"/P/{token}",
            f"/x/{token}",
            f"/p/{token}",
            "/u/jo.smith@example.org",
            "/a%0aINFO faked=1",
            f"/?{token}",
        ):
            client.get(path)
            client.post(path, content=b"email=jo.smith@example.org")
        client("FAKED\tMETHOD".replace("\t", "-"), "/x")
    assert token not in caplog.text
    assert str(jo.id) not in caplog.text
    assert "jo.smith" not in caplog.text
    assert "faked" not in caplog.text
    assert "FAKED" not in caplog.text
    records = [record for record in caplog.records if record.name == "newsletter.web.access"]
    lines = [line for record in records for line in record.fields]  # type: ignore[attr-defined]
    assert {"path": "/u/TOKEN", "status": 200} in [{"path": line["path"], "status": line["status"]} for line in lines]
    told = "".join(JsonLines().format(record) for record in caplog.records)
    assert not any(word in told for word in (token, str(jo.id), "jo.smith", "faked", "FAKED"))


ROUTES = ["sign-up", "healthz", "robots.txt", ".well-known/security.txt", "service/style.css", "webhooks/sendgrid", ""]
FIELDS = st.dictionaries(
    st.sampled_from(["email", "get", "shown", "lang", "seal", "website", "List-Unsubscribe", "x"]), st.text(max_size=20)
)
BODIES = st.one_of(st.binary(max_size=200), FIELDS.map(lambda fields: urlencode(fields, errors="replace").encode()))
PATHS = st.one_of(
    st.sampled_from(ROUTES),
    st.text(max_size=60),
    st.builds(
        "/{}/{}{}".format,
        st.sampled_from("upcU"),
        st.text(max_size=45),
        st.sampled_from(["", "/", "/undo", "/../", "%2e%2e"]),
    ),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"]),
    path=PATHS,
    query=st.binary(max_size=20),
    headers=st.dictionaries(
        st.sampled_from(
            [
                "Content-Type",
                "Accept-Language",
                "X-Forwarded-For",
                "Origin",
                "Sec-Fetch-Site",
                "Range",
                "If-None-Match",
                "If-Modified-Since",
                "Host",
                "Cookie",
                "X-Forwarded-Proto",
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30),
    ),
    body=BODIES,
)
def test_malformed_requests_are_never_a_fault_and_write_nothing(
    app: FakeApp,
    client: Client,
    jo: Subscriber,
    method: str,
    path: str,
    query: bytes,
    headers: dict[str, str],
    body: bytes,
) -> None:
    before = app.state()
    (app.public / "issues").mkdir(parents=True, exist_ok=True)
    (app.public / "index.html").write_text("<p>archive</p>")
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    status = asyncio.run(_raw(client.service, method, f"/{path}", query, raw, body))
    assert status < 500
    assert app.state() == before


async def _raw(service: Starlette, method: str, path: str, query: bytes, headers: dict[str, bytes], body: bytes) -> int:
    """A request as a server would hand it on, with no client library to tidy it first."""
    sent: list[dict[str, object]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, object]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    named = [(name.lower().encode(), value) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": query,
        "root_path": "",
        "headers": named,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await service(scope, receive, send)  # type: ignore[arg-type]
    return int(str(sent[0]["status"]))
