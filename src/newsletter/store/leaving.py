"""People leaving by their own link, many in one transaction, and taking it back for a few days.

One commit for all that came at the same time is what makes thousands a second possible on a disk that is waited for.
What is out of the ordinary goes the careful way through `consent`, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, insert, literal_column, select, update

from newsletter.models.signups import MailKind
from newsletter.store import consent, service_mails
from newsletter.store.database import Database
from newsletter.store.prepared import Prepared
from newsletter.store.schema import consent_events, subscribers, subscriptions, suppressions

UNDO_FOR = timedelta(days=7)  # how long an old link, perhaps a forwarded one, may start the emails again
Key = tuple[int, str]  # subscriber, audience
Going = dict[Key, "Leaver"]
Active = dict[Key, tuple[str, str]]  # address and language
# Made once: to put a statement together takes longer than to run it for one row.
_ENDED = Prepared(
    update(subscriptions)
    .where(subscriptions.c.subscriber_id == bindparam("person"), subscriptions.c.audience == bindparam("list"))
    .values(ended_at=bindparam("moment"))
)
_LOGGED = Prepared(
    insert(consent_events).values(
        subscriber_id=bindparam("person"),
        audience=bindparam("list"),
        what=literal_column("'unsubscribed'"),
        source=bindparam("via"),
        wording_version=literal_column("''"),
        at=bindparam("moment"),
    )
)
_BARRED = Prepared(
    insert(suppressions).values(
        key_id=bindparam("of_key"),
        email_hash=bindparam("hash"),
        scope=bindparam("list"),
        reason=literal_column(f"'{consent.UNSUBSCRIBED}'"),
        source=bindparam("via"),
        at=bindparam("moment"),
    )
)
_ACTIVE = (
    select(subscriptions.c.subscriber_id, subscriptions.c.audience, subscribers.c.email, subscribers.c.language)
    .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
    .where(subscriptions.c.subscriber_id.in_(bindparam("people", expanding=True)), subscriptions.c.ended_at.is_(None))
)


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
            going: Going = {}
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

    def _end(self, connection: Connection, going: Going, active: Active, source: str) -> None:
        """As `consent.end` does for each, and a goodbye; one statement for all."""
        rows = [_values(leaver) for leaver in going.values()]
        _ENDED.run(connection, rows)
        _LOGGED.run(connection, rows, {"via": source})
        self._suppress(connection, [(active[key][0], leaver) for key, leaver in going.items()], source)
        service_mails.queue(
            connection,
            [
                service_mails.row(MailKind.GOODBYE, person, (audience,), active[person, audience][1], leaver.at)
                for (person, audience), leaver in going.items()
            ],
        )

    def _suppress(self, connection: Connection, leavers: Sequence[tuple[str, Leaver]], source: str) -> None:
        """As `consent.suppress` does for each; those without any suppression yet, nearly all, in one statement."""
        hashes = {email: self._hasher.hashes(email) for email, _ in leavers}
        barred = self._barred(connection, [one for these in hashes.values() for one in these])
        rows = []
        for email, leaver in leavers:
            if any((one, leaver.audience) in barred for one in hashes[email]):
                consent.suppress(
                    connection, self._hasher, email, reason=consent.UNSUBSCRIBED, source=source, at=leaver.at,
                    scope=leaver.audience,
                )  # fmt: skip
            else:
                new = hashes[email][0]  # the first key hashes what is new
                rows.append({"list": leaver.audience, "moment": leaver.at, "hash": new})
        if rows:
            _BARRED.run(connection, rows, {"via": source, "of_key": self._hasher.key_id})

    def _barred(self, connection: Connection, hashes: Sequence[bytes]) -> set[tuple[bytes, str]]:
        """Which of these are suppressed already, and in which scope."""
        found: set[tuple[bytes, str]] = set()
        for start in range(0, len(hashes), consent.CHUNK):
            these = {"keys": self._hasher.key_ids, "hashes": hashes[start : start + consent.CHUNK]}
            found.update((hashed, scope) for hashed, scope, _ in connection.execute(consent.SUPPRESSED, these))
        return found


def _values(leaver: Leaver) -> dict[str, object]:
    return {"person": leaver.subscriber_id, "list": leaver.audience, "moment": leaver.at}


def _active(connection: Connection, ids: Iterable[int]) -> Active:
    """The subscriptions that these people have now."""
    wanted = list(ids)
    found: Active = {}
    for start in range(0, len(wanted), consent.CHUNK):
        chunk = wanted[start : start + consent.CHUNK]
        rows = connection.execute(_ACTIVE, {"people": chunk})
        found.update({(person, audience): (email, language) for person, audience, email, language in rows})
    return found
