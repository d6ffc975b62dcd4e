"""A proxy that adds to each round trip, in a process of its own.

`python -m bench.delay PORT SECONDS` prints its own port.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable


class Side(asyncio.Protocol):
    """One side of a connection: what it receives leaves on the other side, half a round trip later."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._last = seconds, 0.0
        self.other: Side = self
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Later."""
        self._later(lambda: self.other._write(data))

    def connection_lost(self, error: Exception | None) -> None:
        """The other side learns of it as late as of anything else."""
        self._later(lambda: self.other._close())

    def _write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _later(self, act: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self._last = max(loop.time() + self.seconds / 2, self._last + 1e-6)  # in order
        loop.call_at(self._last, act)


class Here(Side):
    """The client's side: connects to the server as soon as a client comes."""

    def __init__(self, port: int, seconds: float) -> None:
        super().__init__(seconds)
        self._port = port
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it, and opens the other side."""
        super().connection_made(transport)
        self._task = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        there = Side(self.seconds)
        there.other = self
        await asyncio.get_running_loop().create_connection(lambda: there, "127.0.0.1", self._port)
        self.other = there


async def main(port: int, seconds: float) -> None:
    """Until it is killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Here(port, seconds), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
