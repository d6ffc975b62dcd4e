"""What an import would do, worked out page by page and kept on disk."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from newsletter.models.addresses import is_role_address
from newsletter.models.lists import ChangedRow, ImportPlan, ImportRow, LeavingRow, SkippedRow
from newsletter.store.consent import AddressHasher
from newsletter.store.sorting import Sorted, sort_page
from newsletter.store.staging import Staging

Progress = Callable[[int, int], None]  # rows done, rows in all


def silent(done: int, total: int) -> None:
    """Nobody is watching."""


def plan(
    connection: Connection,
    hasher: AddressHasher,
    staging: Staging,
    *,
    audiences: tuple[str, ...],
    source: str,
    basis: str,
    progress: Progress = silent,
) -> ImportPlan:
    """Asks the database page by page what is known of the rows. `audiences`: those of rows that name none."""
    heaps = _Heaps(staging, basis)
    done, total = 0, len(staging)
    for page in staging.pages():
        for found in sort_page(connection, hasher, staging, page):
            heaps.put(found)
        done += len(page)
        progress(done, total)
    return ImportPlan(
        source=source,
        basis=basis,
        default_audiences=audiences,
        rows=staging,
        total=total,
        new=heaps.new,
        changed=heaps.changed,
        unchanged=heaps.unchanged,
        suppressed=heaps.skipped,
        leaving=heaps.leaving,
        invalid=staging.invalid,
        duplicates=staging.duplicates,
        roles=heaps.roles,
        without_basis=heaps.without_basis,
    )


class _Heaps:
    """What came of the rows."""

    def __init__(self, staging: Staging, basis: str) -> None:
        self._basis = basis
        self.new = staging.heap("new", ImportRow)
        self.changed = staging.heap("changed", ChangedRow)
        self.skipped = staging.heap("skipped", SkippedRow)
        self.leaving = staging.heap("leaving", LeavingRow)
        self.roles = staging.heap("role", ImportRow)
        self.unchanged = self.without_basis = 0

    def put(self, found: Sorted) -> None:
        """Onto its heap; a row can be both changed and skipped."""
        if found.new:
            self.new.add(found.new)
            if not found.new.shared and is_role_address(found.new.email):
                self.roles.add(found.new)
        if found.changed:
            self.changed.add(found.changed)
        if found.skipped:
            self.skipped.add(found.skipped)
        if found.leaving:
            self.leaving.add(found.leaving)
        if found.untouched:
            self.unchanged += 1
        self.without_basis += sum(not (found.row.evidence_for(name).basis or self._basis) for name in found.added)
