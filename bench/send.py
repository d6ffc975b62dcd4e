"""The whole path to a mail server (SQLite ledger -> message -> SMTP) against what others do with the same bytes.

`smtp-sink` takes the mail. The yardstick is postfix's `smtp-source`, which sends one file over and over and keeps no
account; nodemailer's pool and `mailmerge` are what people would use instead. Turns are interleaved in one run. Ratios
are of messages a second, ours to theirs. Needs Debian's apt-get (or postfix), node and npm; loopback only.

    python -m bench.send [MESSAGES a turn, 5000] [ROUNDS, 3] [PEOPLE of the large campaign, 1000000]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.campaigns import NOW, edition, personaliser, recipient, send, store_of
from bench.mail_tools import Postfix, delayed
from bench.timing import machine
from newsletter.delivery.compiled import wire
from newsletter.delivery.transport import open_transport, parse_dsn
from newsletter.delivery.transports.sendgrid.body import body
from newsletter.models.delivery import Message, Receipt, ReceiptState
from newsletter.testing import FakeSendGrid

ROOT = Path(__file__).parents[1]
DISTANCE, FAR = 0.020, 64  # seconds of round trip added, and connections over it


def ours(people: int, port: int, connections: int) -> float:
    """Messages a second of one campaign."""
    with tempfile.TemporaryDirectory() as folder, store_of(Path(folder), people) as store:
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        transport = open_transport(parse_dsn(f"smtp://127.0.0.1:{port}?connections={connections}", Path()))
        start = time.perf_counter()
        tally = send(store, campaign_id, transport)
        seconds = time.perf_counter() - start
    if not tally.complete:
        raise RuntimeError(f"not everybody was sent to: {tally}")
    return people / seconds


def nodemailer(people: int, port: int, connections: int, message: Path) -> float:
    """Messages a second of nodemailer's pool, which builds each message."""
    if not (ROOT / "bench/node_modules/nodemailer").exists():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=ROOT / "bench", check=True)
    command = ["node", str(ROOT / "bench/nodemailer_pool.mjs"), str(port), str(connections), str(people), str(message)]
    return people / float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def mailmerge(people: int, port: int, folder: Path) -> float:
    """Messages a second of the mailmerge command, which connects for each message."""
    program = folder / "mailmerge/bin/mailmerge"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "mailmerge")], check=True)
        pip = [str(folder / "mailmerge/bin/pip"), "install", "-q", "mailmerge==2.3.0"]
        subprocess.run(pip, check=True, capture_output=True)
    (folder / "template.txt").write_text(
        "TO: {{email}}\nSUBJECT: Winter\nFROM: news@example.org\nContent-Type: text/html\n\n"
        + "<p>A line.</p>\n" * 3600
    )
    rows = "".join(f"person{number}@example.org\n" for number in range(people))
    (folder / "people.csv").write_text("email\n" + rows)
    (folder / "server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n")
    files = ["--template", "template.txt", "--database", "people.csv", "--config", "server.conf"]
    start = time.perf_counter()
    command = [str(program), *files, "--no-dry-run", "--no-limit"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return people / (time.perf_counter() - start)


def over_smtp(postfix: Postfix, folder: Path, messages: int, rounds: int) -> None:
    """The table of messages a second."""
    message = folder / "message.eml"
    message.write_bytes(wire(personaliser().compose(recipient(1), date=NOW)).replace(b"\r\n", b"\n"))
    few = max(50, messages // 10)
    print(
        f"{message.stat().st_size:,} bytes a message; {messages:,} messages a turn, {rounds} rounds, medians a second"
    )
    print(f"{'connections':<14}{'ours':>9}{'smtp-source':>13}{'ratio':>7}{'nodemailer':>12}{'ratio':>7}")
    with postfix.sink() as port:
        for connections in (1, 4, 16):
            known: dict[str, Callable[[], float]] = {
                "source": lambda: messages / postfix.source(port, message, messages=messages, sessions=connections),  # noqa: B023
                "ours": lambda: ours(messages, port, connections),  # noqa: B023
                "node": lambda: nodemailer(few, port, connections, message),  # noqa: B023
            }
            rate = medians(known, rounds)
            print(
                f"{connections:<14}{rate['ours']:>9,.0f}{rate['source']:>13,.0f}{rate['ours'] / rate['source']:>7.2f}"
                f"{rate['node']:>12,.0f}{rate['ours'] / rate['node']:>7.1f}"
            )
        with delayed(port, DISTANCE) as far:
            rates = medians(
                {
                    "source": lambda: messages / postfix.source(far, message, messages=messages, sessions=FAR),
                    "ours": lambda: ours(messages, far, FAR),
                },
                rounds,
            )
            print(
                f"20 ms away, {FAR} connections: {rates['ours']:,.0f} a second (aim: 1,000);"
                f" smtp-source {rates['source']:,.0f}"
            )
        slow, quick = mailmerge(few // 5, port, folder), ours(messages, port, 1)
        print(f"mailmerge: {slow:,.0f} a second; ours over one connection {quick:,.0f}: ratio {quick / slow:.0f}")


def medians(known: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Each in turn, `rounds` times."""
    rates: dict[str, list[float]] = {name: [] for name in known}
    for _ in range(rounds):
        for name, measure in known.items():
            rates[name].append(measure())
    return {name: statistics.median(values) for name, values in rates.items()}


def over_sendgrid(people: int = 40_000) -> None:
    """What preparing costs the processor, alone and with the official client: the calls themselves wait for others."""
    compose = personaliser(transport="sendgrid").compose
    everybody = [recipient(number) for number in range(people)]
    chunks = [everybody[first : first + 1000] for first in range(0, people, 1000)]
    prepared, called = [], []
    with FakeSendGrid() as fake, open_transport(parse_dsn(fake.dsn, Path())) as transport:
        for chunk in chunks:
            start = time.thread_time()
            text = body([compose(one, date=NOW) for one in chunk])
            prepared.append(len(chunk) / (time.thread_time() - start))
            if len(text) < 500_000:
                raise RuntimeError("that is not a call of a thousand people")
            start = time.thread_time()
            transport.send([compose(one, date=NOW) for one in chunk])
            called.append(len(chunk) / (time.thread_time() - start))
        if len(fake.received) != people:
            raise RuntimeError(f"{len(fake.received)} of {people} arrived")
    print(
        f"sendgrid, 1,000 a call, recipients a second of processor time: {statistics.median(prepared):,.0f} prepared"
        f" (messages, links and JSON; aim: 100,000), {statistics.median(called):,.0f} with the client's call as well"
    )


class Nowhere:
    """Takes everything and keeps nothing."""

    name, batch_size, connections, idempotent = "memory:", 1000, 1, False

    def __enter__(self) -> Nowhere:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to close."""

    def send(self, messages: Sequence[Message], mark: Callable[..., object]) -> Sequence[Receipt]:
        """See `Transport`."""
        mark(messages)
        return [Receipt(delivery_id=m.delivery_id, state=ReceiptState.ACCEPTED) for m in messages if wire(m)]


def large(people: int) -> None:
    """A large campaign frozen, then sent to nowhere, every message made."""
    with tempfile.TemporaryDirectory() as folder, store_of(Path(folder), people) as store:
        start = time.perf_counter()
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        frozen = time.perf_counter() - start
        start = time.perf_counter()
        tally = send(store, campaign_id, Nowhere())  # type: ignore[arg-type]
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{people:,} recipients frozen in {frozen:.1f} s (aim for 1,000,000: 10)")
    print(f"sent to nowhere, every message made, in {seconds:.0f} s ({people / seconds:,.0f} a second): {tally}")
    print(f"peak memory {peak:.0f} MB (aim: 200)")


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    messages, rounds, people = (*given, *(5000, 3, 1_000_000)[len(given) :])
    print(machine())
    large(people)  # first, so that peak memory is its own
    with tempfile.TemporaryDirectory() as temporary:
        over_smtp(Postfix(Path(temporary)), Path(temporary), messages, rounds)
    over_sendgrid()


if __name__ == "__main__":
    main()
