"""What tests of the store and of delivery share: a small publication, an edition, people, and a clock that obeys."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from newsletter.delivery.links import LinkSigner, hash_keys
from newsletter.delivery.personalise import Personaliser
from newsletter.models.delivery import Letter, Message, Receipt, ReceiptState, Recipient
from newsletter.models.edition import Edition, EditionAsset, Rendition
from newsletter.models.lists import ImportRow
from newsletter.models.publication import Publication
from newsletter.store.database import Database
from newsletter.store.migrate import upgrade
from newsletter.store.store import Store

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
SECRETS = {2: SecretStr("a new secret, long enough to be one"), 1: SecretStr("an old secret, long enough to be one")}
HTML = '<p>Zoë &amp; <a href="%%unsubscribe_url%%">Leave</a> %%audience%% <a href="%%preferences_url%%">Choose</a></p>'
TEXT = "Zoë\n\n.a line that starts with a dot\nLeave: %%unsubscribe_url%%\nChoose: %%preferences_url%%\n%%audience%%\n"


def publication(**unsubscribe: object) -> Publication:
    """`unsubscribe`: the table [unsubscribe]."""
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
            "sender": {"name": "Northshire, SP", "email": "news@example.org", "reply_to": "team@example.org"},
            "series": {"newsletter": {"folder": "issues", "title": "Newsletter"}},
            "audiences": {
                "practitioners": {"title": "Police & health", "series": ["newsletter"]},
                "schools": {"title": "Schools", "series": ["newsletter"]},
            },
            "unsubscribe": unsubscribe,
        }
    )


def edition(
    *,
    html: str = HTML,
    text: str = TEXT,
    subject: str = "Newsletter: Winter",
    slug: str = "2026-11-winter",
    visibility: str = "public",
    assets: tuple[EditionAsset, ...] = (),
) -> Edition:
    """An edition with an email and a text."""
    renditions = {
        "email": Rendition(name="email", file_name="email.html", media_type="text/html", data=html.encode()),
        "text": Rendition(name="text", file_name="email.txt", media_type="text/plain", data=text.encode()),
    }
    return Edition(
        series="newsletter",
        slug=slug,
        path=f"issues/{slug}",
        title="Winter",
        subject=subject,
        preheader="",
        date=date(2026, 11, 26),
        visibility=visibility,
        words=10,
        minutes=0.1,
        links=(),
        renditions=renditions,
        assets=assets,
    )


def signer(base_url: str = "https://news.example.org") -> LinkSigner:
    """Signs with the new secret."""
    return LinkSigner(SECRETS, base_url, ("practitioners", "schools"), clock=lambda: NOW)


def personaliser(
    of: Edition | None = None, settings: Publication | None = None, transport: str = "outbox"
) -> Personaliser:
    """For the audience of practitioners."""
    settings = settings or publication()
    return Personaliser(of or edition(), settings, settings.audiences["practitioners"], signer(), transport=transport)


def recipient(number: int = 1, **values: Any) -> Recipient:
    """One of a row of people."""
    usual: dict[str, Any] = {
        "delivery_id": f"{number:032x}",
        "subscriber_id": 1000 + number,
        "email": f"person{number}@example.org",
        "name": f"Person {number}",
        "campaign_id": "c" * 32,
    }
    return Recipient(**(usual | values))


def message(number: int = 1, **values: Any) -> Message:
    """The message to one of them."""
    return personaliser().compose(recipient(number, **values), date=NOW)


def changed(of: Message, **values: object) -> Message:
    """A message that differs in fields of its own, or of its letter."""
    shared = {name: values.pop(name) for name in list(values) if name in {part.name for part in fields(Letter)}}
    return of._replace(letter=replace(of.letter, **shared), **values)  # type: ignore[arg-type]


@functools.cache
def long_letter() -> Letter:
    """Larger than what the system buffers, so that a connection lost within the text is noticed within the text."""
    return replace(message().letter, text=f"{'x' * 74}\n" * 130_000)


def receipt(of: Message | str, state: ReceiptState = ReceiptState.ACCEPTED, reason: str = "") -> Receipt:
    """A mail service's answer."""
    delivery_id = of if isinstance(of, str) else of.delivery_id
    return Receipt(delivery_id=delivery_id, state=state, reason=reason)


@functools.cache
def _empty_database() -> bytes:
    """Made by the migrations once, and copied after that: they take longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()
        return path.read_bytes()


_new_database: Callable[[Path], str] | None = None  # makes a PostgreSQL database, gives its address; None: SQLite
_ADDRESS = "database.url"  # a file in the store's folder, so that other processes find the same database


@contextmanager
def databases_from(new: Callable[[Path], str]) -> Iterator[None]:
    """Meanwhile `open_store` opens a database that this function makes, one for each folder."""
    global _new_database
    _new_database = new
    try:
        yield
    finally:
        _new_database = None


def database_url(folder: Path) -> str:
    """The address of this folder's database, which is made if there is none."""
    path, address = folder / "newsletter.db", folder / _ADDRESS
    if address.exists():
        return address.read_text(encoding="utf-8")
    if _new_database is not None:
        address.write_text(_new_database(folder), encoding="utf-8")
        return address.read_text(encoding="utf-8")
    if not path.exists():
        path.write_bytes(_empty_database())
    return f"sqlite:///{path}"


def open_store(folder: Path, secrets: dict[int, SecretStr] | None = None) -> Store:
    """A store in this folder."""
    return Store.open(database_url(folder), hash_keys=hash_keys(secrets or SECRETS))


def subscribe(store: Store, people: int | Iterable[str], *audiences: str) -> None:
    """Puts people on the list: person1@example.org and so on, or these addresses."""
    addresses = (
        [f"person{number}@example.org" for number in range(1, people + 1)] if isinstance(people, int) else people
    )
    rows = [ImportRow(line=line, email=email, name=f"Person {line}") for line, email in enumerate(addresses, 1)]
    plan = store.subscribers.plan_import(rows, default_audiences=audiences or ("practitioners",), source="test")
    store.subscribers.apply_import(plan, NOW)


class Clock:
    """Stands still; sleeping moves it."""

    def __init__(self) -> None:
        self.moment = NOW
        self.slept = 0.0

    def __call__(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Takes no time."""
        self.slept += seconds
        self.moment += timedelta(seconds=seconds)
