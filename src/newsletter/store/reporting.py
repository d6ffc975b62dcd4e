"""Counts for the board's report. Reads only, and gives numbers: no address, no name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from newsletter.models.dates import LONDON
from newsletter.models.delivery import CampaignState, DeliveryState
from newsletter.models.report import AFTER, Month, Part, Sent
from newsletter.store import records
from newsletter.store.database import Database
from newsletter.store.portable import domain_of
from newsletter.store.schema import (
    EVERYWHERE,
    campaign_events,
    campaigns,
    consent_events,
    deliveries,
    subscribers,
    subscriptions,
)

_FAILED = (DeliveryState.BOUNCED, DeliveryState.REFUSED)
_OFFERED = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.COMPLAINED, *_FAILED)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Reports:
    """What the report asks of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent(self, since: datetime, until: datetime, issue_path: str = "") -> dict[str, Sent]:
        """Campaign id -> what became of it, oldest first; tests and what was never begun do not count."""
        wanted = and_(
            campaigns.c.test.is_(False), records.went_out(), campaigns.c.created_at < until,
            campaigns.c.issue_path == issue_path if issue_path else campaigns.c.changed_at >= since,
        )  # fmt: skip
        with self._database.read() as connection:
            found = records.listed(connection, wanted)
            started = _started(connection, [campaign.id for campaign in found])
            told = _told(connection, [campaign.id for campaign in found])
            sent = {
                campaign.id: Sent(
                    issue=campaign.issue_path, title=campaign.title, series=campaign.series,
                    audience=campaign.audience, state=campaign.state,
                    started_at=started.get(campaign.id, campaign.created_at),
                    recipients=campaign.tally.frozen, accepted=campaign.tally.accepted,
                    refused=campaign.tally.refused, excluded=campaign.tally.excluded,
                    uncertain=campaign.tally.uncertain, waiting=campaign.tally.pending + campaign.tally.failed,
                    bounced=told.get((campaign.id, DeliveryState.BOUNCED), 0),
                    complained=told.get((campaign.id, DeliveryState.COMPLAINED), 0),
                    unsubscribed=_left_after(connection, campaign.id, campaign.audience, started.get(campaign.id)),
                )
                for campaign in found
            }  # fmt: skip
        within = {key: one for key, one in sent.items() if issue_path or since <= one.started_at < until}
        return dict(sorted(within.items(), key=lambda pair: pair[1].started_at))

    def by_agency(self, campaign_ids: Sequence[str]) -> tuple[Part, ...]:
        """Messages of these campaigns, by the agency that their readers have today."""
        return self._parts(campaign_ids, subscribers.c.agency)

    def by_domain(self, campaign_ids: Sequence[str]) -> tuple[Part, ...]:
        """The same by the domain of their addresses."""
        return self._parts(campaign_ids, domain_of(subscribers.c.email_key))

    def _parts(self, campaign_ids: Sequence[str], column: ColumnElement[str]) -> tuple[Part, ...]:
        query = (
            select(
                column,
                func.count(deliveries.c.subscriber_id.distinct()),
                func.count(),
                func.sum(case((deliveries.c.state.in_(_FAILED), 1), else_=0)),
            )
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.campaign_id.in_(campaign_ids), deliveries.c.state.in_(_OFFERED))
            .group_by(column)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Part(name=name, people=people, offered=all_, failed=bad) for name, people, all_, bad in rows)

    def people(self) -> int:
        """Who gets something now, those included whom no mail may go to."""
        query = select(func.count(subscriptions.c.subscriber_id.distinct())).where(subscriptions.c.ended_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def months(self, since: date, until: date) -> tuple[Month, ...]:
        """The list month by month. People who were erased since are in none of them."""
        last = func.max(func.coalesce(subscriptions.c.ended_at, _FAR), type_=subscriptions.c.ended_at.type)
        query = (
            select(subscribers.c.created_at, last)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .group_by(subscribers.c.id, subscribers.c.created_at)
        )
        joined: Counter[date] = Counter()
        left: Counter[date] = Counter()
        with self._database.read() as connection:
            for came, went in connection.execute(query):
                joined[_month(came)] += 1
                if went < _FAR:
                    left[_month(went)] += 1
        first = since.replace(day=1)
        size = sum(number for day, number in joined.items() if day < first)
        size -= sum(number for day, number in left.items() if day < first)
        months = []
        while first <= until:
            size += joined[first] - left[first]
            months.append(Month(first_day=first, joined=joined[first], left=left[first], size=size))
            first = (first + timedelta(days=32)).replace(day=1)
        return tuple(months)


def _month(moment: datetime) -> date:
    return moment.astimezone(LONDON).date().replace(day=1)


def _started(connection: Connection, keys: Sequence[str]) -> Mapping[str, datetime]:
    """When each was first set running."""
    query = (
        select(campaign_events.c.campaign_id, func.min(campaign_events.c.at, type_=campaign_events.c.at.type))
        .where(campaign_events.c.campaign_id.in_(keys), campaign_events.c.state == CampaignState.RUNNING)
        .group_by(campaign_events.c.campaign_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _told(connection: Connection, keys: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """What mail services told afterwards: campaign and state -> deliveries."""
    states = (DeliveryState.BOUNCED, DeliveryState.COMPLAINED)
    query = (
        select(deliveries.c.campaign_id, deliveries.c.state, func.count())
        .where(deliveries.c.campaign_id.in_(keys), deliveries.c.state.in_(states))
        .group_by(deliveries.c.campaign_id, deliveries.c.state)
    )
    return {(key, state): number for key, state, number in connection.execute(query)}


def _left_after(connection: Connection, key: str, audience: str, started: datetime | None) -> int:
    """How many of those who got it left its audience within `AFTER` days."""
    if started is None:
        return 0
    query = (
        select(func.count(consent_events.c.subscriber_id.distinct()))
        .join(deliveries, deliveries.c.subscriber_id == consent_events.c.subscriber_id)
        .where(
            deliveries.c.campaign_id == key,
            deliveries.c.state.in_(_OFFERED),
            consent_events.c.what == "unsubscribed",
            or_(consent_events.c.audience == audience, consent_events.c.audience == EVERYWHERE),
            consent_events.c.at >= started,
            consent_events.c.at < started + timedelta(days=AFTER),
        )
    )
    return connection.execute(query).scalar_one()
