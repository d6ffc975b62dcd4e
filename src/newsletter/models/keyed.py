"""HMAC-SHA256 (RFC 2104) with a key made ready: for what is worked out several times for every recipient."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

_BLOCK = 64  # bytes that SHA-256 takes at a time


class Keyed:
    """Gives what `hmac.digest(key, message, "sha256")` gives, in a third of the time: the key is hashed once."""

    def __init__(self, key: bytes) -> None:
        whole = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in whole))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in whole))
        self.digest = self.after(b"")  # message -> 32 bytes

    def after(self, start: bytes) -> Callable[[bytes], bytes]:
        """The digests of messages that all start with `start`: gives what makes one from the rest of a message."""
        begun = self._inner.copy()
        begun.update(start)
        first, second = begun.copy, self._outer.copy

        def digest(rest: bytes) -> bytes:
            inner, outer = first(), second()
            inner.update(rest)
            outer.update(inner.digest())
            return outer.digest()

        return digest
