"""From folder to mailbox: the sample briefing over a real SMTP server, and what arrived read back."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.testing import SmtpSink
from newsletter.web.service import create_service
from tests_e2e import BRIEFING, Ran

Command = Callable[..., Ran]


@pytest.fixture
def server() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


def arrived(server: SmtpSink) -> list[EmailMessage]:
    """What the server was given, parsed by the standard library."""
    return [email.message_from_bytes(raw, policy=SMTP) for raw in server.messages]  # type: ignore[misc]
