"""Taking the last import back: what it changed and nobody changed since. The rest is left alone, and said.

The log of consent only grows, so for people who stay it tells both: that they came with the list, and went with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from newsletter.models.lists import LeftAlone, Undone
from newsletter.store.consent import CHUNK, AddressHasher, forget, suppressed
from newsletter.store.plans import Progress, silent
from newsletter.store.schema import (
    EVERYWHERE,
    consent_events,
    import_changes,
    imports,
    subscribers,
    subscriptions,
    suppressions,
)
from newsletter.store.sorting import FIELDS

WITHDRAWN = "withdrawn"  # in the log of consent: the import that began it was taken back
_BY_THEMSELVES = ("unsubscribed", "resubscribed")


def last_import(connection: Connection) -> Row[Any] | None:
    """The newest import that was not taken back yet; None if there is none."""
    newest = select(imports).where(imports.c.undone_at.is_(None)).order_by(imports.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def undo(
    connection: Connection, hasher: AddressHasher, record: Row[Any], at: datetime, progress: Progress = silent
) -> Undone:
    """Takes this import back; the caller's transaction decides whether it stays so."""
    work = _Undo(connection, hasher, record, at)
    lifted = delete(suppressions).where(suppressions.c.import_id == record.id)
    count = connection.execute(lifted).rowcount
    total = connection.execute(
        select(func.count()).select_from(import_changes).where(import_changes.c.import_id == record.id)
    ).scalar_one()
    done = 0
    for page in work.pages():
        work.take_back(page)
        progress(done := done + len(page), total)
    connection.execute(delete(import_changes).where(import_changes.c.import_id == record.id))
    connection.execute(update(imports).where(imports.c.id == record.id).values(undone_at=at))
    return Undone(record.id, record.source, record.at, work.removed, work.restored, count, work.left_alone)


@dataclass(frozen=True)
class _Person:
    """Somebody the import touched, as they are now."""

    row: Row[Any]
    before: Mapping[str, Any]
    added: Sequence[str]
    subscriptions: Mapping[str, Row[Any]]
    own: frozenset[str]  # audiences in which they did something themselves since


