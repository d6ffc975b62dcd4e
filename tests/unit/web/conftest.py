"""A publication with a real database on disk, its service, and somebody on its list."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.web.service_kit import SECRETS, Client, FakeApp

from newsletter.delivery.links import hash_keys
from newsletter.models.delivery import Subscriber
from newsletter.store.store import Store


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, copied for each test."""
    path = tmp_path_factory.mktemp("database") / "newsletter.db"
    Store.open(f"sqlite:///{path}", hash_keys=hash_keys(SECRETS)).close()
    return path


@pytest.fixture
def app(tmp_path: Path, empty_database: Path) -> Iterator[FakeApp]:
    """A publication with an empty list."""
    path = shutil.copy(empty_database, tmp_path / "newsletter.db")
    with Store.open(f"sqlite:///{path}", hash_keys=hash_keys(SECRETS)) as store:
        app = FakeApp(tmp_path, store)
        yield app
        app.close()


@pytest.fixture
def client(app: FakeApp) -> Client:
    """Its service."""
    return app.client()


@pytest.fixture
def jo(app: FakeApp) -> Subscriber:
    """Somebody who gets both open audiences."""
    (subscriber,) = app.subscribe(("jo.smith@example.org", "practitioners schools"))
    return subscriber
