"""When campaigns start by themselves, and a person's word that stops one: scheduled, paused, cancelled.

A sender notices within a second: it asks for the state of its campaign between two batches.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, update

from newsletter.errors import Refused
from newsletter.models.delivery import Campaign, CampaignState
from newsletter.store import records
from newsletter.store.database import CAMPAIGNS, Database
from newsletter.store.schema import campaigns

_WAITING = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PAUSED)


class Schedules:
    """What people say about the time of campaigns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, campaign_id: str, at: datetime, *, reason: str, by: str = "", now: datetime) -> Campaign:
        """It is to start at this moment. One that waits already is moved; one that was paused goes on then.

        Raises:
            Refused: it is running, or over.
        """
        with self._database.write(CAMPAIGNS) as connection:
            _refuse_unless(records.require(connection, campaign_id), _WAITING, "scheduled")
            moment = update(campaigns).where(campaigns.c.id == campaign_id).values(scheduled_for=at)
            connection.execute(moment)
            records.change(connection, campaign_id, CampaignState.SCHEDULED, reason, by, now)
            return records.require(connection, campaign_id)

    def due(self, now: datetime) -> tuple[Campaign, ...]:
        """Those whose moment has come, the one that waited longest first."""
        ripe = and_(campaigns.c.state == CampaignState.SCHEDULED, campaigns.c.scheduled_for <= now)
        with self._database.read() as connection:
            found = records.listed(connection, ripe)
        return tuple(sorted(found, key=lambda campaign: (campaign.scheduled_for or now, campaign.id)))

    def pause(self, campaign_id: str, *, reason: str, by: str = "", now: datetime) -> Campaign:
        """Nothing more is begun until somebody resumes it.

        Raises:
            Refused: it neither runs nor waits for its time.
        """
        with self._database.write(CAMPAIGNS) as connection:
            stoppable = (CampaignState.RUNNING, CampaignState.SCHEDULED)
            _refuse_unless(records.require(connection, campaign_id), stoppable, "paused")
            records.change(connection, campaign_id, CampaignState.PAUSED, reason, by, now)
            return records.require(connection, campaign_id)

    def cancel(self, campaign_id: str, *, by: str = "", now: datetime) -> Campaign:
        """For good: everybody who was still waiting is excluded. What is being handed over is still answered for.

        Raises:
            Refused: it is over already.
        """
        with self._database.write(CAMPAIGNS) as connection:
            _refuse_unless(records.require(connection, campaign_id), (*_WAITING, CampaignState.RUNNING), "cancelled")
            count = records.exclude_waiting(connection, campaign_id, now)
            reason = f"{count} were still waiting"
            records.change(connection, campaign_id, CampaignState.CANCELLED, reason, by, now)
            return records.require(connection, campaign_id)


def _refuse_unless(campaign: Campaign, states: Collection[CampaignState], what: str) -> None:
    if campaign.state not in states:
        raise Refused(
            f"Sending {campaign.issue_path} to {campaign.audience} is {campaign.state}, so it cannot be {what}.",
            hint=f"See: newsletter status {campaign.issue_path}",
        )
