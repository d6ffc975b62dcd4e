"""What workers ask of the ledger besides sending: campaigns handed to them, and how much of each is left to take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from newsletter.models.delivery import Campaign, CampaignState, DeliveryState
from newsletter.store import records
from newsletter.store.database import CAMPAIGNS, Database
from newsletter.store.schema import campaigns, deliveries

BY_WORKERS = "by the workers"


@dataclass(frozen=True)
class Outlook:
    """What is left of a campaign."""

    waiting: int  # recipients that may be claimed now, counted up to a limit
    underway: bool  # some are claimed or being handed over, or will be tried again later
    given_up: bool  # some failed for a time so often that this run does not try them again

    @property
    def over(self) -> bool:
        """Whether workers can do no more for it."""
        return not self.waiting and not self.underway


class Workers:
    """Campaigns that are sent by whichever worker is free."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_over(self, campaign_id: str, *, now: datetime, by: str = "") -> Campaign:
        """From now on workers send it; gives it as it stood before. A finished one stays as it is.

        Raises:
            Refused: it was cancelled.
        """
        with self._database.write(CAMPAIGNS) as connection:
            return records.set_running(connection, campaign_id, BY_WORKERS, by, now, queued=True)

    def campaigns(self) -> tuple[str, ...]:
        """Those that workers are to send now, the oldest first."""
        query = select(campaigns.c.id).where(campaigns.c.queued, campaigns.c.state == CampaignState.RUNNING)
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(campaigns.c.created_at, campaigns.c.id)))

    def note_transport(self, campaign_id: str, transport: str) -> None:
        """By which transport a worker sends it now."""
        other = and_(campaigns.c.id == campaign_id, campaigns.c.transport != transport)
        with self._database.write_rows() as connection:
            connection.execute(update(campaigns).where(other).values(transport=transport))

    def outlook(self, campaign_id: str, *, now: datetime, most: int) -> Outlook:
        """What is left of it. `most`: how far is counted."""
        state, not_before = deliveries.c.state, deliveries.c.not_before
        failed = state == DeliveryState.FAILED
        pending = state == DeliveryState.PENDING
        due = and_(failed, not_before <= now)
        later = or_(state.in_((DeliveryState.CLAIMED, DeliveryState.INTENT)), and_(failed, not_before > now))
        with self._database.read() as connection:
            waiting = sum(_count(connection, campaign_id, which, most) for which in (pending, due))
            underway = _any(connection, campaign_id, later)
            return Outlook(waiting, underway, _any(connection, campaign_id, and_(failed, not_before.is_(None))))


def _of(campaign_id: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(deliveries.c.campaign_id == campaign_id, condition)


def _count(connection: Connection, campaign_id: str, condition: ColumnElement[bool], most: int) -> int:
    some = select(deliveries.c.id).where(_of(campaign_id, condition)).limit(most).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _any(connection: Connection, campaign_id: str, condition: ColumnElement[bool]) -> bool:
    return bool(connection.execute(select(exists().where(_of(campaign_id, condition)))).scalar_one())
