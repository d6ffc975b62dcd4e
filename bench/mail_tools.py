"""Other people's mail tools, for comparison: postfix's smtp-sink and smtp-source, and a proxy that adds distance.

The tools are unpacked into a temporary folder with `apt-get download postfix`; nothing is installed. Loopback only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Postfix:
    """Postfix's two test programs, found on this machine or unpacked into a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError or CalledProcessError if they are not to be had here."""
        self.environment = dict(os.environ)
        installed = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if installed:
            self.programs = Path(installed).parent
            return
        folder.chmod(0o755)
        subprocess.run(["apt-get", "download", "-q", "postfix"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["dpkg", "-x", next(folder.glob("postfix*.deb")), folder], check=True)
        self.programs = folder / "usr/sbin"
        self.environment["LD_LIBRARY_PATH"] = str(folder / "usr/lib/postfix")

    @contextmanager
    def sink(self, *options: str) -> Iterator[int]:
        """A running smtp-sink; its port."""
        port = free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [str(self.programs / "smtp-sink"), *user, *options, f"127.0.0.1:{port}", "1000"]
        process = subprocess.Popen(command, env=self.environment)
        try:
            wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()

    def source(self, port: int, message: Path, *, messages: int, sessions: int) -> float:
        """Seconds that smtp-source takes to send this file so many times, connections kept."""
        command = [
            str(self.programs / "smtp-source"), "-d", "-s", str(sessions), "-m", str(messages), "-F", str(message),
            f"127.0.0.1:{port}",
        ]  # fmt: skip
        start = time.perf_counter()
        subprocess.run(command, env=self.environment, check=True, capture_output=True)
        return time.perf_counter() - start


def free_port() -> int:
    """On 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return int(chosen.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on {port}")


@contextmanager
def delayed(port: int, seconds: float) -> Iterator[int]:
    """A proxy in front of `port` that adds `seconds` to each round trip; its own port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.delay", str(port), str(seconds)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
