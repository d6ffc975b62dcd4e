"""Who may be written to: subscriptions that start and end, the log of it, and the addresses that are never mailed.

Works inside a transaction that the caller holds. Suppressed addresses are kept as HMAC-SHA256 of the normalised
address, so the list survives erasure and names nobody; the first key hashes, all are asked, so secrets can be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.errors import StoreError
from newsletter.models.addresses import address_key
from newsletter.models.keyed import Keyed
from newsletter.store.schema import (
    EVERYWHERE,
    campaigns,
    consent_events,
    deliveries,
    delivery_events,
    import_changes,
    key_checks,
    subscribers,
    subscriptions,
    suppressions,
)

UNSUBSCRIBED = "unsubscribed"  # the person's own wish, which they may take back; other reasons stay
CHUNK = 500  # values in one IN (...)


SUPPRESSED = select(suppressions.c.email_hash, suppressions.c.scope, suppressions.c.reason).where(
    suppressions.c.key_id.in_(bindparam("keys", expanding=True)),
    suppressions.c.email_hash.in_(bindparam("hashes", expanding=True)),
)  # put together once


class AddressHasher:
    """Hashes addresses with the keys of this publication."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """`keys`: key id -> key; the first one hashes what is new."""
        if not keys:
            raise ValueError("The store needs a key to hash suppressed addresses with.")
        self._keys = {key_id: Keyed(key) for key_id, key in keys.items()}
        self.key_id = next(iter(keys))
        self.key_ids = tuple(keys)

    def hash(self, address: str) -> bytes:
        """The hash that is written."""
        return self._keys[self.key_id].digest(address_key(address).encode("utf-8"))

    def hashes(self, address: str) -> list[bytes]:
        """Every hash the address may be kept under."""
        return self.hashes_of_key(address_key(address))

    def hashes_of_key(self, normal_form: str) -> list[bytes]:
        """The same of an address in its normal form (`address_key`), as the list keeps it."""
        normal = normal_form.encode("utf-8")
        return [key.digest(normal) for key in self._keys.values()]

    def among(self, hashes: Sequence[bytes]) -> ColumnElement[bool]:
        """The condition that a suppression is one of these."""
        return and_(suppressions.c.key_id.in_(self.key_ids), suppressions.c.email_hash.in_(hashes))

    def fingerprints(self) -> dict[int, bytes]:
        """Key id -> something that tells whether the key is still the same, and nothing else of it."""
        return {key_id: key.digest(b"newsletter key check") for key_id, key in self._keys.items()}


def check_keys(connection: Connection, hasher: AddressHasher) -> bool:
    """Whether every key is known and unchanged. If not, `remember_keys` should be called.

    Raises:
        StoreError: a key is missing, or another one than before, that suppressions were made with. Going on would
            quietly mail people again who left.
    """
    rows = connection.execute(select(key_checks.c.key_id, key_checks.c.fingerprint))
    known = {row.key_id: row.fingerprint for row in rows}
    current = hasher.fingerprints()
    for key_id in connection.scalars(select(suppressions.c.key_id).distinct()):
        if current.get(key_id) != known.get(key_id):
            raise StoreError(
                f"Secret number {key_id} is missing or has changed: people who left could not be recognised any more.",
                hint='To change secrets keep the old ones: NEWSLETTER_SECRET="2:NEW,1:OLD" (the first one signs).',
            )
    return all(known.get(key_id) == fingerprint for key_id, fingerprint in current.items())


def remember_keys(connection: Connection, hasher: AddressHasher) -> None:
    """Keeps what tells later whether these are still the same keys."""
    for key_id, fingerprint in hasher.fingerprints().items():
        connection.execute(delete(key_checks).where(key_checks.c.key_id == key_id))
        connection.execute(insert(key_checks).values(key_id=key_id, fingerprint=fingerprint))


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Inserts those rows that are not there yet (by primary key or another unique one)."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def suppressed(connection: Connection, hasher: AddressHasher, addresses: Iterable[str]) -> dict[str, dict[str, str]]:
    """For those addresses that are suppressed: address as given -> scope -> reason."""
    hashes = {hashed: address for address in addresses for hashed in hasher.hashes(address)}
    return _suppressed(connection, hasher, hashes)


def suppressed_keys(connection: Connection, hasher: AddressHasher, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """The same for addresses in their normal form, as the list keeps them."""
    return _suppressed(connection, hasher, {hashed: key for key in keys for hashed in hasher.hashes_of_key(key)})


def _suppressed(
    connection: Connection, hasher: AddressHasher, by_hash: Mapping[bytes, str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    keys = list(by_hash)
    for start in range(0, len(keys), CHUNK):
        these = {"keys": hasher.key_ids, "hashes": keys[start : start + CHUNK]}
        for hashed, scope, reason in connection.execute(SUPPRESSED, these):
            found.setdefault(by_hash[hashed], {})[scope] = reason
    return found


def suppress(
    connection: Connection,
    hasher: AddressHasher,
    address: str,
    *,
    reason: str,
    source: str,
    at: datetime,
    scope: str = EVERYWHERE,
) -> None:
    """Never mail this address again (in `scope`). A wish to leave gives way to a harder reason; other reasons stay."""
    present = suppressed(connection, hasher, [address]).get(address, {})
    if present.get(scope, UNSUBSCRIBED) != UNSUBSCRIBED:
        _keep(connection, hasher, address, (scope,))
        return
    lift(connection, hasher, address, scope)
    row = {
        "key_id": hasher.key_id,
        "email_hash": hasher.hash(address),
        "scope": scope,
        "reason": reason,
        "source": source,
        "at": at,
    }
    connection.execute(insert(suppressions).values(row))
    if scope == EVERYWHERE:
        connection.execute(
            update(subscribers).where(subscribers.c.email_key == address_key(address)).values(suppressed=reason)
        )


def _keep(connection: Connection, hasher: AddressHasher, address: str, scopes: Sequence[str]) -> bool:
    """What a list said of them is now known from themselves: taking that import back must not lift it any more."""
    brought = and_(
        hasher.among(hasher.hashes(address)),
        suppressions.c.scope.in_(scopes),
        suppressions.c.import_id.is_not(None),
    )
    return bool(connection.execute(update(suppressions).where(brought).values(import_id=None)).rowcount)


def lift(connection: Connection, hasher: AddressHasher, address: str, scope: str) -> None:
    """Takes a suppression away, if it was the person's own wish."""
    gone = delete(suppressions).where(
        hasher.among(hasher.hashes(address)),
        suppressions.c.scope == scope,
        suppressions.c.reason == UNSUBSCRIBED,
    )
    if connection.execute(gone).rowcount and scope == EVERYWHERE:
        mine = and_(subscribers.c.email_key == address_key(address), subscribers.c.suppressed == UNSUBSCRIBED)
        connection.execute(update(subscribers).where(mine).values(suppressed=""))


