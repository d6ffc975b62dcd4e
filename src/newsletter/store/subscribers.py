"""The people on the list: finding, counting, unsubscribing, importing, erasing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from newsletter.models.addresses import address_key, mask
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import (
    AudienceCount,
    Evidence,
    ImportPlan,
    ImportResult,
    ImportRow,
    InPost,
    InvalidRow,
    ListCount,
    ListHealth,
    Undone,
)
from newsletter.store import consent, health, imports, rights, signups, undo
from newsletter.store.database import Database
from newsletter.store.plans import Progress, plan, silent
from newsletter.store.schema import EVERYWHERE, subscribers, subscriptions, suppressions

PAGE = 500  # people read at a time


class Subscribers:
    """Every change says where it came from (`source`) and when (`at`, aware); each is one transaction."""

    def __init__(self, database: Database, hasher: consent.AddressHasher) -> None:
        self._database = database
        self._hasher = hasher

    def get(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber with this id; None if there is none, or they were erased."""
        with self._database.read() as connection:
            return _one(connection, subscribers.c.id == subscriber_id)

    def find(self, email: str) -> Subscriber | None:
        """The subscriber with this address, however it is spelt."""
        with self._database.read() as connection:
            return _one(connection, subscribers.c.email_key == address_key(email))

    def count(self, audience: str) -> int:
        """How many recipients a campaign to this audience would have, those included whom it would exclude."""
        query = (
            select(func.count())
            .select_from(subscriptions)
            .where(subscriptions.c.audience == audience, subscriptions.c.ended_at.is_(None))
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def known_audiences(self) -> tuple[str, ...]:
        """Every audience somebody is or was subscribed to, also those no longer in newsletter.toml."""
        with self._database.read() as connection:
            return tuple(
                connection.scalars(select(subscriptions.c.audience).distinct().order_by(subscriptions.c.audience))
            )

    def sample(self, audience: str, size: int) -> tuple[str, ...]:
        """A few masked addresses of an audience, so that a person can see whether it is the right list."""
        query = (
            select(subscribers.c.email)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(
                subscriptions.c.audience == audience,
                subscriptions.c.ended_at.is_(None),
                subscribers.c.suppressed == "",
            )
            .order_by(subscribers.c.id)
            .limit(size)
        )
        with self._database.read() as connection:
            return tuple(mask(email) for email in connection.scalars(query))

    def each(self) -> Iterator[Subscriber]:
        """Everybody on the list, by address, with the audiences they get now; read in pages."""
        for person, _ in self.each_with_evidence():
            yield person

    def each_with_evidence(self) -> Iterator[tuple[Subscriber, Mapping[str, Evidence]]]:
        """The same, with the evidence for each audience."""
        last, query = "", select(subscribers).order_by(subscribers.c.email_key).limit(PAGE)
        while True:
            with self._database.read() as connection:
                page = connection.execute(query.where(subscribers.c.email_key > last)).all()
                evidence = _evidence(connection, [row.id for row in page])
            for row in page:
                yield _subscriber(row, tuple(evidence.get(row.id, {}))), evidence.get(row.id, {})
            if len(page) < PAGE:
                return
            last = page[-1].email_key

    def show(self, audiences: Iterable[str] = ()) -> ListCount:
        """The list in numbers, each known audience and each of `audiences` once, by name."""
        left = case((subscriptions.c.ended_at.is_not(None), 1), else_=0)
        never = case((subscriptions.c.ended_at.is_(None) & (subscribers.c.suppressed != ""), 1), else_=0)
        query = (
            select(subscriptions.c.audience, func.count(), func.sum(left), func.sum(never))
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .group_by(subscriptions.c.audience)
        )
        with self._database.read() as connection:
            counts = {
                name: AudienceCount(name, total - ended, gone, ended)
                for name, total, ended, gone in connection.execute(query)
            }
            total = connection.execute(select(func.count()).select_from(subscribers)).scalar_one()
            everywhere = select(func.count()).select_from(suppressions).where(suppressions.c.scope == EVERYWHERE)
            suppressed = connection.execute(everywhere).scalar_one()
        names = sorted({*counts, *audiences})
        return ListCount(total, suppressed, tuple(counts.get(name, AudienceCount(name, 0, 0, 0)) for name in names))

    def unsubscribe(self, subscriber_id: int, audience: str, *, source: str, at: datetime) -> bool:
        """Stops one audience. False: nothing to stop (done before, erased, or never subscribed), which is no error."""
        with self._database.write() as connection:
            address = _address(connection, subscriber_id)
            return address is not None and consent.end(
                connection, self._hasher, subscriber_id, address, audience, source, at
            )

    def resubscribe(self, subscriber_id: int, audience: str, *, source: str, at: datetime) -> bool:
        """Takes an unsubscription back. False: there is none. Never makes a subscription that was not there before."""
        with self._database.write() as connection:
            address = _address(connection, subscriber_id)
            return address is not None and consent.resume(
                connection, self._hasher, subscriber_id, address, audience, source, at
            )

    def set_audiences(
        self, subscriber_id: int, wanted: Mapping[str, bool], *, source: str, at: datetime
    ) -> dict[str, bool]:
        """What the person chose on their preferences page; audiences that are not in `wanted` stay as they are.

        Gives those that changed. The caller sees to it that only audiences are in `wanted` which the page offered."""
        with self._database.write() as connection:
            address = _address(connection, subscriber_id)
            if address is None:
                return {}
            changed = {}
            for audience, want in wanted.items():
                change = consent.begin if want else consent.end
                if change(connection, self._hasher, subscriber_id, address, audience, source, at):
                    changed[audience] = want
            return changed

    def unsubscribe_address(self, email: str, audience: str | None, *, source: str, at: datetime) -> tuple[str, ...]:
        """Stops one audience, or (None) every mail now and in future. Gives the audiences that ended.

        Works for an address that is not on the list: an import will not bring it in."""
        with self._database.write() as connection:
            person = _one(connection, subscribers.c.email_key == address_key(email))
            active = person.audiences if person else ()
            ending = active if audience is None else tuple(name for name in active if name == audience)
            if person:
                for name in ending:
                    consent.end(connection, self._hasher, person.id, person.email, name, source, at)
            scope = EVERYWHERE if audience is None else audience
            consent.suppress(
                connection, self._hasher, email, reason=consent.UNSUBSCRIBED, source=source, at=at, scope=scope
            )
            return ending

    def suppress(self, email: str, reason: str, *, source: str, at: datetime) -> None:
        """Never mail this address again: "bounced", "complained". Subscriptions stay, since nobody ended them."""
        with self._database.write() as connection:
            person = _one(connection, subscribers.c.email_key == address_key(email))
            consent.suppress(connection, self._hasher, email, reason=reason, source=source, at=at)
            if person:
                consent.log(connection, person.id, EVERYWHERE, f"suppressed: {reason}", source, at)

    def erase(self, email: str, *, source: str, at: datetime) -> bool:
        """Forgets a person; only the hash stays that keeps them from being mailed. False: nobody by this address."""
        with self._database.write() as connection:
            person = _one(connection, subscribers.c.email_key == address_key(email))
            consent.suppress(connection, self._hasher, email, reason="erased", source=source, at=at)
            signups.forget(connection, email)
            if person is None:
                return False
            consent.forget(connection, [person.id])
            return True

    def about(self, email: str) -> rights.Record:
        """Everything held on the person with this address, as words, numbers and moments."""
        with self._database.read() as connection:
            return rights.about(connection, self._hasher, email)

    def health(self, *, agencies: Sequence[str] = (), areas: Sequence[str] = ()) -> ListHealth:
        """The list by agency and area, and which of those named nobody can be reached in."""
        with self._database.read() as connection:
            return health.health(connection, agencies=agencies, areas=areas)

    def in_post(self, before: datetime, area: str = "") -> Iterator[InPost]:
        """Whoever gets something and was last confirmed, or else came, before that moment."""
        with self._database.read() as connection:
            yield from health.in_post(connection, before, area)

    def plan_import(
        self,
        rows: Iterable[ImportRow | InvalidRow],
        *,
        default_audiences: Iterable[str],
        source: str,
        basis: str = "",
        progress: Progress = silent,
    ) -> ImportPlan:
        """What an import would do; changes nothing. It never brings back who left, nor removes who is missing."""
        audiences = tuple(default_audiences)
        staging = imports.stage(rows, audiences)
        with self._database.read() as connection:
            return plan(
                connection, self._hasher, staging, audiences=audiences, source=source, basis=basis, progress=progress
            )

    def apply_import(self, plan: ImportPlan, at: datetime, progress: Progress = silent) -> ImportResult:
        """Does it, in one transaction. The list may have changed since it was planned, so it is asked again."""
        with self._database.write() as connection:
            return imports.apply(connection, self._hasher, plan, at, progress)

    def undo_import(self, at: datetime, *, really: bool, progress: Progress = silent) -> Undone | None:
        """Takes the last import back that was not taken back yet; None if there is none. Not `really`: only says how.

        The dry run does it and rolls back, so that it cannot say anything but what would happen."""
        with contextlib.suppress(_DryRunError), self._database.write() as connection:
            record = undo.last_import(connection)
            done = undo.undo(connection, self._hasher, record, at, progress) if record else None
            if done and not really:
                raise _DryRunError
        return done


class _DryRunError(Exception):
    """Makes the transaction roll back."""


def _address(connection: Connection, subscriber_id: int) -> str | None:
    return connection.execute(select(subscribers.c.email).where(subscribers.c.id == subscriber_id)).scalar_one_or_none()


def _one(connection: Connection, condition: ColumnElement[bool]) -> Subscriber | None:
    row = connection.execute(select(subscribers).where(condition)).one_or_none()
    if row is None:
        return None
    return _subscriber(row, tuple(_evidence(connection, [row.id]).get(row.id, {})))


def _evidence(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Evidence]]:
    """What these people get now: subscriber -> audience -> evidence, by name of the audience."""
    columns = subscriptions.c
    query = select(subscriptions).where(columns.subscriber_id.in_(ids), columns.ended_at.is_(None))
    found: dict[int, dict[str, Evidence]] = {}
    for row in connection.execute(query.order_by(columns.audience)):
        found.setdefault(row.subscriber_id, {})[row.audience] = Evidence(row.basis, row.source, row.confirmed_at)
    return found


def _subscriber(row: Row[Any], audiences: tuple[str, ...]) -> Subscriber:
    return Subscriber(
        id=row.id,
        email=row.email,
        name=row.name,
        agency=row.agency,
        area=row.area,
        shared=row.shared,
        language=row.language,
        audiences=audiences,
    )
