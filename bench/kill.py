"""Kill trials: a sender killed with SIGKILL again and again, and stopped with SIGSTOP, over a server that logs first.

The server writes the recipient down before it answers 250, as a real one does. After each kill the campaign is resumed.
Shown: nobody twice, nobody lost, nobody falsely accepted, at most one in doubt for each connection and kill.

    python -m bench.kill [PEOPLE, 2000] [KILLS, 20] [CONNECTIONS, 4]
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.campaigns import NOW, edition, open_store, send, store_of
from newsletter.delivery.transport import open_transport, parse_dsn
from newsletter.testing import SmtpSink

ROOT = Path(__file__).parents[1]


def sender(folder: Path, campaign_id: str, dsn: str) -> subprocess.Popen[bytes]:
    """This module, as the process to be killed."""
    command = [sys.executable, "-m", "bench.kill", "--send", str(folder), campaign_id, dsn]
    return subprocess.Popen(command, cwd=ROOT)


def trial(people: int, kills: int, connections: int, chance: random.Random) -> str:
    """One campaign: killed `kills` times, and stopped for a while once in five."""
    with tempfile.TemporaryDirectory() as temporary, SmtpSink() as sink, store_of(Path(temporary), people) as store:
        folder, dsn = Path(temporary), f"{sink.dsn}?connections={connections}"
        campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
        done = 0
        while done < kills:
            goal = len(sink.recipients) + chance.randrange(1, max(2, people // kills))
            process = sender(folder, campaign_id, dsn)
            while len(sink.recipients) < goal and process.poll() is None:
                time.sleep(0.001)
            if process.poll() is not None:
                break  # it finished before its time
            time.sleep(chance.random() * 0.02)
            if done % 5 == 4:
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.5)
                process.send_signal(signal.SIGCONT)
                time.sleep(chance.random() * 0.02)
            process.kill()
            process.wait()
            done += 1
        if sender(folder, campaign_id, dsn).wait():
            raise RuntimeError("the last sender failed")
        tally, times = store.ledger.tally(campaign_id), Counter(sink.recipients)
    twice = sum(count > 1 for count in times.values())
    lost = people - len(times) - tally.uncertain  # below 0: some in doubt did arrive
    falsely = max(0, tally.accepted - len(times))
    good = not twice and lost <= 0 and not falsely and tally.adds_up and tally.uncertain <= done * connections
    return (
        f"{'held' if good else 'BROKEN'}: {done} kills, {connections} connections: {twice} twice, {max(0, lost)} lost,"
        f" {falsely} falsely accepted, {tally.uncertain} in doubt (at most {done * connections}); {tally}"
    )


def main() -> None:
    if sys.argv[1:2] == ["--send"]:
        folder, campaign_id, dsn = sys.argv[2:]
        with open_store(Path(folder)) as store:
            send(store, campaign_id, open_transport(parse_dsn(dsn, Path(folder))))
        return
    given = [int(argument) for argument in sys.argv[1:]]
    people, kills, connections = (*given, *(2000, 20, 4)[len(given) :])
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    print(trial(people, kills, connections, random.Random(seed)))
    print(trial(people, kills, 1, random.Random(seed)))


if __name__ == "__main__":
    main()
