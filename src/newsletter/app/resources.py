"""What everything else is done with: settings, renderer, database, keys and transport, each made at first use."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from newsletter import settings as settings_module
from newsletter.settings import Settings

if TYPE_CHECKING:
    from newsletter.delivery.links import LinkSigner
    from newsletter.delivery.transport import Dsn, Transport
    from newsletter.models.publication import Publication
    from newsletter.pipeline.editorial import Desk
    from newsletter.rendering.render import Renderer
    from newsletter.rendering.templates import Templates
    from newsletter.store.store import Store


class Resources:
    """A publication's own things. A context manager: closes the database it opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def open(cls, project: Path | None = None) -> Self:
        """The publication in `project`, or at or above the current folder.

        Raises:
            UsageError, SettingsError: it is not there, or its settings cannot be used.
        """
        return cls(settings_module.load(settings_module.find_project(project or Path.cwd())))

    def __enter__(self) -> Self:
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
