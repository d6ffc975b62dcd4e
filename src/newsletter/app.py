"""The composition root: joins settings, content, rendering, store and delivery. What is heavy is made at first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from newsletter import settings as settings_module
from newsletter.errors import Refused, UsageError
from newsletter.settings import Settings

if TYPE_CHECKING:
    from newsletter.delivery.links import LinkSigner
    from newsletter.delivery.share import Share
    from newsletter.delivery.transport import Dsn, Transport
    from newsletter.models.delivery import Campaign, Message, Recipient, Tally
    from newsletter.models.edition import Edition
    from newsletter.models.finding import Finding
    from newsletter.models.issue import Issue
    from newsletter.models.publication import Publication
    from newsletter.pipeline.editorial import Built, Checked, Desk, Progress
    from newsletter.pipeline.sending import Plan
    from newsletter.pipeline.syncing import Synced
    from newsletter.rendering.render import Renderer
    from newsletter.rendering.templates import Templates
    from newsletter.store.migrate import State
    from newsletter.store.store import Store


class App:
    """One publication, open. A context manager: closes the database it opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def open(cls, project: Path | None = None) -> App:
        """The publication in `project`, or at or above the current folder.

        Raises:
            UsageError, SettingsError: it is not there, or its settings cannot be used.
        """
        return cls(settings_module.load(settings_module.find_project(project or Path.cwd())))

    def __enter__(self) -> App:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database, if it was opened."""
        if store := self.__dict__.pop("store", None):
            store.close()

    @property
    def project(self) -> Path:
        """The publication's folder."""
        return self.settings.project

    @property
    def public(self) -> Path:
        """Where the archive is written."""
        return self.settings.public

    @property
    def publication(self) -> Publication:
        """What newsletter.toml says."""
        return self.settings.publication

    @property
    def webhook_key(self) -> str:
        """The public key of SendGrid's Event Webhook; "" when there is none."""
        return self.settings.webhook_key

    def now(self) -> datetime:
        """This moment, aware."""
        return datetime.now(UTC)

    @cached_property
    def renderer(self) -> Renderer:
        """Renders this publication's issues."""
        from newsletter.content.assets import read_logo
        from newsletter.rendering.render import Renderer

        return Renderer(self.publication, self.settings.templates, logo=read_logo(self.project, self.publication))

    @property
    def templates(self) -> Templates:
        """The publication's templates, then the package's."""
        return self.renderer.templates

    @cached_property
    def desk(self) -> Desk:
        """What the editorial use cases need."""
        from newsletter.pipeline.editorial import Desk

        return Desk(self.project, self.publication, self.renderer, self.settings.never_publish)

    @cached_property
    def store(self) -> Store:
        """The subscriber database, opened and up to date.

        Raises:
            UsageError: no secret is set. StoreError: it cannot be opened.
        """
        from newsletter.delivery.links import hash_keys
        from newsletter.store.store import Store

        url = self.settings.database.get_secret_value()
        return Store.open(url, hash_keys=hash_keys(self.settings.require_secrets()))

    def database_state(self) -> State:
        """What the database is at; a file that is missing is made, empty.

        Raises:
            StoreError: it cannot be asked.
        """
        from newsletter.store import migrate

        with migrate.opened(self.settings.database.get_secret_value()) as database:
            return migrate.state(database)

    def upgrade_database(self) -> tuple[State, State]:
        """Brings the database up to date; what it was at before and is at now.

        Raises:
            StoreError: nothing was changed, and why.
        """
        from newsletter.store import migrate

        with migrate.opened(self.settings.database.get_secret_value()) as database:
            before = migrate.state(database)
            migrate.run(database)
            if database.shared:
                from newsletter.store.queue import Queue

                Queue(database).prepare()
            return before, migrate.state(database)

    def copy_database(self, file: Path, progress: Callable[[str, int], None]) -> Mapping[str, int]:
        """Takes everything over from a database in a file; rows of each table.

        Raises:
            StoreError, Refused: nothing was copied, and why.
        """
        from newsletter.store import migrate, moving

        url = self.settings.database.get_secret_value()
        with migrate.opened(f"sqlite:///{file.as_posix()}") as source, migrate.opened(url) as target:
            return moving.copy(source, target, progress)

    @property
    def has_database(self) -> bool:
        """Whether a database is there already, so that reading commands need not make one."""
        url = self.settings.database.get_secret_value()
        return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()

    @cached_property
    def signer(self) -> LinkSigner:
        """Signs and reads personal links."""
        from newsletter.delivery.links import LinkSigner

        audiences = {*self.publication.audiences, *self.store.subscribers.known_audiences()}
        return LinkSigner(self.settings.require_secrets(), self.publication.service_url, sorted(audiences))

    def renew_signer(self) -> LinkSigner:
        """A signer that knows the audiences which came since the last one was made."""
        self.__dict__.pop("signer", None)
        return self.signer

    @property
    def form_keys(self) -> dict[int, bytes]:
        """Key id -> key that forms of the public service are sealed with; the first one seals."""
        from newsletter.delivery.links import derive

        secrets = self.settings.require_secrets()
        return {key_id: derive(secret.get_secret_value(), "newsletter form") for key_id, secret in secrets.items()}

    def issue_folders(self) -> list[Path]:
        """Every issue's folder, sorted."""
        from newsletter.content.folder import find_issues

        return find_issues(self.project, self.publication)

    def folder(self, name: str) -> Path:
        """The folder of the issue a user named: a path, "issues/2026-11-winter", or the folder's own name.

        Raises:
            UsageError: there is none, or more than one.
        """
        folders = self.issue_folders()
        asked = name.strip().rstrip("/\\").replace("\\", "/").removesuffix("/issue.md")
        for candidate in (Path.cwd() / asked, self.project / asked):
            if candidate.resolve() in folders:
                return candidate.resolve()
        named = [folder for folder in folders if folder.name == asked]
        if len(named) == 1:
            return named[0]
        raise UsageError(
            f"There is no issue '{name}'." if not named else f"More than one issue is called '{name}'.",
            hint=self._known(folders),
        )

    def _known(self, folders: Sequence[Path]) -> str:
        if not folders:
            return 'There are no issues yet. Make one with: newsletter new issue "Winter newsletter"'
        latest = sorted(folders, key=lambda folder: folder.name, reverse=True)[:5]
        return "The latest are: " + ", ".join(path.relative_to(self.project).as_posix() for path in latest) + "."

    def read(self, folder: Path) -> Issue:
        """The issue in this folder.

        Raises:
            ContentError: with every problem.
        """
        from newsletter.content.folder import read_issue

        return read_issue(self.project, folder, self.publication)

    def render(self, issue: Issue, only: Sequence[str] = ()) -> Edition:
        """The issue's edition, or only some of its renditions."""
        return self.renderer.render(issue, only)

    def check(self, issue: Issue, edition: Edition | None = None, **sending: Any) -> tuple[Finding, ...]:
        """What the checks say of the issue."""
        from newsletter.pipeline import editorial

        return editorial.check(self.desk, issue, self.now(), edition, **sending).findings

    def checked(self, folder: Path) -> Checked:
        """The issue in this folder with its edition and its findings."""
        from newsletter.pipeline import editorial

        return editorial.check(self.desk, self.read(folder), self.now())

    def build(self, named: Sequence[Path], progress: Progress, *, pdf: bool = True) -> Built:
        """Editions into build/, the archive into public/. `pdf`: whether PDFs to print are made.

        Raises:
            ContentError, TemplateError: nothing was written. Refused: a file could not be written.
        """
        from newsletter.pipeline import editorial

        known = self.has_database
        return editorial.build(
            self.desk,
            named,
            now=self.now(),
            build_dir=self.settings.build,
            public=self.public,
            sent=self.store.ledger.sent() if known else None,
            approvals=self._approvals if known else lambda edition: (),
            pdf=pdf,
            progress=progress,
        )

    def _approvals(self, edition: Edition) -> Sequence[Mapping[str, str]]:
        return [
            {"name": approval.name, "role": approval.role, "at": approval.at.isoformat(timespec="seconds")}
            for approval in self.store.approvals.list_for(edition.hash)
        ]

    def freeze(self, plan: Plan) -> Campaign:
        """Opens the campaign: edition, audience and one delivery for each recipient, in one transaction."""
        from newsletter.pipeline.campaigns import repeat_of

        now, ledger, edition, to = self.now(), self.store.ledger, plan.edition, plan.audience
        repeat = now.isoformat() if to.test else repeat_of(ledger, edition.hash, to.name)
        return ledger.freeze(edition, to.name, now=now, test=to.test, repeat=repeat)

    def transport_dsn(self, override: str | None = None) -> Dsn:
        """Where messages are handed over: `override`, or NEWSLETTER_TRANSPORT.

        Raises:
            UsageError: it cannot be used.
        """
        from newsletter.delivery.transport import parse_dsn

        return parse_dsn(override or self.settings.transport.get_secret_value(), self.project)

    def open_transport(self, override: str | None = None) -> Transport:
        """The transport; it connects when it is entered."""
        from newsletter.delivery.transport import open_transport

        return open_transport(self.transport_dsn(override))

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

    def summary(self, findings: Sequence[Finding]) -> str:
        """The checks' closing sentence."""
        from newsletter import checks

        return checks.summary(findings)
