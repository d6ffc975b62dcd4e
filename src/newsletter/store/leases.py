"""Leases: recipients are claimed by one sender, let go of, and taken over from a sender that died.

A mark (`intent`) that a crash left behind becomes `uncertain`, never `pending`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Select, Update, and_, func, or_, select, update

from newsletter.models.delivery import CampaignState, Claim, DeliveryState, Recipient
from newsletter.store import places, records
from newsletter.store.consent import AddressHasher, suppressed_keys
from newsletter.store.database import CAMPAIGNS, Database
from newsletter.store.handing_over import HandingOver, set_values
from newsletter.store.schema import EVERYWHERE, campaigns, deliveries, subscribers, subscriptions

_STOPPED = "The program stopped while this message was being handed over."
_POWER = "The machine stopped while this message was waiting or being handed over."


class Leases(HandingOver):
    """Fits the ledger that `delivery/ledger.py` asks for."""

    def __init__(self, database: Database, hasher: AddressHasher) -> None:
        super().__init__(database)
        self._hasher = hasher

    def new_owner(self) -> str:
        """A name for one sender. It holds the start of the machine, so that a loss of power is told from a crash."""
        return f"{self._database.boot}:{secrets.token_hex(14)}"

    def sending(self) -> AbstractContextManager[bool]:
        """Held while sending. Yields whether nobody else can be sending: no other command ever is, but workers may be.

        Raises:
            Refused: another command is.
        """
        return self._database.sending()

    def working(self) -> AbstractContextManager[bool]:
        """Held by a worker while it sends. Yields whether it may: not while a command has the ledger to itself."""
        return self._database.working()

    @property
    def shared(self) -> bool:
        """Whether other machines may be sending from this database."""
        return self._database.shared

    def reserve(
        self, transport: str, windows: places.Windows, *, count: int, within: float | None = None
    ) -> tuple[float, ...]:
        """Takes the next places in time for messages by this transport (`windows`: at most so many in so many seconds);
        in how many seconds each of them comes. `within`: only places no further ahead than so many seconds."""
        with self._database.write_rows() as connection:
            return places.reserve(connection, transport, windows, count=count, within=within)

    def claim(self, campaign_id: str, *, owner: str, limit: int, now: datetime, until: datetime) -> Claim:
        """Leases up to `limit` recipients until `until`; those who left since the freeze are excluded instead.

        An empty claim means that nobody is left to send to now."""
        with self._database.write_rows() as connection:
            running = select(campaigns.c.audience).where(
                campaigns.c.id == campaign_id, campaigns.c.state == CampaignState.RUNNING
            )  # shared lock: whoever pauses the campaign waits for claims, and none is made afterwards
            audience = connection.execute(running.with_for_update(read=True)).scalar_one_or_none()
            if audience is None:
                return Claim(running=False)
            excluded = retried = 0
            while rows := _waiting(connection, campaign_id, audience, limit, now):
                gone = self._gone(connection, rows, audience)
                for row in rows:
                    if row.id in gone:
                        _exclude(connection, row.id, gone[row.id], now)
                excluded += len(gone)
                retried += sum(row.state == DeliveryState.FAILED for row in rows)
                staying = [row for row in rows if row.id not in gone]
                if staying:
                    lease = {"state": DeliveryState.CLAIMED, "lease_owner": owner, "lease_until": until}
                    set_values(connection, [row.id for row in staying], now, **lease)
                    recipients = tuple(_recipient(row, campaign_id) for row in staying)
                    return Claim(recipients=recipients, excluded=excluded, retried=retried)
            return Claim(excluded=excluded, retried=retried)

    def release(self, campaign_id: str, *, owner: str, now: datetime) -> None:
        """Lets go of all that was claimed and not begun. Of a campaign that was cancelled nobody goes on waiting."""
        mine = and_(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.lease_owner == owner,
            deliveries.c.state == DeliveryState.CLAIMED,
        )
        with self._database.write_rows() as connection:
            connection.execute(update(deliveries).where(mine).values(_free(now)))
            state = select(campaigns.c.state).where(campaigns.c.id == campaign_id)
            if connection.execute(state).scalar_one() == CampaignState.CANCELLED:
                records.exclude_waiting(connection, campaign_id, now)

    def recover(self, campaign_id: str, *, now: datetime, alone: bool, harmless: bool) -> int:
        """Tidies what senders that died left behind; gives how many are uncertain because of it.

        `alone`: nobody else can be sending, so no lease needs to run out first. `harmless`: handing the same delivery
        over again does no harm, so nothing is uncertain. After a loss of power everything claimed is uncertain, since
        marks may have been lost with it; after a crash of the program alone, only what was marked."""
        stale = deliveries.c.campaign_id == campaign_id
        if not alone:
            stale = and_(stale, deliveries.c.lease_until < now)
        claimed, marked = (deliveries.c.state == state for state in (DeliveryState.CLAIMED, DeliveryState.INTENT))
        doubtful = {"state": DeliveryState.UNCERTAIN, "changed_at": now}
        with self._database.write(CAMPAIGNS) as connection:
            if harmless:
                connection.execute(_left_behind(stale, or_(claimed, marked)).values(_free(now)))
                return 0
            power = _left_behind(stale, claimed, _before_the_machine_stopped(self._database.boot))
            count = connection.execute(power.values(doubtful | {"reason": _POWER})).rowcount
            connection.execute(_left_behind(stale, claimed).values(_free(now)))
            crash = _left_behind(stale, marked).values(doubtful | {"reason": _STOPPED})
            return count + connection.execute(crash).rowcount

    def reopen(self, campaign_id: str, *, now: datetime) -> int:
        """A new run tries again what failed for a time in the last one."""
        failed = and_(deliveries.c.campaign_id == campaign_id, deliveries.c.state == DeliveryState.FAILED)
        with self._database.write(CAMPAIGNS) as connection:
            return connection.execute(
                update(deliveries).where(failed).values(_free(now) | {"attempts": 0, "not_before": None})
            ).rowcount

    def next_retry(self, campaign_id: str) -> datetime | None:
        """When the next temporary failure may be tried again; None: nothing waits for another try in this run."""
        query = select(func.min(deliveries.c.not_before)).where(
            deliveries.c.campaign_id == campaign_id, deliveries.c.state == DeliveryState.FAILED
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def handed_over(self, since: datetime) -> tuple[datetime, ...]:
        """When messages of any campaign were handed over or answered for, from `since` on, ascending."""
        recent = or_(campaigns.c.changed_at >= since, campaigns.c.state == CampaignState.RUNNING)
        query = (
            select(deliveries.c.changed_at)
            .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
            .where(recent, deliveries.c.attempts > 0, deliveries.c.changed_at >= since)
            .where(deliveries.c.state.not_in((DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.EXCLUDED)))
            .order_by(deliveries.c.changed_at)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def _gone(self, connection: Connection, rows: Sequence[Row[tuple[object, ...]]], audience: str) -> dict[str, str]:
        """Of the rows about to be claimed, those who left: delivery id -> reason. Asks the list and the hashes."""
        never = suppressed_keys(connection, self._hasher, [row.email_key for row in rows if row.email_key])
        gone: dict[str, str] = {}
        for row in rows:
            scopes = never.get(row.email_key or "", {})
            if row.email is None:
                gone[row.id] = "erased"
            elif reason := row.suppressed or scopes.get(EVERYWHERE) or scopes.get(audience):
                gone[row.id] = reason
            elif not row.active:
                gone[row.id] = "unsubscribed"
        return gone


def _left_behind(*conditions: ColumnElement[bool]) -> Update:
    """Changes these deliveries, save those that a sender which wakes up late is writing to at this moment."""
    chosen = select(deliveries.c.id).where(*conditions).with_for_update(skip_locked=True)
    return update(deliveries).where(deliveries.c.id.in_(chosen))


def _before_the_machine_stopped(boot: str) -> ColumnElement[bool]:
    """Leases of senders that ran before the machine last started. Owners without a start are never meant."""
    return and_(deliveries.c.lease_owner.like("_%:%"), deliveries.c.lease_owner.not_like(f"{boot}:%"))


def _waiting(
    connection: Connection, campaign_id: str, audience: str, limit: int, now: datetime
) -> list[Row[tuple[object, ...]]]:
    """Those never tried, then those whose back-off is over; each with what the list says of the person now.

    Two queries, each on the index of states: one with OR would read the whole campaign."""
    pending = _people(campaign_id, audience, deliveries.c.state == DeliveryState.PENDING).limit(limit)
    rows = list(connection.execute(pending).all())
    if len(rows) < limit:
        due = and_(deliveries.c.state == DeliveryState.FAILED, deliveries.c.not_before <= now)
        rows += connection.execute(_people(campaign_id, audience, due).limit(limit - len(rows))).all()
    return rows


def _people(campaign_id: str, audience: str, condition: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    subscription = and_(subscriptions.c.subscriber_id == subscribers.c.id, subscriptions.c.audience == audience)
    active = and_(subscriptions.c.subscriber_id.is_not(None), subscriptions.c.ended_at.is_(None)).label("active")
    source = deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id).outerjoin(
        subscriptions, subscription
    )
    return (
        select(
            deliveries.c.id,
            deliveries.c.state,
            deliveries.c.subscriber_id,
            subscribers.c.email,
            subscribers.c.email_key,
            subscribers.c.name,
            subscribers.c.suppressed,
            active,
        )
        .select_from(source)
        .where(deliveries.c.campaign_id == campaign_id, condition)
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )


def _recipient(row: Row[tuple[object, ...]], campaign_id: str) -> Recipient:
    delivery_id, _, subscriber_id, email, _, name, *_ = cast("tuple[Any, ...]", row)
    return Recipient(delivery_id, subscriber_id, email, name, campaign_id)


def _exclude(connection: Connection, delivery_id: str, reason: str, now: datetime) -> None:
    set_values(connection, [delivery_id], now, state=DeliveryState.EXCLUDED, reason=reason, not_before=None)


def _free(now: datetime) -> dict[str, object]:
    return {"state": DeliveryState.PENDING, "lease_owner": None, "lease_until": None, "changed_at": now}
