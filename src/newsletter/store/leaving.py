"""People leaving by their own link, many in one transaction, and taking it back for a few days.

One commit for all that came at the same time is what makes thousands a second possible on a disk that is waited for.
What is out of the ordinary goes the careful way through `consent`, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from newsletter.models.signups import MailKind
from newsletter.store import consent, service_mails
from newsletter.store.database import Database
from newsletter.store.schema import consent_events, subscribers, subscriptions, suppressions

UNDO_FOR = timedelta(days=7)  # how long an old link, perhaps a forwarded one, may start the emails again
Key = tuple[int, str]  # subscriber, audience


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody's wish to get nothing more of one audience, and when they had it (aware)."""

    subscriber_id: int
    audience: str
    at: datetime


class Leaving:
    """Each call is one transaction."""

    def __init__(self, database: Database, hasher: consent.AddressHasher) -> None:
        self._database = database
        self._hasher = hasher

    def leave(self, leavers: Sequence[Leaver], *, source: str) -> int:
        """Ends these subscriptions and queues a goodbye for each; how many ended. A repeat is no error."""
        with self._database.write() as connection:
            active = _active(connection, {leaver.subscriber_id for leaver in leavers})
            going: dict[Key, Leaver] = {}
            for leaver in leavers:
                key = (leaver.subscriber_id, leaver.audience)
                if key in active:
                    going.setdefault(key, leaver)
                else:
                    self._once_more(connection, leaver, source)
            if going:
                self._end(connection, going, active, source)
            return len(going)

    def undo(self, subscriber_id: int, audience: str, *, source: str, at: datetime) -> bool:
        """Takes it back. False: nothing ended in the last days, or the person is not on the list any more."""
        mine = and_(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.audience == audience)
        query = select(subscribers.c.email).join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        with self._database.write() as connection:
            email = connection.execute(
                query.where(mine, subscriptions.c.ended_at >= at - UNDO_FOR)
            ).scalar_one_or_none()
            return email is not None and consent.resume(
                connection, self._hasher, subscriber_id, email, audience, source, at
            )

    def may_undo(self, subscriber_id: int, audience: str, *, at: datetime) -> bool:
        """Whether `undo` would do something."""
        mine = and_(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.audience == audience)
        with self._database.read() as connection:
            ended = connection.execute(select(subscriptions.c.ended_at).where(mine)).scalar_one_or_none()
        return ended is not None and ended >= at - UNDO_FOR

    def _once_more(self, connection: Connection, leaver: Leaver, source: str) -> None:
        """Nothing to end; but a bar that only a list brought may now be known from the person themselves."""
        email = connection.execute(
            select(subscribers.c.email).where(subscribers.c.id == leaver.subscriber_id)
        ).scalar_one_or_none()
        if email is not None:
            consent.end(connection, self._hasher, leaver.subscriber_id, email, leaver.audience, source, leaver.at)

    def _end(self, connection: Connection, going: dict[Key, Leaver], active: dict[Key, Row[Any]], source: str) -> None:
        ended = update(subscriptions).where(
            subscriptions.c.subscriber_id == bindparam("person"), subscriptions.c.audience == bindparam("list")
        )
        connection.execute(
            ended.values(ended_at=bindparam("at")),
            [{"person": person, "list": audience, "at": leaver.at} for (person, audience), leaver in going.items()],
        )
        connection.execute(insert(consent_events), [_event(leaver, source) for leaver in going.values()])
        self._suppress(connection, [(str(active[key].email), leaver) for key, leaver in going.items()], source)
        service_mails.queue(
            connection,
            [
                service_mails.row(
                    MailKind.GOODBYE, person, [audience], str(active[person, audience].language), leaver.at
                )
                for (person, audience), leaver in going.items()
            ],
        )

    def _suppress(self, connection: Connection, leavers: Iterable[tuple[str, Leaver]], source: str) -> None:
        """As `consent.suppress` does for each; those without any suppression yet, nearly all, in one statement."""
        by_address = list(leavers)
        barred = consent.suppressed(connection, self._hasher, {email for email, _ in by_address})
        rows = []
        for email, leaver in by_address:
            if leaver.audience in barred.get(email, {}):
                consent.suppress(
                    connection, self._hasher, email, reason=consent.UNSUBSCRIBED, source=source, at=leaver.at,
                    scope=leaver.audience,
                )  # fmt: skip
                continue
            rows.append(
                {
                    "key_id": self._hasher.key_id,
                    "email_hash": self._hasher.hash(email),
                    "scope": leaver.audience,
                    "reason": consent.UNSUBSCRIBED,
                    "source": source,
                    "at": leaver.at,
                }
            )
        if rows:
            connection.execute(insert(suppressions), rows)


def _active(connection: Connection, ids: Iterable[int]) -> dict[Key, Row[Any]]:
    """The subscriptions that these people have now."""
    columns = (subscriptions.c.subscriber_id, subscriptions.c.audience, subscribers.c.email, subscribers.c.language)
    query = select(*columns).join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
    wanted = list(ids)
    found: dict[Key, Row[Any]] = {}
    for start in range(0, len(wanted), consent.CHUNK):
        chunk = wanted[start : start + consent.CHUNK]
        page = query.where(subscriptions.c.subscriber_id.in_(chunk), subscriptions.c.ended_at.is_(None))
        found.update({(row.subscriber_id, row.audience): row for row in connection.execute(page)})
    return found


def _event(leaver: Leaver, source: str) -> dict[str, object]:
    return {
        "subscriber_id": leaver.subscriber_id,
        "audience": leaver.audience,
        "what": "unsubscribed",
        "source": source,
        "wording_version": "",
        "at": leaver.at,
    }
