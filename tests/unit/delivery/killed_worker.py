"""A worker in a process of its own, so that a test can kill it. Its leases are short, so that others need not wait."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.unit.delivery.sending_kit import open_store, personaliser

from newsletter.delivery.policy import Policy
from newsletter.delivery.share import Share
from newsletter.delivery.stopping import asked_to_stop
from newsletter.delivery.transport import open_transport, parse_dsn
from newsletter.pipeline.working import Worker

LEASE = timedelta(seconds=2)
POLICY = Policy(claim=40, lease=LEASE)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def main() -> None:
    """Arguments: the folder that names the database, and the transport."""
    folder, dsn = sys.argv[1:]
    compose = personaliser().compose
    with open_store(Path(folder)) as store, asked_to_stop() as stopped:
        queue = store.queue()

        def share(campaign_id: str) -> Share:
            transport = open_transport(parse_dsn(dsn, Path(folder)))
            return Share(
                store.ledger, transport, lambda recipient: compose(recipient, date=now()), campaign_id,
                clock=now, should_stop=stopped, policy=POLICY,
            )  # fmt: skip

        worker = Worker(store.ledger, store.workers, queue, share, clock=now)
        queue.work(worker.send, worker.look, go_on=lambda: not stopped(), every=0.3)
        worker.close()


if __name__ == "__main__":
    main()
