"""What SendGrid tells of messages afterwards, signed as SendGrid signs it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class EventSigner:
    """Holds a key of its own. `public_key` is what NEWSLETTER_SENDGRID_WEBHOOK_KEY would say."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode("ascii")

    def body(self, entries: Sequence[dict[str, Any]]) -> bytes:
        """Events as SendGrid writes them: one to a line."""
        return b"[" + b",\r\n".join(json.dumps(entry).encode() for entry in entries) + b"]\r\n"

    def headers(self, body: bytes, at: datetime) -> dict[str, str]:
        """The two headers that go with this body, signed at this moment."""
        stamp = str(int(at.timestamp()))
        signature = self._key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode("ascii"),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }
