"""PostgreSQL: brought up to date when a person says so, several commands at once, and what is said when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from tests.postgresql_kit import Server
from tests.unit.delivery.sending_kit import NOW, SECRETS, edition, receipt, subscribe

from newsletter.delivery.links import hash_keys
from newsletter.errors import StoreError
from newsletter.models.delivery import ReceiptState
from newsletter.store import migrate
from newsletter.store.database import CAMPAIGNS, LIST, Database
from newsletter.store.schema import places
from newsletter.store.store import Store

KEYS = hash_keys(SECRETS)


@pytest.fixture(autouse=True)
def _on_each_database() -> None:
    """These are about one of them."""


@pytest.fixture
def url(postgresql: Server) -> Iterator[str]:
    name = postgresql.new()
    yield postgresql.url(name)
    postgresql.give_back(name)


@pytest.fixture
def empty(postgresql: Server) -> Iterator[str]:
    name = postgresql.new(empty=True)
    yield postgresql.url(name)
    postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_tables_are_made_when_a_person_says_so_and_not_by_opening(empty: str) -> None:
    with pytest.raises(StoreError, match="has no tables yet") as caught:
        Store.open(empty, hash_keys=KEYS)
    assert caught.value.hint == "Run: newsletter db upgrade"
    database = Database(empty)
    assert not migrate.state(database).version
    migrate.run(database)
    assert migrate.state(database).ready
    migrate.run(database)  # again: nothing to do
    database.close()
    Store.open(empty, hash_keys=KEYS).close()


def test_an_older_database_is_not_opened_before_it_is_brought_up_to_date(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    database.close()
    with pytest.raises(StoreError, match="is not up to date with this version"):
        Store.open(url, hash_keys=KEYS)


def test_a_server_that_is_down_is_said_to_be(tmp_path: Path) -> None:
    address = f"postgresql://jo:secret@/newsletter?host={tmp_path}"
    with pytest.raises(StoreError, match="does not answer") as caught:
        Store.open(address, hash_keys=KEYS)
    assert "secret" not in caught.value.message + caught.value.hint
    with pytest.raises(StoreError, match=r"at 127.0.0.1:1 does not answer"):
        Store.open("postgresql://jo:secret@127.0.0.1:1/newsletter", hash_keys=KEYS)


def test_a_database_or_user_that_is_not_there_is_named_without_the_password(postgresql: Server, url: str) -> None:
    with pytest.raises(StoreError, match=r"database elsewhere on .* does not exist"):
        Store.open(postgresql.url("elsewhere"), hash_keys=KEYS)
    stranger = url.replace("//postgres@", "//nobody_known:secret@")
    if stranger != url:
        with pytest.raises(StoreError, match="does not let this user in") as caught:
            Store.open(stranger, hash_keys=KEYS)
        assert "secret" not in caught.value.message + caught.value.hint


def test_writes_to_one_part_wait_for_one_another_and_those_to_another_do_not(url: str) -> None:
    first, second = Database(url), Database(url)
    order: list[str] = []

    def write(what: str) -> None:
        with second.write(what):
            order.append(what)

    with first.write(LIST):
        waiting = threading.Thread(target=write, args=(LIST,))
        waiting.start()
        write(CAMPAIGNS)
        order.append("first is done")
    waiting.join(timeout=10)
    assert order == [CAMPAIGNS, "first is done", LIST]
    first.close()
    second.close()


def test_a_write_that_waits_too_long_says_so(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.store.postgresql._SETTINGS", "SET lock_timeout = '50ms'")
    first, second = Database(url), Database(url)
    with first.write(), pytest.raises(StoreError, match="is busy with other commands"), second.write():
        pass
    first.close()
    second.close()


def test_a_command_is_alone_only_while_no_worker_sends(url: str) -> None:
    first, second, third = Database(url), Database(url), Database(url)
    with first.sending() as alone, second.working() as may:
        assert (alone, may) == (True, False)
    with first.working() as one, second.working() as another, third.sending() as alone:
        assert (one, another, alone) == (True, True, False)
    with first.sending() as alone:
        assert alone, "what a connection held is given back when it ends"
    for database in (first, second, third):
        database.close()


def test_a_connection_that_the_server_ended_is_made_again(postgresql: Server, url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as store:
        subscribe(store, 2)
        everybody_else = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        postgresql.execute(f"{everybody_else} AND datname LIKE 'test_%'")
        assert store.subscribers.count("practitioners") == 2


def test_two_claims_at_once_never_take_the_same_people(url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as one, Store.open(url, hash_keys=KEYS) as other:
        subscribe(one, 40)
        campaign = one.ledger.freeze(edition(), "practitioners", now=NOW)
        one.ledger.start(campaign.id, transport="memory:", now=NOW)
        claimed: list[str] = []

        def claim(store: Store) -> None:
            owner = store.ledger.new_owner()
            while found := store.ledger.claim(campaign.id, owner=owner, limit=3, now=NOW, until=NOW).recipients:
                claimed.extend(each.delivery_id for each in found)

        threads = [threading.Thread(target=claim, args=(store,)) for store in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert len(claimed) == len(set(claimed)) == 40


def test_a_pause_waits_for_claims_and_none_is_made_after_it(url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as store:
        subscribe(store, 3)
        campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
        store.ledger.start(campaign.id, transport="memory:", now=NOW)
        with store._database.write_rows() as connection:
            connection.exec_driver_sql("SELECT 1 FROM campaigns FOR SHARE")  # as a claim does
            pause = threading.Thread(target=lambda: store.schedules.pause(campaign.id, reason="x", now=NOW))
            pause.start()
            time.sleep(0.1)
            assert pause.is_alive()
        pause.join(timeout=10)
        claim = store.ledger.claim(campaign.id, owner="me", limit=3, now=NOW, until=NOW)
        assert (claim.running, claim.recipients) == (False, ())


def test_an_answer_with_a_character_that_postgresql_cannot_keep_is_kept_without_it(url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as store:
        subscribe(store, 1)
        campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
        store.ledger.start(campaign.id, transport="memory:", now=NOW)
        (who,) = store.ledger.claim(campaign.id, owner="me", limit=1, now=NOW, until=NOW).recipients
        store.ledger.intend(campaign.id, owner="me", delivery_ids=[who.delivery_id], now=NOW, until=NOW)
        answer = receipt(who.delivery_id, ReceiptState.REFUSED, "550 no\0 such user")
        assert store.ledger.settle(campaign.id, owner="me", receipts=[answer], now=NOW, backoff=()) == 1
        assert store.ledger.tally(campaign.id).refused == 1


def test_a_list_of_thousands_goes_in_and_out_the_same_way(url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as store:
        subscribe(store, [f"Ünï{number}@exämple.org" for number in range(1200)], "practitioners", "schools")
        assert store.subscribers.count("schools") == 1200
        assert store.subscribers.find("ünï7@EXÄMPLE.org") is not None
        done = store.subscribers.undo_import(NOW, really=True)
        assert done is not None
        assert done.removed == 1200
        assert store.subscribers.show().subscribers == 0


def test_the_driver_is_asked_for_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'", name=psycopg.__name__)

    monkeypatch.setattr("newsletter.store.postgresql.create_engine", missing)
    with pytest.raises(StoreError, match="not installed") as caught:
        Database("postgresql://jo:secret@db.example.org/newsletter")
    assert "psycopg[binary]" in caught.value.hint


def test_a_rate_is_kept_by_several_who_take_places_at_once(url: str) -> None:
    with Store.open(url, hash_keys=KEYS) as one, Store.open(url, hash_keys=KEYS) as other:

        def take(store: Store) -> None:
            for _ in range(15):
                store.ledger.reserve("smtp", [(5, 1.0), (1000, 1.0)], count=2)

        threads = [threading.Thread(target=take, args=(store,)) for store in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        with one._database.read() as connection:
            taken = list(connection.scalars(select(places.c.at).order_by(places.c.number)))
    assert len(taken) == 60
    assert all(later - earlier > 0.999 for earlier, later in zip(taken, taken[5:], strict=False))
