"""A named person's agreement to one edition."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from newsletter.models.base import Model

FILE = "approvals.json"  # in the issue's folder: for Git's trail; what holds stands in the database


class Approval(Model):
    """Bound to an edition's hash: any change of content makes another hash, and so the approval stale."""

    id: int = 0  # given by the store
    edition_hash: str
    issue_path: str
    name: str
    role: str
    at: datetime
    accepted: dict[str, str] = Field(default_factory=dict)  # code of a check -> why its findings may stand
    sources: dict[str, str] = Field(default_factory=dict)  # file -> SHA-256: what the edition was made from
    withdrawn_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether it was not taken back."""
        return self.withdrawn_at is None
