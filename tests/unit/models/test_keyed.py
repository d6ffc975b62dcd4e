"""The prepared HMAC is the standard one."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from newsletter.models.keyed import Keyed


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_a_prepared_key_gives_what_the_standard_library_gives(key: bytes, message: bytes) -> None:
    keyed = Keyed(key)
    for _ in range(2):
        assert keyed.digest(message) == hmac.digest(key, message, "sha256")
