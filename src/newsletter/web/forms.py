"""Forms: reading what a browser sent, and a seal on a form that proves when and in which words we showed it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
Fields = list[tuple[str, str]]


def read_form(content_type: str, body: bytes) -> Fields | None:
    """The fields in order, or None if this is not a form as browsers send it."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        return None
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        return None


class Seals:
    """Seals with the first key; believes all. What is sealed is not secret, it only cannot be made up."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)

    def seal(self, what: str, at: datetime) -> str:
        """A text for a hidden field that binds `what` to the moment at which it was shown."""
        key_id, second = next(iter(self._keys)), int(at.timestamp())
        return f"{key_id}-{second}-{self._mac(key_id, what, second)}"

    def age(self, seal: str, what: str, now: datetime) -> float | None:
        """How many seconds ago `what` was sealed; None if it never was."""
        found = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,12})-([0-9a-f]{32})", seal)
        if found is None or int(found[1]) not in self._keys:
            return None
        if not hmac.compare_digest(self._mac(int(found[1]), what, int(found[2])), found[3]):
            return None
        return now.timestamp() - int(found[2])

    def hide(self, text: str) -> str:
        """Something that stands for `text` and does not tell it: for what must be counted but not kept."""
        return hmac.digest(next(iter(self._keys.values())), text.encode("utf-8"), "sha256")[:16].hex()

    def _mac(self, key_id: int, what: str, second: int) -> str:
        return hmac.digest(self._keys[key_id], f"{second}\n{what}".encode(), "sha256")[:16].hex()
