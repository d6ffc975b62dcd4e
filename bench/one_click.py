"""One-click unsubscribes a second through `newsletter serve`, 50 connections, beside a Starlette route doing nothing.

Every request is another person's. Afterwards those who left are counted in the database: each request that was answered
must be there. Needs wrk. `python -m bench.one_click [SECONDS] [DATABASE_URL]`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.timing import machine
from newsletter.app import App
from newsletter.models.lists import ImportRow

ROOT = Path(__file__).parents[1]
PEOPLE, CONNECTIONS, SECONDS = 150_000, 50, 8
AIM = 0.5
BARE = """
import sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from newsletter.web.server import Server, listen, run

async def act(request):
    await request.body()
    return PlainTextResponse("The emails have stopped.\\n")

with listen("127.0.0.1", int(sys.argv[1])) as listening:
    run(Server(Starlette(routes=[Route("/u/{token}", act, methods=["POST"])]), listening))
"""
SCRIPT = """
local file, tokens, place = io.open("tokens"), {}, 0
for line in file:lines() do tokens[#tokens + 1] = line end
wrk.method, wrk.body = "POST", "List-Unsubscribe=One-Click"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
request = function()
  place = place % #tokens + 1
  return wrk.format(nil, "/u/" .. tokens[place])
end
done = function(summary, latency)
  io.write(string.format("FIGURES %d %d %.3f %.3f %.3f %d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
    summary.errors.timeout))
end
"""


def prepare(folder: Path) -> None:
    """A publication with many people on its list, and a link of each."""
    shutil.copy2(ROOT / "newsletter.toml", folder)
    shutil.copytree(ROOT / "templates/images", folder / "templates/images")
    (folder / "post.lua").write_text(SCRIPT)
    rows = (ImportRow(line=line, email=f"person{line}@agency{line % 400}.example.org") for line in range(1, PEOPLE + 1))
    with App.open(folder) as app:
        people = app.store.subscribers
        plan = people.plan_import(rows, default_audiences=["practitioners"], source="bench")
        people.apply_import(plan, app.now())
        tokens = (app.signer.unsubscribe_token(person.id, "practitioners", header=True) for person in people.each())
        (folder / "tokens").write_text("\n".join(tokens))


def left(folder: Path) -> int:
    """How many people have left, asked of the database."""
    with App.open(folder) as app:
        return next(count.left for count in app.store.subscribers.show().audiences if count.audience == "practitioners")


@contextmanager
def serving(command: list[str], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers, stopped at the end."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, str(port)], cwd=folder, stdout=log, stderr=log)
        try:
            for _ in range(200):
                try:
                    httpx.get(f"http://127.0.0.1:{port}/")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(60)


def load(folder: Path, port: int, seconds: int) -> list[float]:
    """Requests, microseconds, p50, p99 and longest in milliseconds, errors."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", "post.lua", f"http://127.0.0.1:{port}"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    figures = re.search(r"FIGURES (.*)", told)
    assert figures, told
    return [float(part) for part in figures[1].split()]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    if not shutil.which("wrk"):
        raise SystemExit("This bench needs wrk: apt install wrk")
    os.environ["NEWSLETTER_SECRET"] = "0123456789abcdef" * 4
    os.environ["NEWSLETTER_TRANSPORT"] = "memory:"
    if len(sys.argv) > 2:
        os.environ["NEWSLETTER_DATABASE"] = sys.argv[2]
    newsletter = str(Path(sys.executable).parent / "newsletter")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        print(f"{machine()}; {PEOPLE:,} people, {CONNECTIONS} connections, {seconds} s each")
        print("              a second   p50 ms   p99 ms   max ms  errors  answered  in database")
        rates = {}
        for name, command in (
            ("bare route", [sys.executable, "-c", BARE]),
            ("one-click", [newsletter, "serve", "--port"]),
        ):
            port = free_port()
            before = left(folder)
            with serving(command, folder, port):
                requests, duration, middle, slow, longest, errors = load(folder, port, seconds)
            found = left(folder) - before if name == "one-click" else 0
            rates[name] = requests / duration * 1e6
            print(
                f"{name:14}{rates[name]:10,.0f}{middle:9.1f}{slow:9.1f}{longest:9.1f}{errors:8.0f}{requests:10,.0f}{found:13,}"
            )
            if name == "one-click" and not requests <= found <= requests + CONNECTIONS:
                raise SystemExit("Lost: not every request that was answered is in the database.")
        share = rates["one-click"] / rates["bare route"]
        print(f"one-click / bare route = {share:.2f} (aim {AIM})")


if __name__ == "__main__":
    main()
