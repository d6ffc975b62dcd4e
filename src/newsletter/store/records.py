"""Campaigns as rows: freezing their recipients, reading them with their sums, writing their state down.

Works inside a transaction that the caller holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, insert, literal, or_, select, text, update

from newsletter.errors import Refused, StoreError
from newsletter.models.delivery import Campaign, CampaignState, DeliveryState, Tally
from newsletter.store.columns import delivery_id
from newsletter.store.schema import campaign_events, campaigns, deliveries, subscribers, subscriptions

_PART = {  # where each state stands in the sum
    DeliveryState.PENDING: "pending",
    DeliveryState.CLAIMED: "pending",
    DeliveryState.INTENT: "pending",
    DeliveryState.FAILED: "failed",
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.DELIVERED: "accepted",
    DeliveryState.BOUNCED: "accepted",
    DeliveryState.COMPLAINED: "accepted",
    DeliveryState.REFUSED: "refused",
    DeliveryState.UNCERTAIN: "uncertain",
    DeliveryState.EXCLUDED: "excluded",
}

_CANCELLED = "the campaign was cancelled"
_BEGUN = tuple(  # a message left, may have left, or was offered
    state for state in DeliveryState
    if state not in (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.EXCLUDED)
)  # fmt: skip


def freeze_recipients(connection: Connection, key: str, audience: str, now: datetime) -> int:
    """One delivery for each active subscription; addresses that are never mailed are excluded at once."""
    never = subscribers.c.suppressed != ""
    state = case((never, literal(DeliveryState.EXCLUDED.value)), else_=literal(DeliveryState.PENDING.value))
    chosen = (
        select(
            delivery_id(subscribers.c.id, literal(int(key[:6], 16))),
            literal(key),
            subscribers.c.id,
            state,
            literal(0),
            subscribers.c.suppressed,
            literal(now, deliveries.c.changed_at.type),
        )
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(subscriptions.c.audience == audience, subscriptions.c.ended_at.is_(None))
        .order_by(text("1"))  # in the order of the new ids: all indexes grow in theirs
    )
    columns = ["id", "campaign_id", "subscriber_id", "state", "attempts", "reason", "changed_at"]
    connection.execute(insert(deliveries).from_select(columns, chosen, include_defaults=False))
    return connection.execute(
        select(func.count()).select_from(deliveries).where(deliveries.c.campaign_id == key)
    ).scalar_one()


def gets_it(issue_path: str) -> ColumnElement[bool]:
    """A delivery of this issue, test audiences apart, that went out, may have, or still will.

    Cancelling a campaign excludes whoever was still waiting, so those it reached before count here."""
    return and_(
        campaigns.c.issue_path == issue_path,
        campaigns.c.test.is_(False),
        deliveries.c.state.not_in((DeliveryState.EXCLUDED, DeliveryState.REFUSED)),
    )


def went_out() -> ColumnElement[bool]:
    """A campaign that runs or has run. One that was stopped before its first message, or cancelled then, has not."""
    begun = exists().where(deliveries.c.campaign_id == campaigns.c.id, deliveries.c.state.in_(_BEGUN))
    return or_(campaigns.c.state.in_((CampaignState.RUNNING, CampaignState.FINISHED)), begun)


def leave_out_those_who_get_it_elsewhere(connection: Connection, key: str, issue_path: str) -> None:
    """Somebody in two audiences gets an issue once."""
    elsewhere = (
        select(deliveries.c.subscriber_id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(gets_it(issue_path), campaigns.c.id != key)
    )
    statement = (
        update(deliveries)
        .where(
            deliveries.c.campaign_id == key,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.subscriber_id.in_(elsewhere),
        )
        .values(state=DeliveryState.EXCLUDED, reason="gets this issue through another audience")
    )
    connection.execute(statement)


def change(connection: Connection, key: str, state: CampaignState, reason: str, by: str, now: datetime) -> None:
    connection.execute(
        update(campaigns).where(campaigns.c.id == key).values(state=state, reason=reason, changed_at=now)
    )
    log(connection, key, state, reason, by, now)


def set_running(connection: Connection, key: str, reason: str, by: str, now: datetime, **values: object) -> Campaign:
    """Sets a campaign running, with these values, and gives it as it stood before. A finished one stays as it is.

    Raises:
        Refused: it was cancelled.
    """
    before = require(connection, key)
    if before.state is CampaignState.CANCELLED:
        raise Refused(
            f"The campaign '{before.title}' to {before.audience} was cancelled.",
            hint="A cancelled campaign is never sent.",
        )
    if before.state is not CampaignState.FINISHED:
        connection.execute(update(campaigns).where(campaigns.c.id == key).values(**values))
        change(connection, key, CampaignState.RUNNING, reason, by, now)
    return before


def exclude_waiting(connection: Connection, key: str, now: datetime) -> int:
    """It is cancelled: nobody who has not got it yet will; how many. What is being handed over is left to settle."""
    waiting = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.FAILED)
    values = {"state": DeliveryState.EXCLUDED, "reason": _CANCELLED, "not_before": None, "changed_at": now}
    statement = update(deliveries).where(deliveries.c.campaign_id == key, deliveries.c.state.in_(waiting))
    return connection.execute(statement.values(values | {"lease_owner": None, "lease_until": None})).rowcount


def log(connection: Connection, key: str, state: CampaignState, reason: str, by: str, now: datetime) -> None:
    connection.execute(insert(campaign_events).values(campaign_id=key, at=now, state=state, reason=reason, by=by))


def require(connection: Connection, key: str) -> Campaign:
    if (found := find(connection, campaigns.c.id == key)) is None:
        raise StoreError(
            "There is no such campaign in this database.", hint='"newsletter status" lists those there are.'
        )
    return found


def find(connection: Connection, condition: ColumnElement[bool]) -> Campaign | None:
    return next(iter(listed(connection, condition)), None)


def listed(connection: Connection, condition: ColumnElement[bool]) -> tuple[Campaign, ...]:
    """With their sums; newest first."""
    rows = connection.execute(
        select(campaigns).where(condition).order_by(campaigns.c.created_at.desc(), campaigns.c.id)
    ).all()
    parts = _parts(connection, [row.id for row in rows])
    return tuple(
        Campaign.model_validate(
            {key: value for key, value in row._asdict().items() if key != "frozen"}
            | {"tally": Tally(frozen=row.frozen, **parts[row.id])}
        )
        for row in rows
    )


def _parts(connection: Connection, keys: Iterable[str]) -> dict[str, dict[str, int]]:
    parts: dict[str, dict[str, int]] = {key: {} for key in keys}
    query = select(deliveries.c.campaign_id, deliveries.c.state, func.count()).where(
        deliveries.c.campaign_id.in_(list(parts))
    )
    for key, state, count in connection.execute(query.group_by(deliveries.c.campaign_id, deliveries.c.state)):
        part = _PART[DeliveryState(state)]
        parts[key][part] = parts[key].get(part, 0) + count
    return parts
