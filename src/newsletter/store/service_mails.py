"""The queue of mails that the public service writes: written down with what they are about, handed over afterwards.

A row is `pending`, then `intent` just before it is handed over, then what became of it: the same states as a delivery,
and the same promise. What a crash left in `intent` may have been accepted, so it is not sent again by itself.
"""

from __future__ import annotations

import functools
import json
import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal_column, select, update

from newsletter.models.delivery import DeliveryState
from newsletter.models.signups import MailKind, ServiceMail
from newsletter.store.database import Database
from newsletter.store.prepared import Prepared
from newsletter.store.schema import service_mails

KEEP = timedelta(days=30)  # how long it can be looked up what became of a mail
_QUEUED = Prepared(
    insert(service_mails).values(
        id=bindparam("key"),
        kind=bindparam("about"),
        person_id=bindparam("person"),
        audiences=bindparam("lists"),
        language=bindparam("tongue"),
        state=literal_column(f"'{DeliveryState.PENDING.value}'"),
        attempts=literal_column("0"),
        not_before=bindparam("moment"),
        reason=literal_column("''"),
        created_at=bindparam("moment"),
    )
)
_names = functools.lru_cache(maxsize=64)(json.dumps)
CRASHED = "The program was stopped at this message."


def row(kind: MailKind, person_id: int, audiences: Iterable[str], language: str, at: datetime) -> dict[str, Any]:
    """A mail to write, as `queue` takes it."""
    return {
        "key": f"{time.time_ns():016x}{secrets.token_hex(8)}",
        "about": kind.value,
        "person": person_id,
        "lists": _names(tuple(audiences)),
        "tongue": language,
        "moment": at,
    }


def queue(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes mails down inside the transaction of what they are about: both happen, or neither."""
    if rows:
        _QUEUED.run(connection, rows)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one mail. `again_at`: it was certainly not accepted, and waits until then."""

    key: str
    state: DeliveryState
    reason: str = ""
    again_at: datetime | None = None


class ServiceMails:
    """The queue. Several processes may empty it: each mail is taken by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, now: datetime, limit: int) -> tuple[ServiceMail, ...]:
        """Those that may be handed over now, oldest first."""
        columns = service_mails.c
        query = (
            select(service_mails)
            .where(columns.state == DeliveryState.PENDING.value, columns.not_before <= now)
            .order_by(columns.not_before, columns.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(_mail(found) for found in connection.execute(query))

    def mark(self, ids: Collection[str], *, until: datetime) -> set[str]:
        """Says for good that these are about to be handed over, which will have been settled by `until`.

        Gives those that nobody else has taken."""
        columns = service_mails.c
        mine = update(service_mails).where(columns.id.in_(ids), columns.state == DeliveryState.PENDING.value)
        values = {"state": DeliveryState.INTENT.value, "attempts": columns.attempts + 1, "not_before": until}
        with self._database.write() as connection:
            return set(connection.scalars(mine.values(values).returning(columns.id)))

    def settle(self, settled: Sequence[Settled]) -> None:
        """What became of some, in one transaction."""
        if not settled:
            return
        change = update(service_mails).where(service_mails.c.id == bindparam("key"))
        values = {
            "state": bindparam("to"),
            "reason": bindparam("why"),
            "not_before": func.coalesce(
                bindparam("again_at", type_=service_mails.c.not_before.type), service_mails.c.not_before
            ),
        }
        rows = [
            {
                "key": one.key,
                "to": (DeliveryState.PENDING if one.again_at else one.state).value,
                "why": one.reason,
                "again_at": one.again_at,
            }
            for one in settled
        ]
        with self._database.write() as connection:
            connection.execute(change.values(values), rows)

    def recover(self, now: datetime, *, again: bool) -> int:
        """After a crash: what should have been settled is in doubt, or waits `again` where that does no harm."""
        state = DeliveryState.PENDING if again else DeliveryState.UNCERTAIN
        columns = service_mails.c
        left = (columns.state == DeliveryState.INTENT.value) & (columns.not_before <= now)
        with self._database.read() as connection:
            if connection.execute(select(columns.id).where(left).limit(1)).first() is None:
                return 0
        with self._database.write() as connection:
            return connection.execute(
                update(service_mails).where(left).values(state=state.value, reason="" if again else CRASHED)
            ).rowcount

    def tidy(self, now: datetime) -> None:
        """Forgets old mails that are done with."""
        old = (service_mails.c.created_at < now - KEEP) & (service_mails.c.state != DeliveryState.PENDING.value)
        with self._database.write() as connection:
            connection.execute(delete(service_mails).where(old))

    def counts(self) -> dict[str, int]:
        """How many mails are in each state."""
        with self._database.read() as connection:
            query = select(service_mails.c.state, func.count().label("mails")).group_by(service_mails.c.state)
            return {found.state: found.mails for found in connection.execute(query)}


def _mail(found: Any) -> ServiceMail:
    return ServiceMail(
        id=found.id,
        kind=MailKind(found.kind),
        person_id=found.person_id,
        audiences=tuple(json.loads(found.audiences or "[]")),
        language=found.language,
        attempts=found.attempts,
        created_at=found.created_at,
    )
