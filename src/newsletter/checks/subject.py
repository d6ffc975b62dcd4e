"""What is checked: an issue, its edition, and what is known of the campaign it is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from lxml.html import HtmlElement

from newsletter.checks.answers import DomainFault, LinkResult
from newsletter.checks.pieces import pieces_of
from newsletter.checks.rendered import parse
from newsletter.checks.text import Passage, Piece
from newsletter.models.edition import Edition
from newsletter.models.issue import Issue
from newsletter.models.publication import Audience, Publication


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Handed to every rule. What is not known is None, and rules that need it say nothing."""

    issue: Issue
    publication: Publication
    now: datetime  # aware
    edition: Edition | None = None
    audience: Audience | None = None  # the one a campaign goes to
    test: bool | None = None  # whether it is a test campaign
    audience_size: int | None = None  # recipients
    previous_size: int | None = None  # recipients of this series' last campaign to this audience
    never_publish: tuple[str, ...] = field(default=(), repr=False)  # never printed, logged or stored
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)  # file -> its text as it is written
    templates: Mapping[str, str] = field(default_factory=dict, repr=False)  # MJML templates: file -> text
    corrections: tuple[str, ...] = ()  # of theme colours too faint to be used as they were given, a sentence each
    approvals_lacking: tuple[str, ...] | None = None  # "1 of the 2 approvals it needs"; None: not asked
    domain_faults: tuple[DomainFault, ...] | None = None  # of the sender's domain; None: nobody looked
    link_results: Mapping[str, LinkResult] | None = None  # address -> what the network said; None: not asked

    @cached_property
    def _trees(self) -> dict[str, HtmlElement | None]:
        return {}

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """issue.md and the items, read once for all rules."""
        return pieces_of(self.issue, self.sources)

    @property
    def opening(self) -> Piece:
        """issue.md."""
        return self.pieces[0]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Everything printed, in order."""
        return tuple(passage for piece in self.pieces for passage in piece.passages)

    def tree(self, name: str) -> HtmlElement | None:
        """The tree of a rendition in HTML, parsed once for all rules; none of them changes it."""
        if name not in self._trees:
            self._trees[name] = parse(self.rendition(name) or "")
        return self._trees[name]

    def rendition(self, name: str) -> str | None:
        """The text of a rendition, or None if there is none."""
        found = self.edition.renditions.get(name) if self.edition else None
        return found.text if found else None
