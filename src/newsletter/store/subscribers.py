"""The people on the list: finding, counting, unsubscribing, importing, erasing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, delete, func, select, update

from newsletter.models.addresses import address_key, mask
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import AudienceCount, ImportPlan, ImportResult, ImportRow, InvalidRow, ListCount
from newsletter.store import consent, imports
from newsletter.store.database import Database
from newsletter.store.schema import EVERYWHERE, consent_events, deliveries, subscribers, subscriptions, suppressions

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
        last = ""
        while True:
            with self._database.read() as connection:
                page = connection.execute(
                    select(subscribers.c.id, subscribers.c.email_key)
                    .where(subscribers.c.email_key > last)
                    .order_by(subscribers.c.email_key)
                    .limit(PAGE)
                ).all()
                people = [_one(connection, subscribers.c.id == row.id) for row in page]
            yield from (person for person in people if person)
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
            if person is None:
                return False
            connection.execute(delete(consent_events).where(consent_events.c.subscriber_id == person.id))
            connection.execute(update(deliveries).where(deliveries.c.subscriber_id == person.id).values(reason=""))
            connection.execute(delete(subscribers).where(subscribers.c.id == person.id))
            return True

    def plan_import(
        self, rows: Iterable[ImportRow | InvalidRow], *, default_audiences: Iterable[str], source: str, basis: str = ""
    ) -> ImportPlan:
        """What an import would do; changes nothing. It never brings back who left, nor removes who is missing."""
        with self._database.read() as connection:
            return imports.plan(
                connection, self._hasher, rows, audiences=tuple(default_audiences), source=source, basis=basis
            )

    def apply_import(self, plan: ImportPlan, at: datetime) -> ImportResult:
        """Does it, in one transaction. The list may have changed since it was planned, so it is asked again."""
        with self._database.write() as connection:
            return imports.apply(connection, self._hasher, plan, at)


def _address(connection: Connection, subscriber_id: int) -> str | None:
    return connection.execute(select(subscribers.c.email).where(subscribers.c.id == subscriber_id)).scalar_one_or_none()


def _one(connection: Connection, condition: ColumnElement[bool]) -> Subscriber | None:
    row = connection.execute(select(subscribers).where(condition)).one_or_none()
    if row is None:
        return None
    active = (
        select(subscriptions.c.audience)
        .where(subscriptions.c.subscriber_id == row.id, subscriptions.c.ended_at.is_(None))
        .order_by(subscriptions.c.audience)
    )
    return Subscriber(
        id=row.id,
        email=row.email,
        name=row.name,
        agency=row.agency,
        area=row.area,
        shared=row.shared,
        language=row.language,
        audiences=tuple(connection.scalars(active)),
    )
