"""A process of its own that sends a frozen campaign, so that a test can kill it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.unit.delivery.sending_kit import open_store, personaliser

from newsletter.delivery.campaign import run
from newsletter.delivery.transport import open_transport, parse_dsn


def main() -> None:
    """Arguments: the folder of the database, the campaign, the transport."""
    folder, campaign_id, dsn = sys.argv[1:]
    compose = personaliser().compose
    with open_store(Path(folder)) as store:
        run(
            store.ledger,
            open_transport(parse_dsn(dsn, Path(folder))),
            lambda recipient: compose(recipient, date=datetime.now(UTC)),
            campaign_id,
            clock=lambda: datetime.now(UTC),
        )


if __name__ == "__main__":
    main()
