"""A list that moves from a file into PostgreSQL, or into another file, is the same there in every row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, database_url, edition, open_store, receipt, subscribe
from tests.unit.store.test_rights import lived_through

from newsletter.errors import Refused, StoreError
from newsletter.models.delivery import CampaignState
from newsletter.store.database import Database
from newsletter.store.moving import copy
from newsletter.store.schema import key_checks, metadata
from newsletter.store.store import Store


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The folder of a file that has seen much."""
    folder = tmp_path / "file"
    folder.mkdir()
    (folder / "database.url").write_text(f"sqlite:///{folder / 'newsletter.db'}")
    with open_store(folder) as store:
        lived_through(store)
        subscribe(store, 40, "practitioners", "schools")
        for campaign in store.ledger.campaigns():
            if campaign.state is CampaignState.RUNNING:
                store.schedules.pause(campaign.id, reason="moving", now=NOW)
    return folder


def rows(database: Database) -> dict[str, list[str]]:
    with database.read() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table is not key_checks
        }


def test_every_row_is_the_same_and_new_ones_have_numbers_of_their_own(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.store.moving.PAGE", 7)
    target = tmp_path / "target"
    target.mkdir()
    old, new = Database(database_url(source)), Database(database_url(target))
    counts = copy(old, new)
    assert rows(old) == rows(new)
    assert counts["subscribers"] > 40
    assert counts["deliveries"] > 0
    with pytest.raises(Refused, match="is not empty"):
        copy(old, new)
    old.close()
    new.close()
    with open_store(target) as store:
        goes_on(store)


def goes_on(store: Store) -> None:
    subscribe(store, ["somebody.new@example.org"])
    campaign = store.ledger.freeze(edition(subject="Another"), "practitioners", now=NOW)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    (one,) = store.ledger.claim(campaign.id, owner="me", limit=1, now=NOW, until=NOW).recipients
    store.ledger.intend(campaign.id, owner="me", delivery_ids=[one.delivery_id], now=NOW, until=NOW)
    assert store.ledger.settle(campaign.id, owner="me", receipts=[receipt(one.delivery_id)], now=NOW, backoff=()) == 1


def test_nothing_moves_while_a_campaign_runs_or_a_database_is_not_ready(source: Path, tmp_path: Path) -> None:
    with open_store(source) as store:
        campaign = store.ledger.freeze(edition(subject="Another"), "practitioners", now=NOW)
        store.ledger.start(campaign.id, transport="memory:", now=NOW)
    target = tmp_path / "target"
    target.mkdir()
    old, new = Database(database_url(source)), Database(database_url(target))
    with pytest.raises(Refused, match="is running"):
        copy(old, new)
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(StoreError, match="is not up to date"):
        copy(old, empty)
    for database in (old, new, empty):
        database.close()
