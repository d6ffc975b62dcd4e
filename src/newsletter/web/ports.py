"""What the public service needs of the publication. `app.App` fits; so does a fake in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from newsletter.delivery.transport import Transport
from newsletter.models.delivery import Subscriber
from newsletter.models.events import Effect, ProviderEvent
from newsletter.models.publication import Publication
from newsletter.store.leaving import Leaving
from newsletter.store.service_mails import ServiceMails
from newsletter.store.signups import SignUps


class Grant(Protocol):
    """What a signed link allows."""

    @property
    def subscriber_id(self) -> int:
        """Whose link it is."""
        ...

    @property
    def audience(self) -> str:
        """The audience it stops; "" for other purposes, and for an audience nobody knows any more."""
        ...


class Signer(Protocol):
    """Reads signed links, and writes the one that the pages themselves hand on."""

    def read(self, token: str, purpose: str) -> Grant | None:
        """What a token allows, or None. Purposes: "u" stops one audience, "p" opens preferences, "c" confirms."""
        ...

    def preferences_url(self, subscriber_id: int) -> str:
        """Opens one person's preferences."""
        ...

    def unsubscribe_url(self, subscriber_id: int, audience: str, *, header: bool = False) -> str:
        """Stops one audience."""
        ...

    def confirm_url(self, signup_id: int) -> str:
        """Confirms a sign-up."""
        ...


class Subscribers(Protocol):
    """The few things this service does to the list. Each raises StoreError when the database cannot be used."""

    def get(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber, or None once erased."""
        ...

    def find(self, email: str) -> Subscriber | None:
        """The subscriber with this address."""
        ...

    def set_audiences(self, subscriber_id: int, wanted: Mapping[str, bool], *, source: str, at: datetime) -> object:
        """Starts and ends the named subscriptions; touches no other."""
        ...


class Events(Protocol):
    """What mail services tell of messages they took."""

    def record(self, events: Sequence[ProviderEvent], *, now: datetime) -> Sequence[Effect]:
        """Folds them into the deliveries and the list; one effect for each."""
        ...


class Store(Protocol):
    """The subscriber database."""

    @property
    def events(self) -> Events:
        """What mail services told."""
        ...

    @property
    def subscribers(self) -> Subscribers:
        """The people on the list."""
        ...

    @property
    def leaving(self) -> Leaving:
        """People leaving by their own link."""
        ...

    @property
    def signups(self) -> SignUps:
        """Signing up in two steps."""
        ...

    @property
    def service_mails(self) -> ServiceMails:
        """The queue of mails that the service writes."""
        ...


class Templates(Protocol):
    """The publication's templates."""

    def render(self, name: str, /, **values: Any) -> str:
        """The text of a template."""
        ...

    def source_path(self, name: str) -> Path | None:
        """The file that a template name stands for."""
        ...


class ServiceApp(Protocol):
    """One publication, open."""

    @property
    def project(self) -> Path:
        """The publication's folder."""
        ...

    @property
    def public(self) -> Path:
        """Where the archive stands."""
        ...

    @property
    def publication(self) -> Publication:
        """What newsletter.toml says."""
        ...

    @property
    def webhook_key(self) -> str:
        """The public key of SendGrid's Event Webhook; "" when there is none."""
        ...

    @property
    def store(self) -> Store:
        """The subscriber database."""
        ...

    @property
    def signer(self) -> Signer:
        """Signs and reads personal links."""
        ...

    @property
    def form_keys(self) -> Mapping[int, bytes]:
        """Key id -> key that forms are sealed with; the first one seals."""
        ...

    def open_transport(self) -> Transport:
        """Where the service's own mails are handed over."""
        ...

    def renew_signer(self) -> Signer:
        """A signer that knows the audiences which came since the last one was made."""
        ...

    @property
    def templates(self) -> Templates:
        """The publication's templates."""
        ...

    def now(self) -> datetime:
        """This moment, aware."""
        ...
