"""Signing up in two steps, and the few mails that the public service writes by itself."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from newsletter.models.base import Model


class Wording(Model):
    """What a person was told when they signed up, word for word, in one language."""

    language: str
    text: str

    @property
    def version(self) -> str:
        """12 hex digits that change whenever a word does."""
        return hashlib.sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:12]


class SignUp(Model):
    """Somebody typed this address into the public page. It means nothing until the mailbox's owner confirms."""

    id: int  # random, 63 bits; the token of the confirmation holds it
    email: str
    audiences: tuple[str, ...]
    language: str = ""
    wording_version: str = ""
    asked_at: datetime
    confirmed_at: datetime | None = None


class MailKind(StrEnum):
    """What the service writes about."""

    SIGN_UP = "signup"  # please confirm; or, to somebody who gets all of it already: there is nothing to do
    WELCOME = "welcome"
    GOODBYE = "goodbye"  # the emails have stopped, and how to undo that


class ServiceMail(Model):
    """One mail to write. It holds no address: that is read when the mail is written."""

    id: str  # 32 hex digits; also the local part of the Message-ID
    kind: MailKind
    person_id: int  # of the sign-up, else of the subscriber
    audiences: tuple[str, ...] = ()
    language: str = ""
    attempts: int = 0
    created_at: datetime
