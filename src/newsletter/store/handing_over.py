"""The ledger while messages are handed over: marked just before, settled after, in doubt, or given back.

Every change carries the lease of the sender who makes it, and does nothing once the lease is somebody else's: a sender
that was paused and wakes up late changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, or_, select, update

from newsletter.models.delivery import DeliveryState, Receipt, ReceiptState
from newsletter.store.consent import CHUNK
from newsletter.store.database import Database
from newsletter.store.prepared import Prepared
from newsletter.store.schema import deliveries

_STATE_AFTER = {
    ReceiptState.ACCEPTED: DeliveryState.ACCEPTED,
    ReceiptState.REFUSED: DeliveryState.REFUSED,
    ReceiptState.TEMPORARY: DeliveryState.FAILED,
}
_OURS = and_(
    deliveries.c.id == bindparam("b_id"),
    deliveries.c.campaign_id == bindparam("b_campaign"),
    deliveries.c.lease_owner == bindparam("b_owner"),
)
_OPEN = or_(  # not yet answered for; with OR, since a list cannot be used in a statement run for many rows
    *(deliveries.c.state == state for state in (DeliveryState.CLAIMED, DeliveryState.INTENT, DeliveryState.UNCERTAIN))
)
_CHOSEN = deliveries.c.id.in_(bindparam("chosen", expanding=True))  # put together once, not for each of hundreds
_MARK = Prepared(
    update(deliveries)
    .where(_OURS, deliveries.c.state == DeliveryState.CLAIMED)
    .values(
        state=DeliveryState.INTENT,
        attempts=deliveries.c.attempts + 1,
        lease_until=bindparam("b_until"),
        changed_at=bindparam("b_now"),
    )
)
_SETTLE = Prepared(
    update(deliveries)
    .where(_OURS, _OPEN)
    .values(
        state=bindparam("b_state"),
        provider_id=bindparam("b_provider"),
        reason=bindparam("b_reason"),
        not_before=bindparam("b_retry"),
        changed_at=bindparam("b_now"),
    )
)


class HandingOver:
    """What a sender writes down about recipients it has claimed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exchange(
        self,
        campaign_id: str,
        *,
        owner: str,
        receipts: Sequence[Receipt],
        delivery_ids: Sequence[str],
        now: datetime,
        until: datetime,
        backoff: Sequence[timedelta],
    ) -> frozenset[str]:
        """Settles some and marks others, in one transaction that outlives this process; gives those marked.

        It may be lost with the power; then the claim, which may not, tells that these are in doubt (`recover`)."""
        keys = delivery_ids
        plain = all(receipt.state is not ReceiptState.TEMPORARY for receipt in receipts)
        try:
            with self._database.write_prepared() if plain else self._database.write_quickly() as connection:
                _settle(connection, campaign_id, owner, receipts, now, backoff)
                _mark(connection, campaign_id, owner, keys, now, until)
        except _NotAllOursError:  # rare: look first, then mark
            with self._database.write_quickly() as connection:
                _settle(connection, campaign_id, owner, receipts, now, backoff)
                claimed = and_(
                    deliveries.c.campaign_id == campaign_id,
                    deliveries.c.lease_owner == owner,
                    deliveries.c.state == DeliveryState.CLAIMED,
                )
                keys = _among(connection, list(dict.fromkeys(delivery_ids)), claimed)
                _mark(connection, campaign_id, owner, keys, now, until)
        return frozenset(keys)

    def intend(
        self, campaign_id: str, *, owner: str, delivery_ids: Sequence[str], now: datetime, until: datetime
    ) -> frozenset[str]:
        """Marks those about to be handed over, and gives those that are still ours."""
        return self.exchange(
            campaign_id, owner=owner, receipts=(), delivery_ids=delivery_ids, now=now, until=until, backoff=()
        )

    def settle(
        self, campaign_id: str, *, owner: str, receipts: Sequence[Receipt], now: datetime, backoff: Sequence[timedelta]
    ) -> int:
        """Writes down what the service answered; a late answer also settles what was uncertain. How many were ours.

        `backoff`: how long a temporary failure waits, by its number of attempts; after the last, until the next run."""
        with self._database.write_quickly() as connection:
            return _settle(connection, campaign_id, owner, receipts, now, backoff)

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
        marked = case((deliveries.c.state == DeliveryState.INTENT, 1), else_=0)
        self._move(
            campaign_id, owner, delivery_ids, (DeliveryState.INTENT, DeliveryState.CLAIMED), now,
            state=DeliveryState.PENDING, attempts=deliveries.c.attempts - marked, lease_owner=None, lease_until=None,
        )  # fmt: skip

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
        with self._database.write_rows() as connection:
            set_values(connection, _among(connection, delivery_ids, ours), now, **values)


def set_values(connection: Connection, delivery_ids: Sequence[str], now: datetime, **values: object) -> None:
    """The same values for many deliveries."""
    statement = update(deliveries).where(_CHOSEN).values(changed_at=now, **values)
    for start in range(0, len(delivery_ids), CHUNK):
        connection.execute(statement, {"chosen": delivery_ids[start : start + CHUNK]})


class _NotAllOursError(Exception):
    """Some of them are somebody else's by now, or marked already: the transaction is rolled back."""


def _mark(
    connection: Connection, campaign_id: str, owner: str, delivery_ids: Sequence[str], now: datetime, until: datetime
) -> None:
    """Marks these, or raises if one of them is not claimed by this sender."""
    if not delivery_ids:
        return
    shared = {"b_campaign": campaign_id, "b_owner": owner, "b_until": until, "b_now": now}
    if _MARK.run(connection, [{"b_id": key} for key in delivery_ids], shared) != len(delivery_ids):
        raise _NotAllOursError


def _settle(
    connection: Connection,
    campaign_id: str,
    owner: str,
    receipts: Sequence[Receipt],
    now: datetime,
    backoff: Sequence[timedelta],
) -> int:
    if not receipts:
        return 0
    again = [receipt.delivery_id for receipt in receipts if receipt.state is ReceiptState.TEMPORARY]
    tried = _attempts(connection, again) if again else {}
    shared = {"b_campaign": campaign_id, "b_owner": owner, "b_now": now}
    rows = [
        {
            "b_id": receipt.delivery_id,
            "b_state": _STATE_AFTER[receipt.state],
            "b_provider": receipt.provider_id,
            "b_reason": receipt.reason,
            "b_retry": _retry_at(tried.get(receipt.delivery_id), now, backoff),
        }
        for receipt in sorted(receipts, key=attrgetter("delivery_id"))  # as everybody locks them: no deadlock
    ]
    return _SETTLE.run(connection, rows, shared)


def _among(connection: Connection, delivery_ids: Sequence[str], condition: ColumnElement[bool]) -> list[str]:
    """Those of `delivery_ids` that fit the condition, in the same order."""
    found: set[str] = set()
    for start in range(0, len(delivery_ids), CHUNK):
        chosen = deliveries.c.id.in_(delivery_ids[start : start + CHUNK])
        found.update(connection.scalars(select(deliveries.c.id).where(chosen, condition).with_for_update()))
    return [delivery_id for delivery_id in delivery_ids if delivery_id in found]


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
