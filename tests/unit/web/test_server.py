"""The real server, on a port of its own: what goes over the wire, who is believed, how it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from tests.unit.web.service_kit import FakeApp, path_of
from tests.unit.web.serving_kit import running
from tests.unit.web.studio_kit import Preview, publication

from newsletter.errors import UsageError
from newsletter.models.delivery import Subscriber
from newsletter.web.server import listen
from newsletter.web.service import create_service
from newsletter.web.studio.preview import create_preview


def send(url: str, request: bytes) -> bytes:
    """Bytes over a socket, and all that comes back."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def test_a_bare_post_over_the_wire_stops_the_emails(app: FakeApp, jo: Subscriber) -> None:
    path = path_of(app.signer.unsubscribe_url(jo.id, "practitioners", header=True))
    with running(create_service(app)) as url:
        answer = send(
            url, f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
        )
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 200")
    assert b"\r\nserver:" not in head
    assert b"set-cookie" not in head
    assert app.audiences(jo) == ("schools",)


def test_what_is_no_request_is_refused_and_the_next_one_answered(app: FakeApp) -> None:
    with running(create_service(app)) as url:
        assert b" 400 " in send(url, b"\x16\x03\x01nonsense\r\n\r\n")[:20]
        assert httpx.get(f"{url}/healthz").text == "ok\n"


def test_only_a_named_proxy_is_believed_about_https(app: FakeApp) -> None:
    https = {"X-Forwarded-Proto": "https"}
    with running(create_service(app)) as url:
        assert "strict-transport-security" not in httpx.get(f"{url}/healthz", headers=https).headers
    with running(create_service(app), trusted=("192.0.2.1",)) as url:
        assert "strict-transport-security" not in httpx.get(f"{url}/healthz", headers=https).headers
    with running(create_service(app), trusted=("127.0.0.1",)) as url:
        assert "strict-transport-security" in httpx.get(f"{url}/healthz", headers=https).headers


def test_requests_at_the_same_time_are_all_counted(app: FakeApp) -> None:
    people = app.subscribe(*((f"person{number}@example.org", "practitioners") for number in range(60)))
    paths = [path_of(app.signer.unsubscribe_url(person.id, "practitioners")) for person in people]
    statuses: list[int] = []
    with running(create_service(app)) as url:

        def ask(some: list[str]) -> None:
            with httpx.Client() as client:
                statuses.extend(client.post(url + path).status_code for path in some)

        threads = [threading.Thread(target=ask, args=(paths[start::6],)) for start in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert statuses == [200] * 60
    assert {app.audiences(person) for person in people} == {()}


def test_a_port_that_is_taken_is_said_so() -> None:
    with listen("127.0.0.1", 0) as taken:
        with pytest.raises(UsageError, match="cannot be used") as refused, listen("127.0.0.1", taken.getsockname()[1]):
            pass
        assert "--port" in refused.value.hint
    with pytest.raises(UsageError, match="not an address"), listen("nowhere.invalid", 0):
        pass


def test_an_open_page_does_not_hold_the_preview_up_when_it_stops(tmp_path: Path) -> None:
    issue = publication(tmp_path)
    service = create_preview(Preview(issue).app, issue, key="k")
    heard = ""
    with running(service) as url, httpx.stream("GET", f"{url}/k/events?since=0", timeout=20) as stream:
        for line in stream.iter_lines():
            heard += line
            if "retry" in heard:
                break
    assert "text/event-stream" in stream.headers["content-type"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["preview", "--no-browser"]])
def test_ctrl_c_ends_it_quietly(tmp_path: Path, command: list[str]) -> None:
    publication(tmp_path)
    environment = {**os.environ, "NEWSLETTER_SECRET": "0123456789abcdef" * 4, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        assert httpx.get(url, follow_redirects=True, timeout=20).status_code in (200, 404)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert "Traceback" not in errors
