"""Mail servers of sockets and no more: one hangs up in the phase of a message it is told to, one reads a script."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO

PHASES = ("greeting", "ehlo", "mail", "rcpt", "data", "text", "dot")


class HangingUp:
    """Hangs up in `phase` of the messages (or connections, if that is before any) whose numbers are in `at`.

    `accepted`: the recipients of messages that came whole. In phase "dot" the message is taken, the answer never sent.
    """

    def __init__(
        self, phase: str, at: Collection[int] = (1,), *, pipelining: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        """`tls`: encrypted from the start."""
        self.phase, self.at, self.pipelining, self._tls = phase, at, pipelining, tls
        self.accepted: list[str] = []
        self.connections = 0
        self._count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def messages(self) -> int:
        """How many were begun."""
        return self._count

    @property
    def dsn(self) -> str:
        return f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> HangingUp:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        if self._now("greeting", self.connections):
            return
        connection.sendall(b"220 ready\r\n")
        recipient = ""
        while line := lines.readline():
            word = line[:4].decode().strip().lower()
            if word == "mail":
                self._count += 1
            if word == "rcpt":
                recipient = line.decode().partition("<")[2].partition(">")[0]
            if self._now(word, self.connections if word == "ehlo" else self._count):
                return
            if word == "quit":
                connection.sendall(b"221 bye\r\n")
                return
            hello = b"250-here\r\n250 PIPELINING\r\n" if word == "ehlo" and self.pipelining else b"250 ok\r\n"
            connection.sendall(b"354 go on\r\n" if word == "data" else hello)
            if word == "data" and not self._text(connection, lines, recipient):
                return

    def _text(self, connection: socket.socket, lines: BinaryIO, recipient: str) -> bool:
        if self._now("text", self._count):
            lines.readline()
            return False
        while (line := lines.readline()) != b".\r\n":
            if not line:  # the client hung up within its text: that is no message
                return False
        self.accepted.append(recipient)
        if self._now("dot", self._count):
            return False
        connection.sendall(b"250 taken\r\n")
        return True

    def _now(self, phase: str, number: int) -> bool:
        return self.phase == phase and number in self.at


class Scripted:
    """Answers each line, or each whole text, with the next piece of its script; "" hangs up. One connection at a time.

    `heard`: what came, a text as b"TEXT". The script starts with what is said to EHLO."""

    def __init__(self, *script: str) -> None:
        self.heard: list[bytes] = []
        self._script = iter(script)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def dsn(self) -> str:
        return f"smtp://127.0.0.1:{self._socket.getsockname()[1]}?connections=1&timeout=5"

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines, suppress(ConnectionError):
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        connection.sendall(b"220 ready\r\n")
        text = False
        while line := lines.readline():
            if text:
                while line not in (b".\r\n", b""):
                    line = lines.readline()
                line = b"TEXT"
            self.heard.append(line.strip())
            answer = "221 bye" if line.startswith(b"QUIT") else next(self._script, "250 ok")
            if not answer:
                return
            connection.sendall(answer.replace("\n", "\r\n").encode() + b"\r\n")
            text = answer.startswith("354")
