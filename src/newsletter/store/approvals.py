"""Who agreed to which edition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from newsletter.models.approval import Approval
from newsletter.store.database import Database
from newsletter.store.schema import approvals


class Approvals:
    """Approvals are never deleted: one that is taken back says when."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        edition_hash: str,
        issue_path: str,
        *,
        name: str,
        role: str,
        at: datetime,
        accepted: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Approval:
        """Records that a person approves this edition. Saying it twice is one approval, the later one.

        `accepted`: code of a check whose findings the person lets stand -> their reason.
        `sources`: file the edition was made from -> its SHA-256 in hexadecimal.
        """
        row = {
            "edition_hash": edition_hash,
            "issue_path": issue_path,
            "name": name.strip(),
            "role": role.strip(),
            "at": at,
            "accepted": json.dumps(dict(accepted or {}), ensure_ascii=False),
            "sources": json.dumps(dict(sources or {}), ensure_ascii=False),
        }
        with self._database.write() as connection:
            _withdraw(connection, edition_hash, name, at)
            added = connection.execute(insert(approvals).values(row).returning(approvals)).one()
            return _approval(added._asdict())

    def withdraw(self, edition_hash: str, name: str, *, at: datetime) -> bool:
        """Takes a person's approval of this edition back. False: there is none that holds."""
        with self._database.write() as connection:
            return _withdraw(connection, edition_hash, name, at)

    def list_for(self, edition_hash: str) -> tuple[Approval, ...]:
        """Those that hold for this edition, oldest first: one for each person."""
        return self._list(and_(approvals.c.edition_hash == edition_hash, approvals.c.withdrawn_at.is_(None)))

    def list_for_issue(self, issue_path: str) -> tuple[Approval, ...]:
        """Every approval of any edition of this issue, oldest first, withdrawn and stale ones too."""
        return self._list(approvals.c.issue_path == issue_path)

    def _list(self, condition: ColumnElement[bool]) -> tuple[Approval, ...]:
        with self._database.read() as connection:
            rows = connection.execute(select(approvals).where(condition).order_by(approvals.c.id))
            return tuple(_approval(row._asdict()) for row in rows)


def _withdraw(connection: Connection, edition_hash: str, name: str, at: datetime) -> bool:
    """A name is the same however its capitals are written."""
    holding = select(approvals.c.id, approvals.c.name).where(
        approvals.c.edition_hash == edition_hash, approvals.c.withdrawn_at.is_(None)
    )
    ids = [key for key, written in connection.execute(holding) if written.casefold() == name.strip().casefold()]
    return bool(connection.execute(update(approvals).where(approvals.c.id.in_(ids)).values(withdrawn_at=at)).rowcount)


def _approval(values: dict[str, object]) -> Approval:
    documents = {name: json.loads(str(values[name])) for name in ("accepted", "sources")}
    return Approval.model_validate({**values, **documents})
