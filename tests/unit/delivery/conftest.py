"""A small publication, an edition of it, and messages to send."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr

from newsletter.delivery.links import LinkSigner
from newsletter.delivery.personalise import Personaliser
from newsletter.models.delivery import Recipient
from newsletter.models.edition import Edition, Rendition
from newsletter.models.publication import Publication

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
