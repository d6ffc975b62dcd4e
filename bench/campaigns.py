"""Campaigns to measure: a store with many people, an edition of 60 KB, and a run over a transport."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from newsletter.delivery import campaign
from newsletter.delivery.links import LinkSigner, hash_keys
from newsletter.delivery.personalise import Personaliser
from newsletter.delivery.transport import Transport
from newsletter.models.delivery import Recipient, Tally
from newsletter.models.edition import Edition, Rendition
from newsletter.models.publication import Publication
from newsletter.store.store import Store

SECRETS = {1: SecretStr("a secret of the bench, long enough")}
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
LINE = '<p style="margin:0">Zoë &amp; others write about what changed for children and adults this month.</p>\n'
HTML = LINE * 480 + '<a href="%%unsubscribe_url%%">Leave</a> <a href="%%preferences_url%%">Choose</a>\n'
TEXT = "A line of the plain text that says the same.\n" * 160 + "%%unsubscribe_url%%\n%%preferences_url%%\n"
PEOPLE = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
INSERT INTO subscribers (id, email, email_key, name, shared, created_at)
SELECT i * 2654435761 % 9007199254740993, 'person' || i || '@example.org', 'person' || i || '@example.org',
       'Person ' || i, 0, '2026-11-01 00:00:00.000000' FROM n"""
ACTIVE = "INSERT INTO subscriptions (subscriber_id, audience) SELECT id, 'practitioners' FROM subscribers"


def publication() -> Publication:
    """As small as one may be."""
    return Publication.model_validate(
        {
            "partnership": {
                "name": "Northshire Safeguarding Partnership",
                "website": "https://www.example.org",
                "postal_address": "County Hall, Northshire",
                "privacy_url": "https://www.example.org/privacy",
                "accessibility_url": "https://www.example.org/accessibility",
            },
            "site": {"url": "https://news.example.org"},
            "sender": {"name": "Northshire SP", "email": "news@example.org", "reply_to": "team@example.org"},
            "series": {"newsletter": {"folder": "issues", "title": "Newsletter"}},
            "audiences": {"practitioners": {"title": "Practitioners", "series": ["newsletter"]}},
        }
    )


def edition(subject: str = "Newsletter: Winter") -> Edition:
    """About 60 KB as it travels."""
    parts = {
        "email": Rendition(name="email", file_name="email.html", media_type="text/html", data=HTML.encode()),
        "text": Rendition(name="text", file_name="email.txt", media_type="text/plain", data=TEXT.encode()),
    }
    return Edition(
        series="newsletter", slug="2026-11-winter", path="issues/2026-11-winter", title="Winter", subject=subject,
        preheader="", date=date(2026, 11, 26), visibility="public", words=10, minutes=0.1, links=(), renditions=parts,
        assets=(),
    )  # fmt: skip


def personaliser(of: Edition | None = None, transport: str = "smtp") -> Personaliser:
    """For the one audience."""
    settings = publication()
    signer = LinkSigner(SECRETS, "https://news.example.org", ("practitioners",))
    return Personaliser(of or edition(), settings, settings.audiences["practitioners"], signer, transport=transport)


def recipient(number: int) -> Recipient:
    """One of many."""
    return Recipient(
        delivery_id=f"{number:032x}", subscriber_id=number, email=f"person{number}@example.org",
        name=f"Person {number}", campaign_id="c" * 32,
    )  # fmt: skip


@contextmanager
def store_of(folder: Path, people: int) -> Iterator[Store]:
    """A store with so many people, each subscribed."""
    with open_store(folder) as store:
        with store._database.write() as connection:
            connection.execute(text(PEOPLE), {"people": people})
            connection.execute(text(ACTIVE))
        yield store


def open_store(folder: Path) -> Store:
    """The store in this folder."""
    return Store.open(f"sqlite:///{folder / 'newsletter.db'}", hash_keys=hash_keys(SECRETS))


def send(store: Store, campaign_id: str, transport: Transport, scheme: str = "smtp") -> Tally:
    """The whole path: claimed, made, marked, handed over, settled."""
    compose = personaliser(transport=scheme).compose
    return campaign.run(
        store.ledger,
        transport,
        lambda recipient: compose(recipient, date=datetime.now(UTC)),
        campaign_id,
        clock=lambda: datetime.now(UTC),
    )