class _Undo:
    """One import being taken back."""

    def __init__(self, connection: Connection, hasher: AddressHasher, record: Row[Any], at: datetime) -> None:
        self._connection, self._hasher, self._record, self._at = connection, hasher, record, at
        self.removed = self.restored = 0
        self.left_alone: list[LeftAlone] = []
        earlier = select(func.coalesce(func.max(consent_events.c.id), 0)).where(consent_events.c.at < record.at)
        self._log_before = int(connection.execute(earlier).scalar_one())  # what people did earlier is no change since

    def pages(self) -> Iterator[list[_Person]]:
        """Everybody whom it touched and who is still there."""
        last = -1
        query = (
            select(subscribers, import_changes.c.before, import_changes.c.audiences)
            .join(import_changes, import_changes.c.subscriber_id == subscribers.c.id)
            .where(import_changes.c.import_id == self._record.id)
            .order_by(import_changes.c.subscriber_id)
            .limit(CHUNK)
        )
        # Said of both tables: PostgreSQL would read those before the page again for every page.
        later = (import_changes.c.subscriber_id > bindparam("last"), subscribers.c.id > bindparam("last"))
        while rows := self._connection.execute(query.where(*later), {"last": last}).all():
            last = rows[-1].id
            yield self._people(rows)

    def _people(self, rows: Sequence[Row[Any]]) -> list[_Person]:
        ids = [row.id for row in rows]
        states: dict[int, dict[str, Row[Any]]] = {}
        for state in self._connection.execute(select(subscriptions).where(subscriptions.c.subscriber_id.in_(ids))):
            states.setdefault(state.subscriber_id, {})[state.audience] = state
        own: dict[int, set[str]] = {}
        happened = select(consent_events.c.subscriber_id, consent_events.c.audience).where(
            consent_events.c.subscriber_id.in_(ids),
            consent_events.c.what.in_(_BY_THEMSELVES),
            consent_events.c.id > self._log_before,
            ~and_(consent_events.c.at == self._record.at, consent_events.c.source == self._record.source),
        )
        for subscriber_id, audience in self._connection.execute(happened):
            own.setdefault(subscriber_id, set()).add(audience)
        return [
            _Person(
                row,
                json.loads(row.before),
                json.loads(row.audiences),
                states.get(row.id, {}),
                frozenset(own.get(row.id, ())),
            )
            for row in rows
        ]

    def take_back(self, page: Sequence[_Person]) -> None:
        """Each of these, as far as nobody changed it since."""
        removed = [person.row.id for person in page if self._is_removed(person)]
        forget(self._connection, removed)
        self.removed += len(removed)
        gone = frozenset(removed)
        for person in page:
            if person.row.id not in gone:
                self._restore(person)

    def _is_removed(self, person: _Person) -> bool:
        """New with this import, and nothing but this import speaks for keeping them."""
        new = person.row.import_id == self._record.id
        return new and not person.own and all(self._is_ours(state) for state in person.subscriptions.values())

    def _is_ours(self, state: Row[Any]) -> bool:
        return bool(state.import_id == self._record.id and state.ended_at is None)

    def _restore(self, person: _Person) -> None:
        kept = self._withdraw(person)
        reasons = [f"{name}: they made their own choice since" for name in kept]
        if person.row.import_id == self._record.id and not kept:
            reasons.append("stays on the list: they made a choice of their own since")
        reasons += self._fields(person)
        self._confirmations(person)
        self._endings(person)
        if reasons:
            self.left_alone.append(LeftAlone(person.row.email, "; ".join(reasons)))
        else:
            self.restored += 1

    def _withdraw(self, person: _Person) -> list[str]:
        """Ends what it began. Gives the audiences in which the person has acted since."""
        kept: list[str] = []
        gone: list[str] = []
        for name in person.added:
            state = person.subscriptions.get(name)
            if state is not None:
                (gone if self._is_ours(state) and name not in person.own else kept).append(name)
        if gone:
            mine = subscriptions.c.subscriber_id == person.row.id
            self._connection.execute(delete(subscriptions).where(mine, subscriptions.c.audience.in_(gone)))
            self._log(person, gone)
        return kept

    def _log(self, person: _Person, audiences: Sequence[str]) -> None:
        source = f"undo of: {self._record.source}"
        common = {"subscriber_id": person.row.id, "what": WITHDRAWN, "source": source, "at": self._at}
        self._connection.execute(insert(consent_events), [{**common, "audience": name} for name in audiences])

    def _fields(self, person: _Person) -> list[str]:
        """Gives back what it changed of the person. Says which were changed again since."""
        values, reasons = {}, []
        for field in (*FIELDS, "suppressed"):
            if field not in person.before:
                continue
            then, now = person.before[field]
            if getattr(person.row, field) != now:
                reasons.append(f"{field}: changed since")
            elif field != "suppressed" or not self._still_barred(person.row.email):
                values[field] = then
        if values:
            self._connection.execute(update(subscribers).where(subscribers.c.id == person.row.id).values(values))
        return reasons

    def _still_barred(self, email: str) -> bool:
        return EVERYWHERE in suppressed(self._connection, self._hasher, [email]).get(email, {})

    def _confirmations(self, person: _Person) -> None:
        for name, (then, now) in person.before.get("confirmed", {}).items():
            mine = and_(
                subscriptions.c.subscriber_id == person.row.id,
                subscriptions.c.audience == name,
                subscriptions.c.confirmed_at == datetime.fromisoformat(now),
            )
            back = datetime.fromisoformat(then) if then else None
            self._connection.execute(update(subscriptions).where(mine).values(confirmed_at=back))

    def _endings(self, person: _Person) -> None:
        """Begins again what it ended."""
        for name in person.before.get("ended", ()):
            state = person.subscriptions.get(name)
            if state is not None and state.ended_at == self._record.at and name not in person.own:
                mine = and_(subscriptions.c.subscriber_id == person.row.id, subscriptions.c.audience == name)
                self._connection.execute(update(subscriptions).where(mine).values(ended_at=None))
                self._log(person, [name])
