"""A name server on 127.0.0.1 that knows what a test tells it, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

Records = Mapping[tuple[str, str], Sequence[str]]  # ("example.org", "TXT") -> texts


class FakeDns:
    """Answers over UDP. A context manager. `silent`: hears everything and answers nothing."""

    def __init__(self, records: Records | None = None, *, silent: bool = False) -> None:
        self.records = {(name.lower().rstrip("."), kind): tuple(of) for (name, kind), of in (records or {}).items()}
        self.silent = silent
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> FakeDns:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.sendto(b"", self._socket.getsockname())  # wakes it up
        self._thread.join()
        self._socket.close()

    @property
    def server(self) -> str:
        """What `--dns` takes."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            data, who = self._socket.recvfrom(4096)
            if not data:
                return
            if not self.silent:
                self._socket.sendto(self._answer(data), who)

    def _answer(self, data: bytes) -> bytes:
        import dns.flags
        import dns.message
        import dns.name
        import dns.rcode
        import dns.rrset

        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name
        self.asked.append((name, kind))
        if texts := self.records.get((name, kind)):
            wire = [_quoted(kind, text) for text in texts]
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *wire))
        if not any(known == name for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


def _quoted(kind: str, text: str) -> str:
    """Texts as a zone file has them: in pieces of 255 bytes."""
    if kind != "TXT":
        return text
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
