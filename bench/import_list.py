"""`newsletter subscribers import` of a million rows: seconds and peak memory of the dry run, the import and its undo.

The limit beside it is Python's own csv module, reading the same file and keeping nothing.

    python -m bench.import_list [ROWS, 1000000] [sqlite | postgresql]
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql_kit import binaries, server

from bench.timing import machine

ROOT = Path(__file__).parents[1]
ROWS = 1_000_000
AIM_MEGABYTES, AIM_SECONDS = 300, 300


def write_list(path: Path, rows: int) -> None:
    """Invented people in an order that is not that of their addresses, as a real list would be."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "name", "agency", "area", "audiences", "shared", "language"))
        for number in range(rows):
            shuffled = number * 2654435761 % 2**32  # Knuth's multiplicative hash
            writer.writerow((
                f"person.{shuffled:010d}@agency{shuffled % 400}.example.org", f"Zoë Example {shuffled}",
                f"Agency {shuffled % 400}", f"Area {shuffled % 12}", "practitioners", "no", "",
            ))  # fmt: skip


def measure(arguments: list[str], folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processor and peak megabytes of one command."""
    environment = {**os.environ, "NEWSLETTER_SECRET": "0123456789abcdef" * 4}
    start = time.perf_counter()
    process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


@contextmanager
def database(kind: str) -> Iterator[None]:
    """A file, or a PostgreSQL server that waits for the disk."""
    if kind == "sqlite":
        yield
        return
    programs = binaries()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed here.")
    with server(
        programs, fsync="on", full_page_writes="on", synchronous_commit="on", shared_buffers="128MB"
    ) as running:
        running.make_template()
        os.environ["NEWSLETTER_DATABASE"] = running.url(running.new())
        yield


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    with database(kind), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy2(ROOT / "newsletter.toml", folder)
        write_list(folder / "list.csv", rows)
        command = [str(Path(sys.executable).parent / "newsletter"), "subscribers"]
        reading = "import csv, sys\nfor row in csv.reader(open('list.csv', encoding='utf-8-sig', newline='')): pass"
        runs = {
            "csv alone": [sys.executable, "-c", reading],
            "dry run": [*command, "import", "list.csv", "--basis", "public task"],
            "import": [*command, "import", "list.csv", "--basis", "public task", "--apply"],
            "the same again": [*command, "import", "list.csv", "--basis", "public task"],
            "export": [*command, "export", "out.csv"],
            "undo": [*command, "undo", "--apply"],
        }
        print(machine())
        print(f"{rows:,} rows in {kind}; aims: below {AIM_MEGABYTES} MB, and {AIM_SECONDS} s for the import")
        for name, arguments in runs.items():
            seconds, busy, megabytes = measure(arguments, folder)
            print(f"{name:<15} {seconds:>7.1f} s ({busy:>6.1f} s of processor) {megabytes:>6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
