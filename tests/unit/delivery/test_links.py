"""Tokens: what is refused, what is honoured, and that nothing about them can be changed."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.unit.delivery.sending_kit import NOW, SECRETS, signer

from newsletter.delivery.links import LinkSigner, Purpose, audience_tag, derive, hash_keys

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
IDS = st.integers(min_value=0, max_value=2**63 - 1)


def at(moment: object) -> LinkSigner:
    return LinkSigner(SECRETS, "https://news.example.org", ("practitioners", "schools"), clock=lambda: moment)  # type: ignore[arg-type, return-value]


@settings(deadline=None, max_examples=60)
@given(IDS, st.sampled_from(["practitioners", "schools"]), st.booleans())
def test_an_unsubscribe_token_says_who_and_what_and_nothing_else(subscriber: int, audience: str, header: bool) -> None:
    token = signer().unsubscribe_token(subscriber, audience, header=header)
    grant = signer().read(token, "u")
    assert grant is not None
    assert (grant.subscriber_id, grant.audience, grant.from_header) == (subscriber, audience, header)
    assert len(token) == 39
    assert set(token) <= set(ALPHABET)


def test_an_address_with_a_token_stays_under_75_signs() -> None:
    assert len(signer().unsubscribe_url(2**63 - 1, "practitioners")) < 75
    assert len(signer().preferences_url(2**63 - 1)) < 75


def test_the_tokens_of_header_and_footer_differ() -> None:
    assert signer().unsubscribe_token(7, "schools", header=True) != signer().unsubscribe_token(7, "schools")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_token_stands_in_for_another_purpose(purpose: Purpose) -> None:
    tokens = {
        Purpose.UNSUBSCRIBE: signer().unsubscribe_token(7, "schools"),
        Purpose.PREFERENCES: signer().preferences_token(7),
        Purpose.CONFIRM: signer().confirm_url(7).rpartition("/")[2],
    }
    assert [other for other, token in tokens.items() if signer().read(token, purpose)] == [purpose]


@pytest.mark.parametrize("header", [True, False])
def test_a_token_with_any_byte_changed_is_refused(header: bool) -> None:
    token = signer().unsubscribe_token(123456789, "schools", header=header)
    raw = base64.urlsafe_b64decode(token + "=")
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            spelt = base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode()
            assert signer().read(spelt, "u") is None, (place, bit)


def test_a_token_with_any_sign_changed_is_refused_even_if_it_spells_the_same_bytes() -> None:
    token = signer().unsubscribe_token(123456789, "schools")
    for place in range(len(token)):
        for sign in ALPHABET:
            if sign != token[place]:
                assert signer().read(token[:place] + sign + token[place + 1 :], "u") is None, (place, sign)


def test_a_token_cut_short_or_made_longer_is_refused() -> None:
    token = signer().unsubscribe_token(5, "schools")
    for length in range(len(token)):
        assert signer().read(token[:length], "u") is None
    for more in ("A", "=", "==", "\n", " ", "\x00", "/", "é"):
        assert signer().read(token + more, "u") is None
        assert signer().read(more + token, "u") is None


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_no_text_is_read_as_a_token_by_chance(text: str) -> None:
    assert all(signer().read(text, purpose) is None for purpose in Purpose)


def test_a_neighbouring_subscriber_cannot_be_reached() -> None:
    tokens = [signer().unsubscribe_token(number, "schools") for number in range(100, 110)]
    raws = [base64.urlsafe_b64decode(token + "=") for token in tokens]
    for first, second in pairwise(raws):
        swapped = base64.urlsafe_b64encode(second[:13] + first[13:]).rstrip(b"=").decode()
        assert signer().read(swapped, "u") is None


def test_a_token_signed_with_an_old_secret_is_honoured_and_one_with_a_foreign_secret_is_not() -> None:
    old = LinkSigner({1: SECRETS[1]}, "https://x.org", ["schools"])
    foreign = LinkSigner({2: SecretStr("somebody else's secret, long enough")}, "https://x.org", ["schools"])
    unknown = LinkSigner({9: SECRETS[2]}, "https://x.org", ["schools"])
    assert signer().read(old.unsubscribe_token(5, "schools"), "u") is not None
    assert signer().read(foreign.unsubscribe_token(5, "schools"), "u") is None
    assert signer().read(unknown.unsubscribe_token(5, "schools"), "u") is None


def test_the_first_secret_signs() -> None:
    only_new = LinkSigner({2: SECRETS[2]}, "https://x.org", ["schools"])
    assert only_new.read(signer().unsubscribe_token(5, "schools"), "u") is not None


def test_an_unsubscribe_token_never_expires() -> None:
    token = signer().unsubscribe_token(5, "schools")
    assert at(NOW + timedelta(days=3650)).read(token, "u") is not None


@pytest.mark.parametrize(("purpose", "lifetime"), [("p", timedelta(days=90)), ("c", timedelta(hours=72))])
def test_the_other_tokens_expire(purpose: str, lifetime: timedelta) -> None:
    token = (signer().preferences_url(5) if purpose == "p" else signer().confirm_url(5)).rpartition("/")[2]
    assert at(NOW + lifetime).read(token, purpose) is not None
    assert at(NOW + lifetime + timedelta(hours=2)).read(token, purpose) is None
    assert at(NOW - timedelta(hours=2)).read(token, purpose) is None


def test_reordering_the_audiences_changes_no_token() -> None:
    turned = LinkSigner(SECRETS, "https://x.org", ["another", "schools", "practitioners"])
    grant = turned.read(signer().unsubscribe_token(5, "schools"), "u")
    assert grant is not None
    assert grant.audience == "schools"


def test_an_audience_that_nobody_knows_any_more_is_named_empty() -> None:
    grant = LinkSigner(SECRETS, "https://x.org", ["other"]).read(signer().unsubscribe_token(5, "schools"), "u")
    assert grant is not None
    assert grant.audience == ""


def test_audience_names_get_different_tags() -> None:
    names = [f"audience-{number}" for number in range(200)]
    assert len({audience_tag(name) for name in names}) == len(names)


def test_every_use_of_a_secret_has_its_own_key() -> None:
    secret = SECRETS[1].get_secret_value()
    expected = HKDF(SHA256(), 32, None, b"newsletter suppression").derive(secret.encode())
    assert hash_keys({1: SECRETS[1]}) == {1: expected}
    assert len({derive(secret, info) for info in ("a", "b", "newsletter link u")}) == 3


def test_no_secret_and_no_key_shows_in_a_repr() -> None:
    assert SECRETS[1].get_secret_value() not in repr(signer()) + repr(vars(signer())["base_url"])
