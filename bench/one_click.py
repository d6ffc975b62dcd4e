"""One-click unsubscribes a second through `newsletter serve`, 50 connections, beside a Starlette route doing nothing.

Every request is another person's. Afterwards those who left are counted in the database: each request that was answered
must be there. The two take turns; the ratio is that of their medians. Needs wrk.

    python -m bench.one_click [SECONDS a turn, 4] [ROUNDS, 5]
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.postgresql_kit import binaries, server

from bench.timing import machine
from newsletter.app import App
from newsletter.models.lists import ImportRow

ROOT = Path(__file__).parents[1]
CONNECTIONS, SECONDS, ROUNDS = 50, 4, 5
MOST = 6_000  # requests a second that there are people enough for
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
local file, tokens, place = io.open("tokens"), {}, tonumber(os.getenv("FIRST"))
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


def prepare(folder: Path, people_wanted: int) -> None:
    """A publication with many people on its list, and a link of each."""
    shutil.copy2(ROOT / "newsletter.toml", folder)
    shutil.copytree(ROOT / "templates/images", folder / "templates/images")
    (folder / "post.lua").write_text(SCRIPT)
    rows = (
        ImportRow(line=line + 1, email=f"person{line}@agency{line % 400}.example.org") for line in range(people_wanted)
    )
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


def load(folder: Path, port: int, seconds: int, first: int = 0) -> list[float]:
    """Requests, microseconds, p50, p99 and longest in milliseconds, errors. `first`: whose link is posted first."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", "post.lua", f"http://127.0.0.1:{port}"]
    given = os.environ | {"FIRST": str(first)}
    told = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=True).stdout
    figures = re.search(r"FIGURES (.*)", told)
    assert figures, told
    return [float(part) for part in figures[1].split()]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def measure(name: str, folder: Path, command: list[str], seconds: int, turn: int) -> float:
    """One line of the table; requests a second. Ends the bench if an answered request is not in the database."""
    port, ours = free_port(), name != "bare route"
    before = left(folder) if ours else 0
    with serving(command, folder, port):
        requests, duration, middle, slow, longest, errors = load(folder, port, seconds, turn * seconds * MOST)
    found = left(folder) - before if ours else 0
    rate = requests / duration * 1e6
    print(f"{name:12}{rate:10,.0f}{middle:9.1f}{slow:9.1f}{longest:9.1f}", end="")
    print(f"{errors:8.0f}{requests:10,.0f}{found:13,}", flush=True)
    if ours and not requests <= found <= requests + CONNECTIONS:
        raise SystemExit("Lost: not every request that was answered is in the database.")
    return rate


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Name -> NEWSLETTER_DATABASE: SQLite, and PostgreSQL (which waits for the disk as well) where it is installed."""
    found = {"SQLite": ""}
    if (programs := binaries()) is None:
        yield found
        return
    waiting = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
    with server(programs, **waiting, shared_buffers="256MB") as running:
        running.make_template()
        yield {**found, "PostgreSQL": running.url(running.new())}


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    seconds, rounds = (*given, *(SECONDS, ROUNDS)[len(given) :])
    people = seconds * rounds * MOST
    if not shutil.which("wrk"):
        print("This bench needs wrk (apt install wrk).")
        return
    os.environ["NEWSLETTER_SECRET"] = "0123456789abcdef" * 4
    os.environ["NEWSLETTER_TRANSPORT"] = "memory:"
    newsletter = [str(Path(sys.executable).parent / "newsletter"), "serve", "--port"]
    print(f"{machine()}; {people:,} people, {CONNECTIONS} connections, {seconds} s a turn")
    print("              a second   p50 ms   p99 ms   max ms  errors  answered  in database")
    with databases() as urls:
        for name, url in urls.items():
            os.environ["NEWSLETTER_DATABASE"] = url
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                prepare(folder, people)
                bare, ours = [], []
                for turn in range(rounds):
                    bare.append(measure("bare route", folder, [sys.executable, "-c", BARE], seconds, turn))
                    ours.append(measure(name, folder, newsletter, seconds, turn))
            share = statistics.median(ours) / statistics.median(bare)
            print(f"{name} / bare route = {share:.2f}" + (f" (aim {AIM})" if name == "SQLite" else ""), flush=True)


if __name__ == "__main__":
    main()
