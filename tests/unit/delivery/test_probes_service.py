"""What the doctor says of the web service and the mail service: real servers on this machine, spoken to in TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.certificate_kit import self_signed

from newsletter.delivery.probes import server, service
from newsletter.delivery.transport import parse_dsn
from newsletter.models.diagnosis import Diagnosis
from newsletter.testing import FakeSendGrid, SmtpSink

NOW = datetime.now(UTC)
PAGE = "<form method=post action=><button>Stop these emails</button></form>"
Answers = dict[str, tuple[int, str]]
GOOD: Answers = {"/healthz": (200, "ok"), "/u/x": (200, PAGE)}


@contextmanager
def web(answers: Answers, pem: Path | None = None) -> Iterator[str]:
    """A web server that says just this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, "nothing here"))
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", body)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if pem else 'http'}://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def judged(url: str, context: ssl.SSLContext | None = None) -> list[Diagnosis]:
    found = list(service.judge(url, f"{url}/u/x", NOW, context))
    assert all(bool(one.fix) == (one.health != "ok") for one in found)
    return found


@pytest.mark.parametrize(("days", "health"), [(60, "ok"), (3, "warning")])
def test_a_service_that_is_well_and_how_long_its_certificate_is_good(tmp_path: Path, days: int, health: str) -> None:
    pem = self_signed(tmp_path, good_for=timedelta(days=days))[1]
    with web(GOOD, pem) as url:
        found = judged(url, ssl.create_default_context(cafile=str(pem)))
    assert [one.health for one in found] == ["ok", "ok", health]
    assert "is good until" in found[-1].what or "only good until" in found[-1].what


def test_a_certificate_that_nobody_trusts_is_a_fault(tmp_path: Path) -> None:
    with web(GOOD, self_signed(tmp_path, good_for=timedelta(days=60))[1]) as url:
        found = judged(url)
    assert [one.health for one in found] == ["fault"]
    assert "cannot be trusted" in found[0].what


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"/healthz": (404, "")}, "answers 404, which is not our service"),
        ({"/healthz": (200, "<html>another program</html>")}, "which is not our service"),
        ({"/healthz": (503, "database unavailable")}, "cannot use its database"),
        ({"/healthz": (200, "ok, spooled")}, "waiting on its disk"),
        ({"/u/x": (404, "")}, "answers 404 without its button"),
        ({"/u/x": (200, "We are being rebuilt")}, "without its button"),
        ({"/u/x": (301, "https://elsewhere.example")}, "is sent on to https://elsewhere.example"),
    ],
)
def test_what_is_wrong_with_the_service_is_said(answers: Answers, said: str) -> None:
    with web({**GOOD, **answers}) as url:
        found = judged(url)
    assert "is not https" in found[0].what
    assert [said in one.what for one in found[1:] if one.health != "ok"] == [True], found


def test_a_service_that_nobody_runs_is_a_fault() -> None:
    with web(GOOD) as url:
        pass
    assert "cannot be reached: Connection refused" in judged(url)[-1].what


def test_a_mail_server_is_signed_in_to_and_nothing_is_sent(tmp_path: Path) -> None:
    pem = self_signed(tmp_path, good_for=timedelta(days=60))[1]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with SmtpSink(tls=context, login=("user", "secret")) as sink:
        address = f"@127.0.0.1:{sink.port}?ca={pem.name}"
        found = list(server.judge(parse_dsn(f"smtp://user:secret{address}", tmp_path), NOW))
        wrong = list(server.judge(parse_dsn(f"smtp://user:WRONG{address}", tmp_path), NOW))
    assert [one.health for one in found] == ["ok", "ok"]
    assert "takes our sign-in" in found[0].what
    assert "is good until" in found[1].what
    assert [one.health for one in wrong] == ["fault"]
    assert "refuses the user or the secret" in wrong[0].what
    assert "WRONG" not in wrong[0].what + wrong[0].fix
    assert sink.messages == []


def test_a_key_of_sendgrid_is_tried_and_nothing_is_sent(tmp_path: Path) -> None:
    with FakeSendGrid() as fake:
        good = list(server.judge(parse_dsn(fake.dsn, tmp_path), NOW))
        wrong = list(server.judge(parse_dsn(fake.dsn.replace(fake.key, "SG.other"), tmp_path), NOW))
        fake.scopes = ["suppression.read"]
        limited = list(server.judge(parse_dsn(fake.dsn, tmp_path), NOW))
        assert fake.calls == []
    assert [one.health for one in good] == ["ok"]
    assert [one.health for one in limited] == ["fault"]
    assert "no permission for mail.send" in limited[0].what
    assert [one.health for one in wrong] == ["fault"]
    assert "SG.other" not in wrong[0].what + wrong[0].fix