def log(
    connection: Connection, subscriber_id: int, audience: str, what: str, source: str, at: datetime, wording: str = ""
) -> None:
    """One more line in the log of consent."""
    row = {
        "subscriber_id": subscriber_id,
        "audience": audience,
        "what": what,
        "source": source,
        "wording_version": wording,
        "at": at,
    }
    connection.execute(insert(consent_events).values(row))


def end(
    connection: Connection,
    hasher: AddressHasher,
    subscriber_id: int,
    address: str,
    audience: str,
    source: str,
    at: datetime,
) -> bool:
    """Ends one subscription. False: it was not active, nothing changed."""
    active = and_(_subscription(subscriber_id, audience), subscriptions.c.ended_at.is_(None))
    if not connection.execute(update(subscriptions).where(active).values(ended_at=at)).rowcount:
        if _keep(connection, hasher, address, (audience, EVERYWHERE)):
            log(connection, subscriber_id, audience, "unsubscribed", source, at)
        return False
    log(connection, subscriber_id, audience, "unsubscribed", source, at)
    suppress(connection, hasher, address, reason=UNSUBSCRIBED, source=source, at=at, scope=audience)
    return True


def resume(
    connection: Connection,
    hasher: AddressHasher,
    subscriber_id: int,
    address: str,
    audience: str,
    source: str,
    at: datetime,
    wording: str = "",
) -> bool:
    """Takes the end of a subscription back. False: there is none that ended."""
    ended = and_(_subscription(subscriber_id, audience), subscriptions.c.ended_at.is_not(None))
    if not connection.execute(update(subscriptions).where(ended).values(ended_at=None)).rowcount:
        return False
    log(connection, subscriber_id, audience, "resubscribed", source, at, wording)
    welcome_back(connection, hasher, address, audience)
    return True


def begin(
    connection: Connection,
    hasher: AddressHasher,
    subscriber_id: int,
    address: str,
    audience: str,
    source: str,
    at: datetime,
    wording: str = "",
) -> bool:
    """Starts a subscription that the person asked for themselves, or resumes it. False: it was active already.

    `wording`: the version of what they were told, if they were told something."""
    if resume(connection, hasher, subscriber_id, address, audience, source, at, wording):
        return True
    if connection.execute(select(subscriptions.c.audience).where(_subscription(subscriber_id, audience))).first():
        return False
    row = {
        "subscriber_id": subscriber_id,
        "audience": audience,
        "basis": "consent",
        "source": source,
        "wording_version": wording,
        "confirmed_at": at,
    }
    connection.execute(insert(subscriptions).values(row))
    log(connection, subscriber_id, audience, "subscribed", source, at, wording)
    welcome_back(connection, hasher, address, audience)
    return True


def welcome_back(connection: Connection, hasher: AddressHasher, address: str, audience: str) -> None:
    """The person's own later wish counts: their earlier one to leave this audience, or all of them, is lifted."""
    for scope in (audience, EVERYWHERE):
        lift(connection, hasher, address, scope)


def forget(connection: Connection, ids: Sequence[int]) -> None:
    """Everything held on these people, except their suppressions. Past deliveries stay in the sum, and name nobody."""
    if not ids:
        return
    connection.execute(delete(consent_events).where(consent_events.c.subscriber_id.in_(ids)))
    connection.execute(delete(import_changes).where(import_changes.c.subscriber_id.in_(ids)))
    # The campaigns are named too, since deliveries are found by campaign and subscriber.
    theirs = and_(deliveries.c.campaign_id.in_(select(campaigns.c.id)), deliveries.c.subscriber_id.in_(ids))
    told = delivery_events.c.delivery_id.in_(select(deliveries.c.id).where(theirs))
    connection.execute(update(delivery_events).where(told).values(reason="", event_id=""))
    connection.execute(update(deliveries).where(theirs).values(reason=""))
    connection.execute(delete(subscriptions).where(subscriptions.c.subscriber_id.in_(ids)))
    connection.execute(delete(subscribers).where(subscribers.c.id.in_(ids)))


def _subscription(subscriber_id: int, audience: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.audience == audience)
