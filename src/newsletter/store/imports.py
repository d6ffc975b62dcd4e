"""Lists coming in: doing what was planned, page by page inside one transaction, and remembering how it was before."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from newsletter.models.addresses import address_key
from newsletter.models.lists import ChangedRow, ImportPlan, ImportResult, ImportRow, InvalidRow, LeavingRow
from newsletter.store.consent import UNSUBSCRIBED, AddressHasher
from newsletter.store.plans import Progress, silent
from newsletter.store.portable import insert_many, remember_sizes
from newsletter.store.schema import (
    EVERYWHERE,
    consent_events,
    import_changes,
    imports,
    subscribers,
    subscriptions,
    suppressions,
)
from newsletter.store.sorting import FIELDS, Known, Sorted, sort_page
from newsletter.store.staging import Staging


def stage(rows: Iterable[ImportRow | InvalidRow], audiences: Sequence[str]) -> Staging:
    """The rows on disk, each address once. `audiences`: for rows that name none."""
    staging = Staging()
    staging.take(rows, audiences)
    return staging


def apply(
    connection: Connection, hasher: AddressHasher, shown: ImportPlan, at: datetime, progress: Progress = silent
) -> ImportResult:
    """Sorts the rows once more inside the transaction, since somebody may have left meanwhile, and writes that."""
    staging = shown.rows if isinstance(shown.rows, Staging) else stage(shown.rows, shown.default_audiences)
    created = insert(imports).values(source=shown.source, at=at, added=0, changed=0).returning(imports.c.id)
    work = _Import(connection, hasher, shown, int(connection.execute(created).scalar_one()), at)
    counts = dict.fromkeys(("new", "changed", "unchanged", "suppressed", "leaving"), 0)
    done, total = 0, len(staging)
    for page in staging.pages():
        found = sort_page(connection, hasher, staging, page)
        work.leave([each for each in found if each.leaving])
        work.add([each.new for each in found if each.new])
        work.change([each for each in found if each.changed])
        for each in found:
            counts["new"] += each.new is not None
            counts["changed"] += each.changed is not None
            counts["suppressed"] += each.skipped is not None
            counts["leaving"] += each.leaving is not None
            counts["unchanged"] += each.untouched
        done += len(page)
        progress(done, total)
    numbers = {"added": counts["new"], "changed": counts["changed"] + counts["leaving"]}
    connection.execute(update(imports).where(imports.c.id == work.id).values(numbers))
    remember_sizes(connection, subscribers, subscriptions, consent_events, import_changes)
    return ImportResult(work.id, **counts)


@dataclass(frozen=True)
class _Import:
    """One import under way."""

    connection: Connection
    hasher: AddressHasher
    plan: ImportPlan
    id: int
    at: datetime

    def add(self, rows: Sequence[ImportRow]) -> None:
        """New people."""
        if not rows:
            return
        people = [(secrets.randbits(63), row) for row in rows]
        insert_many(self.connection, subscribers, [self._person(number, row) for number, row in people])
        self._subscribe([(number, row, name) for number, row in people for name in row.audiences])
        self._remember({number: ({}, row.audiences) for number, row in people})

    def change(self, found: Sequence[Sorted]) -> None:
        """What a row says of somebody known, where it differs."""
        changes = [(each.changed, each.known) for each in found if each.changed and each.known]
        if not changes:
            return
        fields = [self._fields(known, change.fields) for change, known in changes if change.fields]
        if fields:
            self.connection.execute(_UPDATE_PERSON, fields)
        self._subscribe(
            [(change.subscriber_id, change.row, name) for change, _ in changes for name in change.audiences]
        )
        confirmed = [
            {"who": change.subscriber_id, "what": name, "confirmed_at": then}
            for change, _ in changes
            for name, (_, then) in change.confirmed.items()
        ]
        if confirmed:
            self.connection.execute(_CONFIRM, confirmed)
        self._remember({change.subscriber_id: (_before(change), change.audiences) for change, _ in changes})

    def leave(self, found: Sequence[Sorted]) -> None:
        """Never mail these again, and end what they get."""
        rows = [each.leaving for each in found if each.leaving]
        if not rows:
            return
        insert_many(self.connection, suppressions, [self._barred(row, scope) for row in rows for scope in row.scopes])
        known = [
            (row, each.known) for each, row in zip((e for e in found if e.leaving), rows, strict=True) if each.known
        ]
        memories = {}
        for row, person in known:
            memories[person.id] = (self._end(row, person), ())
        self._remember(memories)

    def _end(self, row: LeavingRow, person: Known) -> dict[str, object]:
        """What it was like before."""
        mine = subscriptions.c.subscriber_id == person.id
        before: dict[str, object] = {}
        if row.ending:
            ending = update(subscriptions).where(mine, subscriptions.c.audience.in_(row.ending))
            self.connection.execute(ending.values(ended_at=self.at))
            before["ended"] = list(row.ending)
        if EVERYWHERE in row.scopes:
            self.connection.execute(
                update(subscribers).where(subscribers.c.id == person.id).values(suppressed=row.row.left)
            )
            before["suppressed"] = [person.fields["suppressed"], row.row.left]
        what = "unsubscribed" if row.row.left == UNSUBSCRIBED else f"suppressed: {row.row.left}"
        for scope in row.ending or row.scopes:
            self._log([(person.id, scope, what, self.plan.source)])
        return before

    def _barred(self, row: LeavingRow, scope: str) -> dict[str, object]:
        return {
            "key_id": self.hasher.key_id,
            "email_hash": self.hasher.hash(row.row.email),
            "scope": scope,
            "reason": row.row.left,
            "source": self.plan.source,
            "at": self.at,
            "import_id": self.id,
        }

    def _person(self, number: int, row: ImportRow) -> dict[str, object]:
        return {
            "id": number,
            "email": row.email,
            "email_key": address_key(row.email),
            "created_at": self.at,
            "import_id": self.id,
            **{field: getattr(row, field) for field in FIELDS},
            "shared": bool(row.shared),
        }

    def _fields(self, known: Known, changed: Mapping[str, tuple[object, object]]) -> dict[str, object]:
        now = {field: known.fields[field] for field in FIELDS}
        return {"who": known.id, **now, **{field: then for field, (_, then) in changed.items()}}

    def _subscribe(self, added: Sequence[tuple[int, ImportRow, str]]) -> None:
        if not added:
            return
        rows = []
        for number, row, name in added:
            said = row.evidence_for(name)
            rows.append({
                "subscriber_id": number,
                "audience": name,
                "basis": said.basis or self.plan.basis,
                "source": said.source or self.plan.source,
                "confirmed_at": said.confirmed_at,
                "import_id": self.id,
            })  # fmt: skip
        insert_many(self.connection, subscriptions, rows)
        self._log([(number, name, "subscribed", self.plan.source) for number, _, name in added])

    def _log(self, events: Sequence[tuple[int, str, str, str]]) -> None:
        names = ("subscriber_id", "audience", "what", "source")
        rows = [{**dict(zip(names, event, strict=True)), "at": self.at} for event in events]
        insert_many(self.connection, consent_events, rows)

    def _remember(self, changes: Mapping[int, tuple[dict[str, object], Sequence[str]]]) -> None:
        """Somebody may both leave one audience and come to another with the same file: that is one memory."""
        if not changes:
            return
        memory = import_changes.c
        query = select(import_changes).where(memory.import_id == self.id, memory.subscriber_id.in_(list(changes)))
        earlier = {row.subscriber_id: json.loads(row.before) for row in self.connection.execute(query)}
        if earlier:
            again = (memory.import_id == self.id) & memory.subscriber_id.in_(list(earlier))
            self.connection.execute(delete(import_changes).where(again))
        rows = [
            {
                "import_id": self.id,
                "subscriber_id": number,
                "before": json.dumps({**earlier.get(number, {}), **before}),
                "audiences": json.dumps(list(audiences)),
            }
            for number, (before, audiences) in changes.items()
        ]
        insert_many(self.connection, import_changes, rows)


def _before(change: ChangedRow) -> dict[str, object]:
    """How it was, and what it became, for JSON."""
    before: dict[str, object] = {field: list(pair) for field, pair in change.fields.items()}
    if change.confirmed:
        before["confirmed"] = {
            name: [now.isoformat() if now else None, then.isoformat()] for name, (now, then) in change.confirmed.items()
        }
    return before


_UPDATE_PERSON = (
    update(subscribers).where(subscribers.c.id == bindparam("who")).values({name: bindparam(name) for name in FIELDS})
)
_CONFIRM = (
    update(subscriptions)
    .where(subscriptions.c.subscriber_id == bindparam("who"), subscriptions.c.audience == bindparam("what"))
    .values(confirmed_at=bindparam("confirmed_at"))
)
