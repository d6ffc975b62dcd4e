"""Lists coming in: what an import would do, and doing it. Never brings back anybody who left."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from newsletter.models.addresses import address_key
from newsletter.models.lists import (
    ChangedRow,
    DuplicateRow,
    ImportPlan,
    ImportResult,
    ImportRow,
    InvalidRow,
    SkippedRow,
)
from newsletter.store.consent import CHUNK, UNSUBSCRIBED, AddressHasher, suppressed
from newsletter.store.schema import EVERYWHERE, consent_events, import_changes, imports, subscribers, subscriptions

_FIELDS = ("name", "agency", "area", "shared", "language")


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """Somebody on the list already."""

    id: int
    fields: Mapping[str, object]
    subscriptions: dict[str, bool]  # audience -> still active


class _Sorter:
    """Puts each row into the heap it belongs to."""

    def __init__(self) -> None:
        self.new: list[ImportRow] = []
        self.changed: list[ChangedRow] = []
        self.skipped: list[SkippedRow] = []
        self.unchanged = 0

    def put(self, row: ImportRow, wanted: tuple[str, ...], known: _Known | None, never: Mapping[str, str]) -> None:
        if EVERYWHERE in never:
            self.skipped.append(SkippedRow(row, never[EVERYWHERE], wanted))
            return
        states = known.subscriptions if known else {}
        left = tuple(name for name in wanted if name in never or not states.get(name, True))
        added = tuple(name for name in wanted if name not in states and name not in never)
        fields = _differences(row, known) if known else {}
        if left:
            self.skipped.append(SkippedRow(row, never.get(left[0], UNSUBSCRIBED), left))
        if known is None:
            if added:
                self.new.append(dataclasses.replace(row, audiences=added))
        elif fields or added:
            self.changed.append(ChangedRow(row, known.id, fields, added))
        elif not left:
            self.unchanged += 1


def plan(
    connection: Connection,
    hasher: AddressHasher,
    rows: Iterable[ImportRow | InvalidRow],
    *,
    audiences: tuple[str, ...],
    source: str,
    basis: str,
) -> ImportPlan:
    """Reads every row, then asks the database in chunks. `audiences`: for rows that name none."""
    usable, invalid, duplicates = _usable(rows, audiences)
    sorter = _Sorter()
    for start in range(0, len(usable), CHUNK):
        chunk = usable[start : start + CHUNK]
        known = _known(connection, [address_key(row.email) for row in chunk])
        never = suppressed(connection, hasher, [row.email for row in chunk])
        for row in chunk:
            sorter.put(row, row.audiences or audiences, known.get(address_key(row.email)), never.get(row.email, {}))
    return ImportPlan(
        source=source,
        basis=basis,
        default_audiences=audiences,
        rows=usable,
        new=sorter.new,
        changed=sorter.changed,
        unchanged=sorter.unchanged,
        suppressed=sorter.skipped,
        invalid=invalid,
        duplicates=duplicates,
    )


def apply(connection: Connection, hasher: AddressHasher, shown: ImportPlan, at: datetime) -> ImportResult:
    """Plans once more inside the transaction, and writes that."""
    fresh = plan(
        connection, hasher, shown.rows, audiences=shown.default_audiences, source=shown.source, basis=shown.basis
    )
    counts = {"added": len(fresh.new), "changed": len(fresh.changed)}
    import_id = int(
        connection.execute(
            insert(imports).values(source=fresh.source, at=at, **counts).returning(imports.c.id)
        ).scalar_one()
    )
    for start in range(0, len(fresh.new), CHUNK):
        _add(connection, fresh, fresh.new[start : start + CHUNK], import_id, at)
    for change in fresh.changed:
        _change(connection, fresh, change, import_id, at)
    return ImportResult(import_id, len(fresh.new), len(fresh.changed), fresh.unchanged, len(fresh.suppressed))


def _usable(
    rows: Iterable[ImportRow | InvalidRow], audiences: tuple[str, ...]
) -> tuple[list[ImportRow], list[InvalidRow], list[DuplicateRow]]:
    usable: list[ImportRow] = []
    invalid: list[InvalidRow] = []
    duplicates: list[DuplicateRow] = []
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, InvalidRow):
            invalid.append(row)
        elif not (row.audiences or audiences):
            invalid.append(InvalidRow(row.line, "It names no audience, and the import has no default one."))
        elif (first := seen.setdefault(address_key(row.email), row.line)) != row.line:
            duplicates.append(DuplicateRow(row.line, first))
        else:
            usable.append(row)
    return usable, invalid, duplicates


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, _Known]:
    """Those on the list already, by address."""
    people = {
        row.email_key: _Known(row.id, {field: getattr(row, field) for field in _FIELDS}, {})
        for row in connection.execute(select(subscribers).where(subscribers.c.email_key.in_(keys)))
    }
    by_id = {person.id: person for person in people.values()}
    query = select(subscriptions.c.subscriber_id, subscriptions.c.audience, subscriptions.c.ended_at)
    for subscriber_id, audience, ended_at in connection.execute(
        query.where(subscriptions.c.subscriber_id.in_(list(by_id)))
    ):
        by_id[subscriber_id].subscriptions[audience] = ended_at is None
    return people


def _differences(row: ImportRow, known: _Known) -> dict[str, tuple[object, object]]:
    """field -> (now, then). What the row does not say stays."""
    return {
        field: (known.fields[field], getattr(row, field))
        for field in _FIELDS
        if getattr(row, field) not in ("", None) and getattr(row, field) != known.fields[field]
    }


def _add(connection: Connection, fresh: ImportPlan, rows: Sequence[ImportRow], import_id: int, at: datetime) -> None:
    people = [(secrets.randbits(63), row) for row in rows]
    connection.execute(
        insert(subscribers),
        [
            {
                "id": subscriber_id,
                "email": row.email,
                "email_key": address_key(row.email),
                "created_at": at,
                "import_id": import_id,
                **{field: getattr(row, field) for field in _FIELDS},
                "shared": bool(row.shared),
            }
            for subscriber_id, row in people
        ],
    )
    _subscribe(
        connection,
        fresh,
        [(subscriber_id, name) for subscriber_id, row in people for name in row.audiences],
        import_id,
        at,
    )
    changes = [_remembered(import_id, subscriber_id, {}, row.audiences) for subscriber_id, row in people]
    connection.execute(insert(import_changes), changes)


def _change(connection: Connection, fresh: ImportPlan, change: ChangedRow, import_id: int, at: datetime) -> None:
    if change.fields:
        values = {field: then for field, (_, then) in change.fields.items()}
        connection.execute(update(subscribers).where(subscribers.c.id == change.subscriber_id).values(values))
    _subscribe(connection, fresh, [(change.subscriber_id, name) for name in change.audiences], import_id, at)
    before = {field: now for field, (now, _) in change.fields.items()}
    connection.execute(
        insert(import_changes).values(_remembered(import_id, change.subscriber_id, before, change.audiences))
    )


def _remembered(
    import_id: int, subscriber_id: int, before: Mapping[str, object], audiences: Sequence[str]
) -> dict[str, object]:
    return {
        "import_id": import_id,
        "subscriber_id": subscriber_id,
        "before": json.dumps(before),
        "audiences": json.dumps(list(audiences)),
    }


def _subscribe(
    connection: Connection, fresh: ImportPlan, pairs: Sequence[tuple[int, str]], import_id: int, at: datetime
) -> None:
    if not pairs:
        return
    common = {"basis": fresh.basis, "source": fresh.source, "import_id": import_id}
    rows = [{"subscriber_id": subscriber_id, "audience": name, **common} for subscriber_id, name in pairs]
    connection.execute(insert(subscriptions), rows)
    events = [
        {"subscriber_id": subscriber_id, "audience": name, "what": "subscribed", "source": fresh.source, "at": at}
        for subscriber_id, name in pairs
    ]
    connection.execute(insert(consent_events), events)
