"""Answers as SendGrid's API does over HTTP, or fails as the test asks."""

from __future__ import annotations

import json
import socket
import struct
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsletter.testing.sendgrid import FakeSendGrid, Fault

LARGEST = 30 * 1024 * 1024  # bytes of one call


class Handler(BaseHTTPRequestHandler):
    """One request to `fake`, which a subclass names."""

    fake: FakeSendGrid

    def do_GET(self) -> None:
        if self.headers["Authorization"] != f"Bearer {self.fake.key}":
            return self._answer(401, b'{"errors": [{"message": "authorization required", "field": null}]}')
        if self.path == "/v3/scopes":
            return self._answer(200, json.dumps({"scopes": self.fake.scopes}).encode())
        self.fake.asked.append(self.path)
        if self.fake.list_status != 200:
            return self._answer(self.fake.list_status, b'{"errors": [{"message": "access forbidden", "field": null}]}')
        return self._listed(self.fake.listed(self.path))

    def _listed(self, entries: list[Any] | None) -> None:
        if entries is None:
            return self._answer(404, b'{"errors": [{"message": "not found", "field": null}]}')
        return self._answer(200, json.dumps(entries).encode())

    def do_POST(self) -> None:
        if self.fake.faults and self.fake.faults[0].unread:
            self.fake.faults.popleft()
            return self._hang_up()
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != f"Bearer {self.fake.key}":
            return self._answer(401, b'{"errors": [{"message": "authorization required", "field": null}]}')
        if len(raw) >= LARGEST:
            return self._answer(413, b'{"errors": [{"message": "too large", "field": null}]}')
        body = json.loads(raw)
        self.fake.calls.append(body)
        fault = self.fake.faults.popleft() if self.fake.faults else None
        if fault and not fault.accept:
            return self._fail(fault)
        if errors := self.fake.errors(body):
            return self._answer(400, json.dumps({"errors": errors}).encode())
        self.fake.accept(body)
        return self._fail(fault) if fault else self._answer(202, b"", {"X-Message-Id": f"id-{len(self.fake.calls)}"})

    def _hang_up(self) -> None:
        """Resets the connection: what was sent and not read is lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _fail(self, fault: Fault) -> None:
        time.sleep(fault.hang)
        if fault.raw:
            self.wfile.write(fault.raw)
        if fault.raw or fault.drop or not fault.status:
            self.close_connection = True
            return
        self._answer(fault.status, fault.body, fault.headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        with suppress(ConnectionError):  # the caller did not wait for the answer
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""
