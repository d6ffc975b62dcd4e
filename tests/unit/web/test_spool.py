"""An unsubscribe request is never lost: not to a locked database, a crash, or a broken file."""

from __future__ import annotations

import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web.service_kit import Client, FakeApp, path_of

from newsletter.errors import StoreError
from newsletter.models.delivery import Subscriber
from newsletter.store import sqlite as backend
from newsletter.web.service import create_service
from newsletter.web.spool import Spool, Spooled

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that gives up on a lock at once."""
    pragmas = [pragma for pragma in backend.PRAGMAS if "busy" not in pragma]
    monkeypatch.setattr(backend, "PRAGMAS", ("busy_timeout=20", *pragmas))


@contextmanager
def locked(app: FakeApp) -> Iterator[None]:
    """Another program holds the write lock."""
    other = sqlite3.connect(app.project / "newsletter.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def link(app: FakeApp, person: Subscriber) -> str:
    return path_of(app.signer.unsubscribe_url(person.id, "practitioners"))


def spool_of(app: FakeApp) -> Path:
    return app.project / "spool" / "unsubscribe.jsonl"


@pytest.mark.usefixtures("impatient")
class TestALockedDatabase:
    def test_a_request_is_answered_as_done_kept_on_disk_and_replayed(self, app: FakeApp, jo: Subscriber) -> None:
        client = app.client()
        with locked(app):
            answer = client.post(link(app, jo))
            assert answer.status_code == 200
            assert "have stopped" in answer.text
            kept = spool_of(app).read_text()
        assert app.audiences(jo) == ("practitioners", "schools")
        assert "jo.smith" not in kept
        assert str(jo.id) not in kept
        app.client().post(link(app, jo))  # a new start, with any request, replays first
        assert app.audiences(jo) == ("schools",)
        assert not spool_of(app).exists()

    def test_what_was_spooled_is_replayed_at_the_start_by_itself(self, app: FakeApp, jo: Subscriber) -> None:
        with locked(app):
            app.client().post(link(app, jo))
        run_lifespan(create_service(app))
        assert app.audiences(jo) == ("schools",)

    def test_the_moment_of_the_request_is_what_is_recorded(self, app: FakeApp, jo: Subscriber) -> None:
        with locked(app):
            app.client().post(link(app, jo))
        asked, app.moment = app.moment, datetime(2026, 12, 24, tzinfo=UTC)
        run_lifespan(create_service(app))
        (event,) = [event for event in app.state()[2] if "unsubscribed" in event]
        assert event.at.startswith(f"{asked:%Y-%m-%d}")

    def test_undo_and_preferences_ask_to_try_again_and_change_nothing(self, app: FakeApp, jo: Subscriber) -> None:
        client, before = app.client(), app.state()
        with locked(app):
            for answer in (
                client.post(f"{link(app, jo)}/undo"),
                client.post(path_of(app.signer.preferences_url(jo.id)), data={"shown": "schools"}),
            ):
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "60"
        assert app.state() == before

    def test_an_undo_never_overtakes_the_unsubscribe_it_takes_back(self, app: FakeApp, jo: Subscriber) -> None:
        with locked(app):
            app.client().post(link(app, jo))
        assert app.client().post(f"{link(app, jo)}/undo").status_code == 200
        assert app.audiences(jo) == ("practitioners", "schools")
        run_lifespan(create_service(app))
        assert app.audiences(jo) == ("practitioners", "schools")

    def test_many_requests_wait_for_the_lock_once(self, app: FakeApp, jo: Subscriber) -> None:
        people = app.subscribe(*((f"person{number}@example.org", "practitioners") for number in range(30)))
        client = app.client()
        with locked(app):
            assert {client.post(link(app, person)).status_code for person in people} == {200}
        assert len(spool_of(app).read_text().splitlines()) == 30
        run_lifespan(create_service(app))
        assert {app.audiences(person) for person in people} == {()}

    def test_when_the_disk_is_full_too_the_answer_is_honest(self, app: FakeApp, jo: Subscriber) -> None:
        (app.project / "spool").write_text("a file where the folder should be")
        with locked(app):
            assert app.client().post(link(app, jo)).status_code == 503

    def test_reading_goes_on_while_another_writes(self, app: FakeApp, jo: Subscriber) -> None:
        client = app.client()
        with locked(app):
            assert "j•••@example.org" in client.get(link(app, jo)).text
            assert client.get("/healthz").text == "ok\n"
            client.post(link(app, jo))
            assert client.get("/healthz").text == "ok, spooled\n"


class Broken:
    """A database that is gone."""

    def __getattr__(self, name: str) -> Any:
        def fail(*args: object, **named: object) -> None:
            raise StoreError("The database is gone.")

        return fail


def test_without_a_database_the_link_still_works(app: FakeApp, jo: Subscriber) -> None:
    service = create_service(app)
    working, app.store = app.store, type("Store", (), {"subscribers": Broken()})()
    client = Client(service)
    assert client.get("/healthz").status_code == 503
    assert client.get(link(app, jo)).status_code == 200
    assert client.post(link(app, jo)).status_code == 200
    app.store = working
    run_lifespan(create_service(app))
    assert app.audiences(jo) == ("schools",)


def run_lifespan(service: Any) -> None:
    """Starts the service and stops it."""
    import asyncio

    async def once() -> None:
        async with service.router.lifespan_context(service):
            pass

    asyncio.run(once())


class Seen:
    """Applies requests by noting them."""

    def __init__(self) -> None:
        self.requests: list[Spooled] = []

    def __call__(self, request: Spooled) -> bool:
        self.requests.append(request)
        return True


def test_requests_are_applied_in_their_order_and_then_gone(tmp_path: Path) -> None:
    spool, seen = Spool(tmp_path / "spool"), Seen()
    assert spool.empty
    spool.append([Spooled("one", NOW), Spooled("two", NOW)])
    spool.append([Spooled("three", NOW)])
    assert spool.replay(seen) == 3
    assert seen.requests == [Spooled("one", NOW), Spooled("two", NOW), Spooled("three", NOW)]
    assert spool.empty


def test_what_arrives_during_a_replay_is_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([Spooled("one", NOW)])

    def apply(request: Spooled) -> bool:
        spool.append([Spooled("late", NOW)])
        return True

    assert spool.replay(apply) == 1
    assert "late" in spool.path.read_text()
    assert "one" not in spool.path.read_text()


def test_a_replay_that_is_interrupted_keeps_everything(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([Spooled("one", NOW), Spooled("two", NOW)])

    def apply(request: Spooled) -> bool:
        if request.token == "two":
            raise StoreError("locked")
        return True

    with pytest.raises(StoreError):
        spool.replay(apply)
    assert len(spool.path.read_text().splitlines()) == 2


def test_a_line_torn_by_a_crash_spoils_no_other_and_is_set_aside(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([Spooled("one", NOW)])
    with spool.path.open("ab") as file:
        file.write(b'{"token": "tor')
    spool.append([Spooled("two", NOW)])
    with spool.path.open("ab") as file:
        file.write(b'\xff\xfe\n[]\n{"token": 1, "at": "x"}\n\n{"token": "x", "at": "2026-11-26T10:00:00"}\n')
    seen = Seen()
    spool.replay(seen)
    assert [request.token for request in seen.requests] == ["one", "two"]
    assert spool.empty
    assert len(spool.unread.read_bytes().splitlines()) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_only_the_owner_may_read_the_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append([Spooled("one", NOW)])
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.path.parent.stat().st_mode) == 0o700
