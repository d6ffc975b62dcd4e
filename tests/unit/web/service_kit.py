"""A publication with a real database and real signed links, and a client that asks its service without a network."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from newsletter.delivery.links import LinkSigner, derive
from newsletter.delivery.transports.memory import MemoryTransport
from newsletter.models.delivery import Message, Subscriber
from newsletter.models.lists import ImportRow
from newsletter.models.publication import Publication
from newsletter.rendering.templates import Templates
from newsletter.settings import builtin_templates
from newsletter.web.service import create_service

SECRETS = {2: SecretStr("new secret, long enough to be one"), 1: SecretStr("old secret, long enough to be one")}
PUBLICATION = Publication.model_validate(
    {
        "partnership": {
            "name": "Northshire Safeguarding Partnership",
            "short_name": "NSP",
            "website": "https://www.example.org",
            "postal_address": "County Hall, Northshire",
            "privacy_url": "https://www.example.org/privacy",
            "accessibility_url": "https://www.example.org/accessibility",
        },
        "site": {"url": "https://news.example.org"},
        "sender": {"name": "NSP", "email": "news@example.org", "reply_to": "partnership@example.org"},
        "series": {
            "newsletter": {"folder": "issues", "title": "Newsletter"},
            "briefing": {"folder": "briefings", "title": "5 minute briefing"},
        },
        "audiences": {
            "practitioners": {
                "title": "Multi-agency practitioners",
                "series": ["newsletter", "briefing"],
                "sign_up": True,
            },
            "schools": {"title": "Schools and colleges", "series": ["newsletter"], "sign_up": True},
            "governors": {"title": "School governors", "series": ["newsletter"]},
            "invitees": {"title": "People invited to a review", "restricted": True},
            "test": {"title": "Test inboxes", "test": True},
        },
    }
)


@dataclass
class FakeApp:
    """What app.App is to the service, over a folder of the test's own."""

    project: Path
    store: Any
    publication: Publication = PUBLICATION
    moment: datetime = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    secrets: dict[int, SecretStr] = field(default_factory=lambda: dict(SECRETS))
    also_known: tuple[str, ...] = ()  # audiences that are not in newsletter.toml
    webhook_key: str = ""
    renewed: int = 0
    services: list[Starlette] = field(default_factory=list)
    transport: MemoryTransport = field(default_factory=MemoryTransport)

    @property
    def public(self) -> Path:
        return self.project / "public"

    @property
    def signer(self) -> LinkSigner:
        known = (*self.publication.audiences, *self.also_known)
        return LinkSigner(self.secrets, self.publication.service_url, known, clock=lambda: self.moment)

    @property
    def form_keys(self) -> dict[int, bytes]:
        return {key_id: derive(secret.get_secret_value(), "newsletter form") for key_id, secret in self.secrets.items()}

    def open_transport(self) -> MemoryTransport:
        return self.transport

    def renew_signer(self) -> LinkSigner:
        self.renewed += 1
        self.also_known = self.store.subscribers.known_audiences()
        return self.signer

    @property
    def templates(self) -> Templates:
        return Templates([builtin_templates()], self.publication)

    def now(self) -> datetime:
        return self.moment

    def subscribe(self, *people: tuple[str, str], shared: bool = False) -> list[Subscriber]:
        """Puts (address, audiences apart by blanks) on the list."""
        rows = [
            ImportRow(line=number, email=email, audiences=tuple(audiences.split()), shared=shared)
            for number, (email, audiences) in enumerate(people, 1)
        ]
        subscribers = self.store.subscribers
        plan = subscribers.plan_import(rows, default_audiences=(), source="test")
        subscribers.apply_import(plan, self.moment)
        return [subscribers.find(email) for email, _ in people]

    def audiences(self, subscriber: Subscriber) -> tuple[str, ...]:
        """What this person gets now."""
        found = self.store.subscribers.get(subscriber.id)
        return found.audiences if found else ()

    def client(self) -> Client:
        """Starts the service anew, and asks it."""
        self.services.append(create_service(self))
        return Client(self.services[-1])

    def close(self) -> None:
        """Stops every service it started."""
        for service in self.services:
            service.state.writer.close()
            service.state.postman.close()

    def post(self) -> list[Message]:
        """Lets the service that was started last write its mails; gives those that are new."""
        before = len(self.transport.sent)
        while self.services[-1].state.postman.round():
            pass
        return self.transport.sent[before:]

    def state(self) -> list[Any]:
        """Everything the database says, to compare."""
        with self.store._database.read() as connection:
            tables = ("subscribers", "subscriptions", "consent_events", "suppressions")
            return [connection.exec_driver_sql(f"select * from {table}").all() for table in tables]


class Client:
    """Asks an ASGI application, one request at a time. Never follows a redirect."""

    def __init__(self, service: Starlette, base_url: str = "https://news.example.org") -> None:
        self.service = service
        self.base_url = base_url

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.service, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, self.base_url + path, **options)

        with ThreadPoolExecutor(1) as own_thread:  # a browser under test may have a loop running in this one
            return own_thread.submit(asyncio.run, ask()).result()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self("POST", path, **options)


def path_of(url: str) -> str:
    """The path of one of our own links."""
    return url.removeprefix("https://news.example.org")
