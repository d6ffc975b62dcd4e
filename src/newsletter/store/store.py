"""The store: one open database, with the list, the ledger of campaigns and the approvals in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from newsletter.store.approvals import Approvals
from newsletter.store.consent import AddressHasher, check_keys, remember_keys
from newsletter.store.database import Database
from newsletter.store.events import Events
from newsletter.store.leaving import Leaving
from newsletter.store.ledger import Ledger
from newsletter.store.migrate import upgrade
from newsletter.store.reporting import Reports
from newsletter.store.schedules import Schedules
from newsletter.store.service_mails import ServiceMails
from newsletter.store.signups import SignUps
from newsletter.store.subscribers import Subscribers
from newsletter.store.workers import Workers

if TYPE_CHECKING:
    from newsletter.store.queue import Queue


class Store:
    """Opened with `Store.open`; a context manager that closes it. Safe to use from several threads."""

    def __init__(self, database: Database, hasher: AddressHasher) -> None:
        self._database = database
        self.subscribers = Subscribers(database, hasher)
        self.ledger = Ledger(database, hasher)
        self.approvals = Approvals(database)
        self.events = Events(database, hasher)
        self.signups = SignUps(database, hasher)
        self.leaving = Leaving(database, hasher)
        self.service_mails = ServiceMails(database)
        self.schedules = Schedules(database)
        self.workers = Workers(database)
        self.reports = Reports(database)

    @classmethod
    def open(cls, url: str, *, hash_keys: Mapping[int, bytes]) -> Store:
        """Opens `sqlite:///PATH`, makes it if it is not there, and brings it to this version's tables.

        `hash_keys`: key id -> key that suppressed addresses are hashed with; the first one hashes what is new.

        Raises:
            StoreError: it cannot be opened, was made by a newer version, or a key is missing that is still needed.
        """
        hasher = AddressHasher(hash_keys)
        database = Database(url)
        try:
            upgrade(database)
            with database.read() as connection:
                known = check_keys(connection, hasher)
            if not known:
                with database.write() as connection:
                    remember_keys(connection, hasher)
        except BaseException:
            database.close()
            raise
        return cls(database, hasher)

    def queue(self) -> Queue:
        """What carries work to workers.

        Raises:
            StoreError: this database has none, or it is not ready.
        """
        from newsletter.store.queue import Queue

        queue = Queue(self._database)
        queue.check()
        return queue

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
