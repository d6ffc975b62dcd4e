"""Signing up in two steps: what was asked for on the public page, and what a confirmation makes of it.

Asking does the same work for every address, known or not, so that neither the answer nor its time tells which.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from newsletter.models.addresses import address_key
from newsletter.models.signups import MailKind, SignUp, Wording
from newsletter.store import consent, service_mails
from newsletter.store.database import Database
from newsletter.store.schema import EVERYWHERE, signups, subscribers, subscriptions, suppressions, wordings

SOURCE = "sign-up page"
OPEN_FOR = timedelta(hours=72)  # how long a confirmation may take
# How long a sign-up is kept. Longer than it is open, so that its link can still say that it was used; people are told
# that their address is forgotten within a week.
KEEP = timedelta(days=6)

# What the person's own confirmed wish takes back. They asked to be forgotten or to be left alone, and now ask for the
# opposite; and a link that was opened proves that the mailbox works. A complaint stays: see `barred`.
LIFTED = (consent.UNSUBSCRIBED, "erased", "bounced")


class SignUps:
    """Each change is one transaction."""

    def __init__(self, database: Database, hasher: consent.AddressHasher) -> None:
        self._database = database
        self._hasher = hasher

    def ask(self, email: str, audiences: Iterable[str], wording: Wording, *, at: datetime) -> int:
        """Writes a sign-up down, and that its owner is to be written to. Subscribes nobody. Gives its id."""
        key, names = secrets.randbits(63), list(audiences)
        row = {
            "id": key,
            "email": email,
            "email_key": address_key(email),
            "audiences": json.dumps(names),
            "language": wording.language,
            "wording_version": wording.version,
            "asked_at": at,
        }
        told = {"version": wording.version, "language": wording.language, "text": wording.text, "first_at": at}
        with self._database.write() as connection:
            consent.insert_missing(connection, wordings, [told])
            connection.execute(insert(signups).values(row))
            mail = service_mails.row(MailKind.SIGN_UP, key, names, wording.language, at)
            service_mails.queue(connection, [mail])
        return key

    def get(self, signup_id: int) -> SignUp | None:
        """The sign-up with this id; None once it was forgotten."""
        with self._database.read() as connection:
            found = connection.execute(select(signups).where(signups.c.id == signup_id)).one_or_none()
            return _signup(found) if found else None

    def barred(self, email: str) -> str:
        """Why this address is not even asked to confirm; "" for most. It once complained of mail it did not want."""
        with self._database.read() as connection:
            reasons = consent.suppressed(connection, self._hasher, [email]).get(email, {})
        reason = reasons.get(EVERYWHERE, "")
        return "" if reason in LIFTED else reason

    def confirm(self, signup_id: int, *, at: datetime) -> SignUp | None:
        """Subscribes whoever asked, once, and queues their welcome. A repeat changes nothing and gives the same.

        None: there is no such sign-up (any more), or it is too old."""
        with self._database.write() as connection:
            found = connection.execute(select(signups).where(signups.c.id == signup_id)).one_or_none()
            if found is None or found.confirmed_at is not None:
                return _signup(found) if found else None
            if at > found.asked_at + OPEN_FOR + timedelta(hours=1):
                return None
            asked = _signup(found)
            person = self._subscribe(connection, asked, at)
            connection.execute(update(signups).where(signups.c.id == signup_id).values(confirmed_at=at))
            welcome = service_mails.row(MailKind.WELCOME, person, asked.audiences, asked.language, at)
            service_mails.queue(connection, [welcome])
            return asked.model_copy(update={"confirmed_at": at})

    def _subscribe(self, connection: Connection, asked: SignUp, at: datetime) -> int:
        _lift(connection, self._hasher, asked)
        person = self._person(connection, asked, at)
        for audience in asked.audiences:
            began = consent.begin(
                connection, self._hasher, person, asked.email, audience, SOURCE, at, asked.wording_version
            )
            if began:  # also one that had ended: the evidence is now this
                mine = and_(subscriptions.c.subscriber_id == person, subscriptions.c.audience == audience)
                evidence = {
                    "basis": "consent",
                    "source": SOURCE,
                    "wording_version": asked.wording_version,
                    "confirmed_at": at,
                }
                connection.execute(update(subscriptions).where(mine).values(evidence))
        return person

    def _person(self, connection: Connection, asked: SignUp, at: datetime) -> int:
        """Whose address it is; a new subscriber if nobody's."""
        key = address_key(asked.email)
        found = connection.execute(select(subscribers.c.id).where(subscribers.c.email_key == key)).scalar_one_or_none()
        if found is not None:
            silent = and_(subscribers.c.id == found, subscribers.c.language == "")
            connection.execute(update(subscribers).where(silent).values(language=asked.language))
            return int(found)
        person = secrets.randbits(63)
        still = consent.suppressed(connection, self._hasher, [asked.email]).get(asked.email, {})
        row = {
            "id": person,
            "email": asked.email,
            "email_key": key,
            "language": asked.language,
            "shared": False,
            "suppressed": still.get(EVERYWHERE, ""),
            "created_at": at,
        }
        connection.execute(insert(subscribers).values(row))
        return person

    def tidy(self, now: datetime) -> None:
        """Forgets sign-ups that are done with, and those that nobody confirmed."""
        with self._database.write() as connection:
            connection.execute(delete(signups).where(signups.c.asked_at < now - KEEP))

    def wording(self, version: str) -> Wording | None:
        """What people were told under that version."""
        with self._database.read() as connection:
            found = connection.execute(select(wordings).where(wordings.c.version == version)).one_or_none()
        return Wording(language=found.language, text=found.text) if found else None


def forget(connection: Connection, email: str) -> None:
    """Whatever this address asked for and did not confirm, or confirmed lately: part of erasing a person."""
    connection.execute(delete(signups).where(signups.c.email_key == address_key(email)))


def held(connection: Connection, email: str) -> list[dict[str, object]]:
    """What is kept of this address here: part of everything held on a person."""
    columns = signups.c
    query = select(columns.asked_at, columns.audiences, columns.language, columns.wording_version, columns.confirmed_at)
    rows = connection.execute(query.where(columns.email_key == address_key(email)).order_by(columns.asked_at))
    return [{**found._mapping, "audiences": json.loads(found.audiences)} for found in rows]


def _lift(connection: Connection, hasher: consent.AddressHasher, asked: SignUp) -> None:
    """Takes away what barred this address, everywhere and in the audiences asked for. Nothing else is touched."""
    gone = delete(suppressions).where(
        hasher.among(hasher.hashes(asked.email)),
        suppressions.c.scope.in_((EVERYWHERE, *asked.audiences)),
        suppressions.c.reason.in_(LIFTED),
    )
    connection.execute(gone)
    barred = and_(subscribers.c.email_key == address_key(asked.email), subscribers.c.suppressed.in_(LIFTED))
    connection.execute(update(subscribers).where(barred).values(suppressed=""))


def _signup(found: Row[tuple[object, ...]]) -> SignUp:
    values = dict(found._mapping)
    del values["email_key"]
    return SignUp.model_validate({**values, "audiences": json.loads(str(values["audiences"]))})
