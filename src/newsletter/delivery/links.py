"""Signed personal links: the only thing that lets somebody change a subscription without an account.

A token is `version and purpose | key id | audience or hour | subscriber | HMAC-SHA256 cut to 128 bits`, in base64url
without padding: 39 signs, no dots, no address inside. Keys are derived from the secrets, one for each purpose (HKDF,
RFC 5869). Decoding is strict: base64url allows several spellings of the same bytes, so what was read is written again
and compared.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr

from newsletter.models.keyed import Keyed

VERSION = 1
MAC_BYTES = 16
_BODY = struct.Struct(">BB3sQ")  # version and mark, key id, audience tag or hour, subscriber
_ID_BYTES = 8
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_HOUR = 3600


class Purpose(StrEnum):
    """What a token may do; the letter is also the first part of its address."""

    UNSUBSCRIBE = "u"  # stops one audience; never expires
    PREFERENCES = "p"  # opens the preferences of one subscriber
    CONFIRM = "c"  # confirms a sign-up


_LIFETIME = {Purpose.PREFERENCES: timedelta(days=90), Purpose.CONFIRM: timedelta(hours=72)}
# The low four bits of the first byte. The header's token and the footer's differ: one never stands for the other.
_MARKS = {
    1: (Purpose.UNSUBSCRIBE, True),
    2: (Purpose.UNSUBSCRIBE, False),
    3: (Purpose.PREFERENCES, False),
    4: (Purpose.CONFIRM, False),
}
_MARK_OF = {what: mark for mark, what in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows."""

    purpose: Purpose
    subscriber_id: int
    audience: str = (
        ""  # purpose u: the audience it stops; "" for others, and for an audience that nobody knows any more
    )
    from_header: bool = False  # it stood in List-Unsubscribe, not in the text
    issued_at: datetime | None = None  # purposes p and c, to the hour


class LinkSigner:
    """Writes and reads personal links. The first secret signs; all verify, so that secrets can be changed."""

    def __init__(
        self,
        secrets: Mapping[int, SecretStr],
        base_url: str,
        audiences: Iterable[str],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`audiences`: all names a token may mean: those of newsletter.toml and those anybody ever subscribed to."""
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._signing = next(iter(secrets))
        self._keys = {
            (key_id, purpose): Keyed(derive(secret.get_secret_value(), f"newsletter link {purpose.value}"))
            for key_id, secret in secrets.items()
            for purpose in Purpose
        }
        self._audiences = {audience_tag(name): name for name in audiences}

    def unsubscribe_url(self, subscriber_id: int, audience: str, *, header: bool = False) -> str:
        """Stops one audience. `header`: for List-Unsubscribe, else for the text of the message."""
        return self.url(Purpose.UNSUBSCRIBE, self.unsubscribe_token(subscriber_id, audience, header=header))

    def unsubscribe_token(self, subscriber_id: int, audience: str, *, header: bool = False) -> str:
        """The token alone, for the subject of a mailto link."""
        return self._token(Purpose.UNSUBSCRIBE, audience_tag(audience), subscriber_id, header=header)

    def preferences_url(self, subscriber_id: int) -> str:
        """Opens one person's preferences for 90 days."""
        return self.url(Purpose.PREFERENCES, self.preferences_token(subscriber_id))

    def preferences_token(self, subscriber_id: int) -> str:
        """The token alone."""
        return self._token(Purpose.PREFERENCES, self._hour(), subscriber_id)

    def confirm_url(self, signup_id: int) -> str:
        """Confirms one sign-up within 72 hours. That it works only once is for the store to see to."""
        return self.url(Purpose.CONFIRM, self._token(Purpose.CONFIRM, self._hour(), signup_id))

    def read(self, token: str, purpose: Purpose | str) -> Grant | None:
        """What this token allows, or None: it was changed, is for something else, or has expired."""
        raw = _decode(token)
        if raw is None or len(raw) != _BODY.size + MAC_BYTES:
            return None
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        first, key_id, middle, subscriber_id = _BODY.unpack(body)
        meant, from_header = _MARKS.get(first & 0x0F, (None, False))
        key = self._keys.get((key_id, meant)) if meant else None
        if key is None or meant is None or meant != purpose or first >> 4 != VERSION:
            return None
        if not hmac.compare_digest(mac, _mac(key, body)):
            return None
        if meant is Purpose.UNSUBSCRIBE:
            audience = self._audiences.get(middle, "")
            return Grant(purpose=meant, subscriber_id=subscriber_id, audience=audience, from_header=from_header)
        issued = datetime.fromtimestamp(int.from_bytes(middle) * _HOUR, UTC)
        if not issued <= self._clock() < issued + _LIFETIME[meant] + timedelta(hours=1):
            return None
        return Grant(purpose=meant, subscriber_id=subscriber_id, issued_at=issued)

    def url(self, purpose: Purpose, token: str) -> str:
        """Where a token leads to."""
        return f"{self.base_url}/{purpose.value}/{token}"

    def _hour(self) -> bytes:
        return (int(self._clock().timestamp()) // _HOUR).to_bytes(3)

    def unsubscribe_tokens(self, audience: str, *, header: bool = False) -> Callable[[int], str]:
        """Subscriber to token, made ready for a whole campaign."""
        return self._tokens(Purpose.UNSUBSCRIBE, audience_tag(audience), header=header)

    def preferences_tokens(self) -> Callable[[int], str]:
        """The same. Their 90 days start now."""
        return self._tokens(Purpose.PREFERENCES, self._hour())

    def _token(self, purpose: Purpose, middle: bytes, subscriber_id: int, *, header: bool = False) -> str:
        return self._tokens(purpose, middle, header=header)(subscriber_id)

    def _tokens(self, purpose: Purpose, middle: bytes, *, header: bool = False) -> Callable[[int], str]:
        start = _BODY.pack(VERSION << 4 | _MARK_OF[purpose, header], self._signing, middle, 0)[:-_ID_BYTES]
        digest, spell, table = self._keys[self._signing, purpose].after(start), binascii.b2a_base64, _URL_SAFE

        def token(subscriber_id: int) -> str:  # as `_spelt`, without a call: three of these for each recipient
            whose = subscriber_id.to_bytes(_ID_BYTES)
            raw = b"%b%b%b" % (start, whose, digest(whose)[:MAC_BYTES])
            return spell(raw, newline=False).translate(table, b"=").decode("ascii")

        return token


@functools.lru_cache(maxsize=64)
def audience_tag(name: str) -> bytes:
    """Three bytes that stand for an audience's name: the order of newsletter.toml may change, its names may not."""
    return hashlib.sha256(name.encode("utf-8")).digest()[:3]


def hash_keys(secrets: Mapping[int, SecretStr]) -> dict[int, bytes]:
    """Key id -> the key that suppressed addresses are hashed with, in the order of the secrets."""
    return {key_id: derive(secret.get_secret_value(), "newsletter suppression") for key_id, secret in secrets.items()}


def derive(secret: str, info: str) -> bytes:
    """A key of 32 bytes for one use (HKDF-SHA256, RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode("utf-8")).derive(secret.encode("utf-8"))


def _mac(key: Keyed, body: bytes) -> bytes:
    return key.digest(body)[:MAC_BYTES]


def _spelt(raw: bytes) -> str:
    """base64url without padding."""
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


def _decode(token: str) -> bytes | None:
    """The token's bytes, if it is spelt the one way we spell it."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return raw if _spelt(raw) == token else None
