"""What an import would do with each row: pure, from the row, what is known of the person, and who is never mailed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from newsletter.models.addresses import address_key
from newsletter.models.lists import ChangedRow, ImportRow, LeavingRow, SkippedRow
from newsletter.store.consent import UNSUBSCRIBED, AddressHasher, suppressed
from newsletter.store.schema import EVERYWHERE, subscribers, subscriptions
from newsletter.store.staging import Staging

FIELDS = ("name", "agency", "area", "shared", "language")


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """Somebody on the list already."""

    id: int
    fields: Mapping[str, object]
    subscriptions: dict[str, tuple[bool, datetime | None]]  # audience -> still active, last confirmed


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """One row, and what would come of it."""

    row: ImportRow
    new: ImportRow | None = None  # with only the audiences they would get
    changed: ChangedRow | None = None
    skipped: SkippedRow | None = None
    leaving: LeavingRow | None = None
    known: Known | None = None

    @property
    def untouched(self) -> bool:
        """Whether nothing would change, and nobody was passed over."""
        return not (self.new or self.changed or self.skipped or self.leaving)

    @property
    def added(self) -> tuple[str, ...]:
        """Audiences they would get."""
        return self.new.audiences if self.new else self.changed.audiences if self.changed else ()


def sort_page(
    connection: Connection, hasher: AddressHasher, staging: Staging, page: Sequence[ImportRow]
) -> list[Sorted]:
    """Each row of a page, in order. Asks the database once for all of them."""
    keys = [address_key(row.email) for row in page]
    known = _known(connection, keys)
    never = suppressed(connection, hasher, [row.email for row in page])
    leavers = staging.leavers(keys)
    result = []
    for key, row in zip(keys, page, strict=True):
        barred = never.get(row.email, {})
        if row.left:
            result.append(_leave(row, known.get(key), barred))
        else:
            said = dict.fromkeys(scopes(leavers[key]), leavers[key].left) if key in leavers else {}
            result.append(_come(row, known.get(key), {**said, **barred}))
    return result


def scopes(row: ImportRow) -> tuple[str, ...]:
    """What somebody who left is not mailed for. An address that failed fails for every audience."""
    return row.audiences if row.left == UNSUBSCRIBED and row.audiences else (EVERYWHERE,)


def _leave(row: ImportRow, known: Known | None, never: Mapping[str, str]) -> Sorted:
    wanted = () if EVERYWHERE in never else tuple(scope for scope in scopes(row) if scope not in never)
    active = [name for name, (on, _) in known.subscriptions.items() if on] if known else []
    ending = tuple(name for name in active if row.left == UNSUBSCRIBED and (name in wanted or EVERYWHERE in wanted))
    if not wanted:
        return Sorted(row)
    return Sorted(row, leaving=LeavingRow(row, wanted, known.id if known else None, ending), known=known)


def _come(row: ImportRow, known: Known | None, never: Mapping[str, str]) -> Sorted:
    wanted = row.audiences
    if EVERYWHERE in never:
        return Sorted(row, skipped=SkippedRow(row, never[EVERYWHERE], wanted))
    states = known.subscriptions if known else {}
    left = tuple(name for name in wanted if name in never or not states.get(name, (True, None))[0])
    added = tuple(name for name in wanted if name not in states and name not in never)
    skipped = SkippedRow(row, never.get(left[0], UNSUBSCRIBED), left) if left else None
    if known is None:
        return Sorted(row, new=_only(row, added) if added else None, skipped=skipped)
    fields, confirmed = _differences(row, known), _confirmed(row, known)
    if fields or added or confirmed:
        changed = ChangedRow(row, known.id, fields, added, confirmed)
        return Sorted(row, changed=changed, skipped=skipped, known=known)
    return Sorted(row, skipped=skipped)


def _only(row: ImportRow, audiences: tuple[str, ...]) -> ImportRow:
    if audiences == row.audiences:
        return row
    evidence = row.evidence if len(row.evidence) < 2 else tuple(row.evidence_for(name) for name in audiences)
    return dataclasses.replace(row, audiences=audiences, evidence=evidence)


def _differences(row: ImportRow, known: Known) -> dict[str, tuple[object, object]]:
    """field -> (now, then). What the row does not say stays."""
    return {
        field: (known.fields[field], getattr(row, field))
        for field in FIELDS
        if getattr(row, field) not in ("", None) and getattr(row, field) != known.fields[field]
    }


def _confirmed(row: ImportRow, known: Known) -> dict[str, tuple[datetime | None, datetime]]:
    """Audiences they get for which the row knows of a later confirmation."""
    found = {}
    for name in row.audiences:
        active, before = known.subscriptions.get(name, (False, None))
        later = row.evidence_for(name).confirmed_at
        if active and later and (before is None or later > before):
            found[name] = (before, later)
    return found


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, Known]:
    """Those on the list already, by address."""
    people = {
        row.email_key: Known(row.id, {field: getattr(row, field) for field in (*FIELDS, "suppressed")}, {})
        for row in connection.execute(select(subscribers).where(subscribers.c.email_key.in_(keys)))
    }
    by_id = {person.id: person for person in people.values()}
    columns = subscriptions.c
    query = select(columns.subscriber_id, columns.audience, columns.ended_at, columns.confirmed_at)
    for subscriber_id, audience, ended_at, confirmed_at in (
        connection.execute(query.where(columns.subscriber_id.in_(list(by_id)))) if by_id else ()
    ):
        by_id[subscriber_id].subscriptions[audience] = (ended_at is None, confirmed_at)
    return people
