"""Subscribers, recipients, messages, receipts, and the states a delivery passes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field

from newsletter.models.base import Model


class Subscriber(Model):
    """A person's address and what they asked for."""

    id: int  # random, 63 bits; never a counter, since tokens hold it
    email: str
    name: str = ""
    agency: str = ""
    area: str = ""
    shared: bool = False  # a mailbox that several people read
    language: str = ""
    audiences: tuple[str, ...] = ()  # audiences they get now


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """What became of one message.

    pending -> intent -> accepted | refused | failed (back to pending when sent again) | uncertain; or excluded.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    INTENT = "intent"  # committed just before the message is handed over
    ACCEPTED = "accepted"
    REFUSED = "refused"  # never again
    FAILED = "failed"  # temporary; may be tried again
    UNCERTAIN = "uncertain"  # perhaps accepted: never sent again by ourselves
    EXCLUDED = "excluded"  # unsubscribed, suppressed or erased before it was sent
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Recipient(NamedTuple):
    """A subscriber picked for one campaign. A tuple: there may be a million, and nothing else that cannot be changed is
    made as quickly."""

    delivery_id: str  # 32 hex digits; also the local part of the Message-ID
    subscriber_id: int
    email: str
    name: str = ""
    campaign_id: str = ""


@dataclass(frozen=True, eq=False)
class Letter:
    """What all messages of one campaign share: an edition made ready for one audience. Known by identity."""

    sender: str  # the address alone
    sender_name: str
    reply_to: str
    subject: str
    headers: Mapping[str, str]  # everything beside From, To, Reply-To, Subject, Date, Message-ID and MIME
    text: str = field(repr=False)  # the merge tags of each recipient still stand in both
    html: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    unsubscribe_group: int | None = None  # [unsubscribe] mode "provider": the mail service's own group


class Message(NamedTuple):
    """A letter with what one recipient has for themselves, ready for any transport."""

    letter: Letter
    delivery_id: str
    recipient: str  # the address alone
    message_id: str  # "<...>"
    date: datetime
    recipient_name: str = ""
    campaign_id: str = ""
    own_headers: Mapping[str, str] = MappingProxyType({})
    substitutions: Mapping[str, str] = MappingProxyType({})  # merge tag -> value, not yet escaped

    def __repr__(self) -> str:
        """Without words, links and address."""
        return f"Message(delivery_id={self.delivery_id!r})"

    @property
    def headers(self) -> dict[str, str]:
        """The letter's and its own."""
        return {**self.letter.headers, **self.own_headers}

    @property
    def text(self) -> str:
        """The plain text that this person gets."""
        return _replaced(self.letter.text, self.substitutions)

    @property
    def html(self) -> str:
        """The HTML that this person gets."""
        return _replaced(self.letter.html, {tag: escape(value) for tag, value in self.substitutions.items()})


def _replaced(text: str, values: Mapping[str, str]) -> str:
    for tag, value in values.items():
        text = text.replace(tag, value)
    return text


class Attachment(Model):
    """A picture shown inside a message (`content_id`) or a file attached to it: restricted issues only."""

    file_name: str
    media_type: str
    data: bytes = Field(repr=False)
    content_id: str = ""  # without angle brackets; "" for an attached file


class ReceiptState(StrEnum):
    """What a mail service answered."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"  # certainly not accepted; may be sent again later
    REFUSED = "refused"  # certainly not accepted; never again


class Receipt(NamedTuple):
    """A mail service's answer for one message."""

    delivery_id: str
    state: ReceiptState
    provider_id: str = ""
    reason: str = ""  # in the provider's words


class Tally(Model):
    """The sum of a campaign that must add up."""

    frozen: int  # recipients when the campaign was frozen
    accepted: int = 0
    excluded: int = 0
    refused: int = 0
    failed: int = 0
    uncertain: int = 0
    pending: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every recipient is accounted for."""
        parts = self.accepted + self.excluded + self.refused + self.failed + self.uncertain + self.pending
        return parts == self.frozen

    @property
    def complete(self) -> bool:
        """Whether everybody was either accepted or excluded."""
        return self.adds_up and self.accepted + self.excluded == self.frozen

    def __str__(self) -> str:
        failed = f" + {self.failed} failed" if self.failed else ""
        return (
            f"{self.frozen} recipients = {self.accepted} accepted + {self.excluded} excluded + {self.refused} refused"
            f"{failed} + {self.uncertain} uncertain + {self.pending} pending"
        )


class Campaign(Model):
    """The sending of one edition to one audience."""

    id: str  # 32 hex digits; follows from edition, audience and `repeat`
    edition_hash: str
    issue_path: str  # "issues/2026-11-winter"
    series: str
    audience: str
    subject: str
    title: str
    test: bool = False  # went to a test audience: does not count as having been published
    repeat: str = ""  # makes a second campaign of the same edition and audience another one
    state: CampaignState
    reason: str = ""  # why it is in this state: "the mail server refuses the sign-in"
    transport: str = ""  # the last transport's name
    created_at: datetime
    changed_at: datetime
    scheduled_for: datetime | None = None  # when it is, or was, to start by itself
    queued: bool = False  # workers send it, if it runs
    tally: Tally


class Claim(NamedTuple):
    """Recipients leased to one sender."""

    recipients: tuple[Recipient, ...] = ()
    excluded: int = 0  # left while they waited: unsubscribed, suppressed or erased
    retried: int = 0  # of both together, those that had failed for a time before
    running: bool = True  # False: somebody paused or cancelled the campaign


class Doubt(Model):
    """A recipient who may or may not have got the message. Shown to people, so the address is masked."""

    delivery_id: str
    address: str  # masked; "" when the person was erased
    reason: str
    since: datetime
    decision: str = ""  # "skip, by Jo Smith": somebody decided not to send again
