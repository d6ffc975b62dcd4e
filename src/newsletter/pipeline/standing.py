"""What approvals are worth today: which hold, which are stale and why, who is still asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.models.approval import Approval
from newsletter.models.edition import Edition
from newsletter.models.issue import Issue
from newsletter.models.sending_settings import ApprovalSettings
from newsletter.pipeline import authors
from newsletter.pipeline.editorial import Desk
from newsletter.pipeline.made_from import changes, made_from


class Kept(Protocol):
    """Approvals as they are read."""

    def list_for(self, edition_hash: str) -> tuple[Approval, ...]: ...
    def list_for_issue(self, issue_path: str) -> tuple[Approval, ...]: ...


@dataclass(frozen=True)
class Standing:
    """An approval, and what it is worth today."""

    approval: Approval
    changed: tuple[str, ...] = ()  # "newsletter.toml changed": why it is stale, as far as that is known
    stale: bool = False  # given to an edition that differs from today's
    by_author: bool = False  # does not count: they wrote for the issue

    @property
    def counts(self) -> bool:
        """Whether a sending may rest on it."""
        return self.approval.holds and not self.stale and not self.by_author

    @property
    def why_stale(self) -> str:
        """ "newsletter.toml changed, 20-x.md was added"."""
        return ", ".join(self.changed) or "no file of it changed, so the program itself was updated"


def standings(desk: Desk, store: Kept, issue: Issue, edition: Edition) -> tuple[Standing, ...]:
    """Every approval of this issue, oldest first, with what it is worth today."""
    today: dict[str, str] | None = None
    found = []
    for approval in store.list_for_issue(issue.path):
        stale = approval.edition_hash != edition.hash
        changed: tuple[str, ...] = ()
        if stale and approval.holds:
            today = today or made_from(desk.project, desk.renderer.templates.folders, desk.publication, issue)
            changed = changes(approval.sources, today) if approval.sources else ("what changed is not known",)
        by_author = desk.publication.approval.not_author and bool(authors.wrote(issue, approval.name))
        found.append(Standing(approval, changed, stale=stale, by_author=by_author))
    return tuple(found)


def missing(settings: ApprovalSettings, counting: Sequence[Approval]) -> tuple[str, ...]:
    """What an edition has too little of, in words ("0 of the 1 approvals it needs"); nothing if that is enough."""
    roles = {approval.role.casefold() for approval in counting}
    lacking = [f"no approval from the role {role}" for role in settings.roles if role.casefold() not in roles]
    if len(counting) < settings.required:
        lacking.insert(0, f"{len(counting)} of the {settings.required} approvals it needs")
    return tuple(lacking)


def stale_words(found: Sequence[Standing]) -> str:
    """What became of approvals that hold no longer, one sentence each: the latest of every person who has none now."""
    current = {one.approval.name.casefold() for one in found if one.approval.holds and not one.stale}
    latest = {one.approval.name.casefold(): one for one in found if one.approval.holds and one.stale}
    return " ".join(
        f"{one.approval.name} approved an edition that has changed since: {one.why_stale}."
        for name, one in latest.items()
        if name not in current
    )


def accepted_by(counting: Iterable[Approval]) -> dict[str, str]:
    """Code of a check -> who lets its findings stand, and why."""
    return {
        code: f"{approval.name}: {reason}"
        for approval in counting
        for code, reason in sorted(approval.accepted.items())
    }
