"""The sender's side of the ledger: recipients are claimed, marked just before they are handed over, and settled.

Every change carries the lease of the sender who makes it, and does nothing once the lease is somebody else's: a sender
that was paused and wakes up late changes nothing. A mark (`intent`) that a crash left behind becomes `uncertain`, never
`pending`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select, update

from newsletter.models.delivery import CampaignState, Claim, DeliveryState, Receipt, ReceiptState, Recipient
from newsletter.store.consent import CHUNK, AddressHasher, suppressed
from newsletter.store.database import Database
from newsletter.store.schema import EVERYWHERE, campaigns, deliveries, subscribers, subscriptions

_STOPPED = "The program stopped while this message was being handed over."
_STATE_AFTER = {
    ReceiptState.ACCEPTED: DeliveryState.ACCEPTED,
    ReceiptState.REFUSED: DeliveryState.REFUSED,
    ReceiptState.TEMPORARY: DeliveryState.FAILED,
}


class Leases:
    """Fits the ledger that `delivery/campaign.py` asks for."""

    def __init__(self, database: Database, hasher: AddressHasher) -> None:
        self._database = database
        self._hasher = hasher

    def sending(self) -> AbstractContextManager[bool]:
        """Held while sending. Yields whether nobody else can be sending.

        Raises:
            Refused: somebody else is, and this database takes one sender at a time.
        """
        return self._database.alone()

    def claim(self, campaign_id: str, *, owner: str, limit: int, now: datetime, until: datetime) -> Claim:
        """Leases up to `limit` recipients until `until`; those who left since the freeze are excluded instead.

        An empty claim means that nobody is left to send to now."""
        with self._database.write() as connection:
            running = select(campaigns.c.audience).where(
                campaigns.c.id == campaign_id, campaigns.c.state == CampaignState.RUNNING
            )
            audience = connection.execute(running).scalar_one_or_none()
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
                    _set(connection, [row.id for row in staying], now, **lease)
                    recipients = tuple(_recipient(row, campaign_id) for row in staying)
                    return Claim(recipients=recipients, excluded=excluded, retried=retried)
            return Claim(excluded=excluded, retried=retried)

    def intend(
        self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime, until: datetime
    ) -> frozenset[str]:
        """Marks those about to be handed over, and gives those that are still ours. Committed when it returns."""
        ours = and_(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.lease_owner == owner,
            deliveries.c.state == DeliveryState.CLAIMED,
        )
        with self._database.write() as connection:
            mine = _among(connection, delivery_ids, ours)
            _set(
                connection, mine, now, state=DeliveryState.INTENT, lease_until=until, attempts=deliveries.c.attempts + 1
            )
        return frozenset(mine)

    def settle(
        self, campaign_id: str, *, owner: str, receipts: Sequence[Receipt], now: datetime, backoff: Sequence[timedelta]
    ) -> int:
        """Writes down what the service answered; a late answer also settles what was uncertain. How many were ours.

        `backoff`: how long a temporary failure waits, by its number of attempts; after the last, until the next run."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.id == bindparam("b_id"), deliveries.c.campaign_id == campaign_id,
                deliveries.c.lease_owner == owner, _open(),
            )
            .values(
                state=bindparam("b_state"), provider_id=bindparam("b_provider"), reason=bindparam("b_reason"),
                not_before=bindparam("b_retry"), changed_at=now,
            )
        )  # fmt: skip
        if not receipts:
            return 0
        with self._database.write() as connection:
            tried = _attempts(connection, [r.delivery_id for r in receipts if r.state is ReceiptState.TEMPORARY])
            rows = [
                {
                    "b_id": receipt.delivery_id,
                    "b_state": _STATE_AFTER[receipt.state],
                    "b_provider": receipt.provider_id,
                    "b_reason": receipt.reason,
                    "b_retry": _retry_at(tried.get(receipt.delivery_id), now, backoff),
                }
                for receipt in receipts
            ]
            return connection.execute(statement, rows).rowcount

    def doubt(self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], reason: str, now: datetime) -> None:
        """Nobody knows whether these were accepted. The lease stays, so that a late answer can still settle them."""
        self._move(
            campaign_id, owner, delivery_ids, (DeliveryState.INTENT,), now, state=DeliveryState.UNCERTAIN, reason=reason
        )

    def hold(self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime) -> None:
        """Takes back refusals of a run of them: it is the service that fails, not the addresses."""
        self._move(
            campaign_id, owner, delivery_ids, (DeliveryState.REFUSED,), now, state=DeliveryState.FAILED, not_before=None
        )

    def give_back(self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime) -> None:
        """These were certainly not handed over: they keep their place and lose no attempt."""
        lease = {"lease_owner": None, "lease_until": None}
        values = {"state": DeliveryState.PENDING, "attempts": deliveries.c.attempts - 1, **lease}
        self._move(campaign_id, owner, delivery_ids, (DeliveryState.INTENT,), now, **values)

    def release(self, campaign_id: str, *, owner: str, now: datetime) -> None:
        """Lets go of all that was claimed and not begun."""
        mine = and_(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.lease_owner == owner,
            deliveries.c.state == DeliveryState.CLAIMED,
        )
        with self._database.write() as connection:
            connection.execute(update(deliveries).where(mine).values(_free(now)))

    def recover(self, campaign_id: str, *, now: datetime, alone: bool, harmless: bool) -> int:
        """Tidies what senders that died left behind; gives how many are uncertain because of it.

        `alone`: nobody else can be sending, so no lease needs to run out first. `harmless`: handing the same delivery
        over again does no harm, so nothing is uncertain."""
        stale = deliveries.c.campaign_id == campaign_id
        if not alone:
            stale = and_(stale, deliveries.c.lease_until < now)
        doubtful = {"state": DeliveryState.UNCERTAIN, "reason": _STOPPED, "changed_at": now}
        with self._database.write() as connection:
            connection.execute(
                update(deliveries).where(stale, deliveries.c.state == DeliveryState.CLAIMED).values(_free(now))
            )
            marked = update(deliveries).where(stale, deliveries.c.state == DeliveryState.INTENT)
            count = connection.execute(marked.values(_free(now) if harmless else doubtful)).rowcount
        return 0 if harmless else count

    def reopen(self, campaign_id: str, *, now: datetime) -> int:
        """A new run tries again what failed for a time in the last one."""
        failed = and_(deliveries.c.campaign_id == campaign_id, deliveries.c.state == DeliveryState.FAILED)
        with self._database.write() as connection:
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

    def _gone(self, connection: Connection, rows: Sequence[Row[tuple[object, ...]]], audience: str) -> dict[str, str]:
        """Of the rows about to be claimed, those who left: delivery id -> reason. Asks the list and the hashes."""
        never = suppressed(connection, self._hasher, [row.email for row in rows if row.email])
        gone: dict[str, str] = {}
        for row in rows:
            scopes = never.get(row.email or "", {})
            if row.email is None:
                gone[row.id] = "erased"
            elif reason := row.suppressed or scopes.get(EVERYWHERE) or scopes.get(audience):
                gone[row.id] = reason
            elif not row.active:
                gone[row.id] = "unsubscribed"
        return gone

    def _move(
        self,
        campaign_id: str,
        owner: str,
        delivery_ids: Sequence[str],
        states: tuple[DeliveryState, ...],
        now: datetime,
        **values: object,
    ) -> None:
        ours = and_(
            deliveries.c.campaign_id == campaign_id, deliveries.c.lease_owner == owner, deliveries.c.state.in_(states)
        )
        with self._database.write() as connection:
            _set(connection, _among(connection, delivery_ids, ours), now, **values)


