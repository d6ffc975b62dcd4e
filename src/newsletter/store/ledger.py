"""The ledger: which edition goes to whom, frozen before the first message, and what became of every recipient."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, insert, literal, select, update

from newsletter.errors import Refused
from newsletter.models.addresses import mask
from newsletter.models.delivery import Campaign, CampaignState, DeliveryState, Doubt, Tally
from newsletter.models.edition import Edition
from newsletter.store import editions, records
from newsletter.store.database import CAMPAIGNS
from newsletter.store.leases import Leases
from newsletter.store.portable import remember_sizes
from newsletter.store.schema import campaigns, deliveries, subscribers, subscriptions


def campaign_key(edition_hash: str, audience: str, repeat: str = "") -> str:
    """32 hex digits that follow from what is sent to whom: sending it again finds the first campaign."""
    parts = "\0".join((edition_hash, audience, repeat))
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:32]


class Ledger(Leases):
    """Campaigns and their deliveries."""

    def freeze(
        self, edition: Edition, audience: str, *, now: datetime, test: bool = False, repeat: str = ""
    ) -> Campaign:
        """Opens a campaign: the edition with all its bytes and one delivery for each recipient, in one transaction.

        Doing it again gives the same campaign, as it stands. `repeat`: any text that makes it another one, for test
        audiences, which may get one edition several times.

        Raises:
            Refused: nobody is subscribed to this audience.
        """
        campaign_id = campaign_key(edition.hash, audience, repeat)
        with self._database.write(CAMPAIGNS) as connection:
            if (known := records.find(connection, campaigns.c.id == campaign_id)) is not None:
                return known
            editions.save(connection, edition, now)
            row = {
                "id": campaign_id, "edition_hash": edition.hash, "issue_path": edition.path, "series": edition.series,
                "audience": audience, "subject": edition.subject, "title": edition.title, "test": test,
                "repeat": repeat, "state": CampaignState.DRAFT, "frozen": 0, "created_at": now, "changed_at": now,
            }  # fmt: skip
            connection.execute(insert(campaigns).values(row))
            frozen = records.freeze_recipients(connection, campaign_id, audience, now)
            if not test:
                records.leave_out_those_who_get_it_elsewhere(connection, campaign_id, edition.path)
            if not frozen:
                raise Refused(
                    f"Nobody is subscribed to the audience '{audience}'.",
                    hint="Import its list first: newsletter subscribers import FILE.csv",
                )
            connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(frozen=frozen))
            remember_sizes(connection, deliveries)
            records.log(connection, campaign_id, CampaignState.DRAFT, f"frozen with {frozen} recipients", "", now)
            return records.require(connection, campaign_id)

    def campaign(self, campaign_id: str) -> Campaign:
        """The campaign with this id.

        Raises:
            StoreError: there is none.
        """
        with self._database.read() as connection:
            return records.require(connection, campaign_id)

    def existing(self, edition_hash: str, audience: str, repeat: str = "") -> Campaign | None:
        """The campaign that freezing this would give, if it was frozen already."""
        with self._database.read() as connection:
            return records.find(connection, campaigns.c.id == campaign_key(edition_hash, audience, repeat))

    def campaigns(self, issue_path: str | None = None) -> tuple[Campaign, ...]:
        """Every campaign, or those of one issue, newest first."""
        with self._database.read() as connection:
            return records.listed(
                connection, campaigns.c.issue_path == issue_path if issue_path is not None else literal(True)
            )

    def sent_before(self, issue_path: str, audience: str) -> tuple[Campaign, ...]:
        """Campaigns of this issue, of any edition of it, that this audience got or is getting; newest first."""
        with self._database.read() as connection:
            found = records.listed(
                connection, and_(campaigns.c.issue_path == issue_path, campaigns.c.audience == audience)
            )
        return tuple(
            campaign for campaign in found
            if campaign.state is CampaignState.RUNNING or campaign.tally.accepted + campaign.tally.uncertain > 0
        )  # fmt: skip

    def sent(self) -> dict[str, frozenset[str]]:
        """Issue path -> hashes of its editions that went out, as a whole or in part; test audiences do not count."""
        query = select(campaigns.c.issue_path, campaigns.c.edition_hash).where(
            campaigns.c.test.is_(False), records.went_out()
        )
        sent: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for path, edition_hash in connection.execute(query):
                sent.setdefault(path, set()).add(edition_hash)
        return {path: frozenset(hashes) for path, hashes in sent.items()}

    def previous_size(self, series: str, audience: str, *, besides: str = "") -> int | None:
        """How many recipients this series' last campaign to this audience had (`besides`: a campaign not to count)."""
        query = (
            select(campaigns.c.frozen)
            .where(
                campaigns.c.series == series, campaigns.c.audience == audience, campaigns.c.id != besides,
                campaigns.c.test.is_(False), records.went_out(),
            )
            .order_by(campaigns.c.created_at.desc())
            .limit(1)
        )  # fmt: skip
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def got_elsewhere(self, issue_path: str, audience: str) -> int:
        """How many of this audience a campaign would leave out, since they get the issue through another audience."""
        mine = select(subscriptions.c.subscriber_id).where(
            subscriptions.c.audience == audience, subscriptions.c.ended_at.is_(None)
        )
        query = (
            select(func.count(deliveries.c.subscriber_id.distinct()))
            .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(
                records.gets_it(issue_path),
                campaigns.c.audience != audience,
                subscribers.c.suppressed == "",
                deliveries.c.subscriber_id.in_(mine),
            )
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def edition(self, campaign_id: str) -> Edition:
        """The edition that was frozen for this campaign, byte for byte."""
        with self._database.read() as connection:
            return editions.load(connection, records.require(connection, campaign_id).edition_hash)

    def tally(self, campaign_id: str) -> Tally:
        """The sum that must add up."""
        return self.campaign(campaign_id).tally

    def start(self, campaign_id: str, *, transport: str, now: datetime) -> Campaign:
        """Sets it running, and gives it as it stood before. A finished one stays as it is.

        Raises:
            Refused: it was cancelled.
        """
        how = {"transport": transport, "queued": False}
        with self._database.write(CAMPAIGNS) as connection:
            return records.set_running(connection, campaign_id, f"by {transport}", "", now, **how)

    def change_state(self, campaign_id: str, state: CampaignState, *, reason: str, now: datetime, by: str = "") -> None:
        """Pauses, cancels and so on; written down with its reason and who did it."""
        with self._database.write(CAMPAIGNS) as connection:
            records.change(connection, campaign_id, state, reason, by, now)

    def state(self, campaign_id: str) -> CampaignState:
        """Where it stands; asked once a second while it is being sent."""
        with self._database.read() as connection:
            query = select(campaigns.c.state).where(campaigns.c.id == campaign_id)
            return CampaignState(connection.execute(query).scalar_one())

    def stop(self, campaign_id: str, *, reason: str, now: datetime) -> None:
        """A run ends with people left: paused. What somebody else made of it meanwhile stays."""
        with self._database.write(CAMPAIGNS) as connection:
            state = records.require(connection, campaign_id).state
            if state is CampaignState.RUNNING:
                records.change(connection, campaign_id, CampaignState.PAUSED, reason, "", now)
            elif state is CampaignState.CANCELLED:
                records.exclude_waiting(connection, campaign_id, now)

    def finish(self, campaign_id: str, *, now: datetime) -> Tally:
        """Closes the campaign if nobody is left and the sum holds; else it stays as it is. Cancelled is for good."""
        with self._database.write(CAMPAIGNS) as connection:
            campaign = records.require(connection, campaign_id)
            tally = campaign.tally
            if campaign.state is CampaignState.CANCELLED:
                records.exclude_waiting(connection, campaign_id, now)
                return records.require(connection, campaign_id).tally
            if tally.adds_up and not tally.pending and not tally.failed:
                records.change(connection, campaign_id, CampaignState.FINISHED, str(tally), "", now)
            return tally

    def uncertain(self, campaign_id: str, *, decided: bool = False) -> tuple[Doubt, ...]:
        """Those who may or may not have got the message: without (or with) those that somebody decided to skip."""
        query = (
            select(deliveries, subscribers.c.email)
            .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.campaign_id == campaign_id, deliveries.c.state == DeliveryState.UNCERTAIN)
            .order_by(deliveries.c.id)
        )
        with self._database.read() as connection:
            return tuple(
                Doubt(
                    delivery_id=row.id, address=mask(row.email) if row.email else "", reason=row.reason,
                    since=row.changed_at, decision=row.decision,
                )
                for row in connection.execute(query if decided else query.where(deliveries.c.decision == ""))
            )  # fmt: skip

    def resolve_uncertain(self, campaign_id: str, choice: Literal["skip", "resend"], *, by: str, now: datetime) -> int:
        """Records a person's decision on everybody who is uncertain; how many. `resend` makes them pending again."""
        values: dict[str, object] = {"decision": f"{choice}, by {by}"}
        if choice == "resend":
            values |= {
                "state": DeliveryState.PENDING,
                "lease_owner": None,
                "lease_until": None,
                "attempts": 0,
                "changed_at": now,
            }
        undecided = and_(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.state == DeliveryState.UNCERTAIN,
            deliveries.c.decision == "",
        )
        with self._database.write(CAMPAIGNS) as connection:
            state = records.require(connection, campaign_id).state
            count = connection.execute(update(deliveries).where(undecided).values(values)).rowcount
            after = CampaignState.PAUSED if choice == "resend" and count else state
            records.change(connection, campaign_id, after, f"{count} uncertain: {choice}", by, now)
            return count
