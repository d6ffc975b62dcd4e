"""Campaigns: frozen, sent from here or by workers, and what a person decides about those in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from newsletter.app.resources import Resources
from newsletter.errors import Refused

if TYPE_CHECKING:
    from newsletter.delivery.share import Share
    from newsletter.models.delivery import Campaign, Message, Recipient, Tally
    from newsletter.pipeline.sending import Plan
    from newsletter.pipeline.syncing import Synced


class Sending(Resources):
    """What sending an issue does."""

    def freeze(self, plan: Plan) -> Campaign:
        """Opens the campaign: edition, audience and one delivery for each recipient, in one transaction."""
        from newsletter.pipeline.campaigns import repeat_of

        now, ledger, edition, to = self.now(), self.store.ledger, plan.edition, plan.audience
        repeat = now.isoformat() if to.test else repeat_of(ledger, edition.hash, to.name)
        return ledger.freeze(edition, to.name, now=now, test=to.test, repeat=repeat)

    def deliver(
        self,
        campaign: Campaign,
        transport: str | None,
        on_progress: Callable[[Tally], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Tally:
        """Sends to everybody of this campaign who is still pending. `should_stop` is asked between two batches.

        Raises:
            Refused, TransportError, Incomplete: paused, and why; nobody lost their place.
        """
        from newsletter.delivery import campaign as campaigns

        compose = self._composer(campaign, transport)
        if self.publication.unsubscribe.mode == "provider":
            self.sync(transport)
        return campaigns.run(
            self.store.ledger,
            self.open_transport(transport),
            compose,
            campaign.id,
            clock=self.now,
            on_progress=on_progress,
            should_stop=should_stop,
            policy=campaigns.Policy(rates=self.transport_dsn(transport).rates(**self.publication.delivery.limits)),
        )

    def hand_over(self, campaign: Campaign, by: str = "") -> Tally:
        """From now on workers send this campaign; how it stands.

        Raises:
            StoreError: there are no workers with this database, or it is not ready for them. Refused: it was cancelled.
        """
        from newsletter.pipeline import working

        queue = self.store.queue()
        if self.publication.unsubscribe.mode == "provider":
            self.sync()
        with self.store.ledger.sending() as alone:
            self.store.ledger.recover(campaign.id, now=self.now(), alone=alone, harmless=False)
            self.store.ledger.reopen(campaign.id, now=self.now())
        self.store.workers.hand_over(campaign.id, now=self.now(), by=by)
        working.top_up(self.store.workers, queue, campaign.id, self.now(), queue.waiting().get(campaign.id, 0))
        return self.store.ledger.tally(campaign.id)

    def work(
        self,
        transport: str | None,
        tell: Callable[[str, Tally | None, str], None],
        should_stop: Callable[[], bool],
        *,
        drain: bool = False,
    ) -> None:
        """Sends what was handed to the workers, until asked to stop or (`drain`) nothing is left.

        Raises:
            StoreError: the database does not answer, or is not ready for workers.
        """
        from newsletter.pipeline.working import EVERY, Worker

        store, queue = self.store, self.store.queue()

        def share(campaign_id: str) -> Share:
            return self._share(campaign_id, transport, should_stop)

        worker = Worker(store.ledger, store.workers, queue, share, clock=self.now, tell=tell)
        try:
            queue.work(
                worker.send,
                worker.look,
                go_on=lambda: not should_stop() and not (drain and worker.idle),
                every=EVERY,
            )
        finally:
            worker.close()

    def _share(self, campaign_id: str, transport: str | None, should_stop: Callable[[], bool]) -> Share:
        from datetime import timedelta

        from newsletter.delivery.policy import Policy
        from newsletter.delivery.share import Share

        return Share(
            self.store.ledger,
            self.open_transport(transport),
            self._composer(self.store.ledger.campaign(campaign_id), transport),
            campaign_id,
            clock=self.now,
            should_stop=should_stop,
            policy=Policy(
                lease=timedelta(minutes=5),
                rates=self.transport_dsn(transport).rates(**self.publication.delivery.limits),
            ),
        )

    def sync(self, transport: str | None = None) -> Synced:
        """Takes over from the mail service whom it does not send to any more.

        Raises:
            UsageError: this transport keeps no such lists. TransportUnavailable: they cannot be read.
        """
        from newsletter.pipeline.syncing import sync

        dsn, group = self.transport_dsn(transport), self.publication.unsubscribe.group
        return sync(dsn, group, self.store.events, self.now())

    def _composer(self, campaign: Campaign, transport: str | None) -> Callable[[Recipient], Message]:
        """Makes the messages from the edition that was frozen, whatever has happened to the folder since."""
        from newsletter.delivery.personalise import Personaliser
        from newsletter.pipeline import holding

        if campaign.audience not in self.publication.audiences:
            raise Refused(
                f"The audience '{campaign.audience}' is no longer in newsletter.toml.",
                hint="Put its table back; nobody else was sent anything.",
            )
        edition = self.store.ledger.edition(campaign.id)
        audience = self.publication.audiences[campaign.audience]
        holding.refuse_frozen(self.desk, edition, audience, self.now())
        if campaign.test:
            edition = edition.model_copy(update={"subject": f"[Test] {edition.subject}"})
        scheme = self.transport_dsn(transport).scheme
        personaliser = Personaliser(edition, self.publication, audience, self.signer, transport=scheme)
        return lambda recipient: personaliser.compose(recipient, date=self.now())

    def decide(self, campaign: Campaign, choice: Literal["skip", "resend"], by: str) -> int:
        """Records a person's decision on the recipients in doubt; how many there were."""
        return self.store.ledger.resolve_uncertain(
            campaign.id, choice, by=by or "the person at the keyboard", now=self.now()
        )