def _waiting(
    connection: Connection, campaign_id: str, audience: str, limit: int, now: datetime
) -> list[Row[tuple[object, ...]]]:
    """Those never tried, then those whose back-off is over; each with what the list says of the person now.

    Two queries, each on the index of states: one with OR would read the whole campaign."""
    pending = _people(campaign_id, audience, deliveries.c.state == DeliveryState.PENDING).limit(limit)
    rows = list(connection.execute(pending))
    if len(rows) < limit:
        due = and_(deliveries.c.state == DeliveryState.FAILED, deliveries.c.not_before <= now)
        rows += connection.execute(_people(campaign_id, audience, due).limit(limit - len(rows)))
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
    return Recipient(
        delivery_id=row.id, subscriber_id=row.subscriber_id, email=row.email, name=row.name, campaign_id=campaign_id
    )


def _exclude(connection: Connection, delivery_id: str, reason: str, now: datetime) -> None:
    _set(connection, [delivery_id], now, state=DeliveryState.EXCLUDED, reason=reason, not_before=None)


def _free(now: datetime) -> dict[str, object]:
    return {"state": DeliveryState.PENDING, "lease_owner": None, "lease_until": None, "changed_at": now}


def _set(connection: Connection, delivery_ids: Sequence[str], now: datetime, **values: object) -> None:
    for start in range(0, len(delivery_ids), CHUNK):
        chosen = deliveries.c.id.in_(delivery_ids[start : start + CHUNK])
        connection.execute(update(deliveries).where(chosen).values(changed_at=now, **values))


def _among(connection: Connection, delivery_ids: Sequence[str], condition: ColumnElement[bool]) -> list[str]:
    """Those of `delivery_ids` that fit the condition, in the same order."""
    found: set[str] = set()
    for start in range(0, len(delivery_ids), CHUNK):
        chosen = deliveries.c.id.in_(delivery_ids[start : start + CHUNK])
        found.update(connection.scalars(select(deliveries.c.id).where(chosen, condition).with_for_update()))
    return [delivery_id for delivery_id in delivery_ids if delivery_id in found]


def _open() -> ColumnElement[bool]:
    """Not yet answered for. Written with OR, since a list cannot be used in a statement run for many rows."""
    states = (DeliveryState.CLAIMED, DeliveryState.INTENT, DeliveryState.UNCERTAIN)
    return or_(*(deliveries.c.state == state for state in states))


def _attempts(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, int]:
    attempts: dict[str, int] = {}
    for start in range(0, len(delivery_ids), CHUNK):
        chosen = deliveries.c.id.in_(delivery_ids[start : start + CHUNK])
        rows = connection.execute(select(deliveries.c.id, deliveries.c.attempts).where(chosen))
        attempts.update({row.id: row.attempts for row in rows})
    return attempts


def _retry_at(attempts: int | None, now: datetime, backoff: Sequence[timedelta]) -> datetime | None:
    if attempts is None or attempts > len(backoff):
        return None
    return now + backoff[max(attempts, 1) - 1]
