"""Links that gateways wrapped and mailing systems marked are read, and nothing else is touched."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.checks.wrapped import is_wrapped, plain, tokens, unwrapped, without_tokens

POLICY = "https://www.example.org/policy?id=7#part"
IN_BASE64 = base64.urlsafe_b64encode(POLICY.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "wrapped",
    [
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(POLICY, safe='')}&data=05%7C01&reserved=0",
        f"https://urldefense.com/v3/__{POLICY}__;!!abc!xyz$",
        "https://urldefense.com/v3/__https:/www.example.org/policy?id=7*part__;Iw!!abc!xyz$",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_policy-3Fid-3D7-23part&d=DwMF&c=x",
        f"https://urldefense.proofpoint.com/v1/url?u={quote(POLICY, safe='')}&k=abc",
        f"https://eu-west-2.protection.sophos.com?d=example.org&u={IN_BASE64}&i=abc",
        f"https://secure-web.cisco.com/1Ab-Cd/{quote(POLICY, safe='')}",
        f"https://linkprotect.cudasvc.com/url?a={quote(POLICY, safe='')}&c=E,1,abc",
        f"https://www.google.com/url?q={quote(POLICY, safe='')}&sa=D",
        f"https://l.facebook.com/l.php?u={quote(POLICY, safe='')}&h=AT0",
    ],
)
def test_the_address_in_a_wrapping_is_read(wrapped: str) -> None:
    assert is_wrapped(wrapped)
    assert unwrapped(wrapped) == POLICY


@pytest.mark.parametrize(
    ("wrapped", "inside"),
    [
        (
            "https://urldefense.com/v3/__https://google.com:443/search?q=a*test&gs=ps__;Kw!-612Flbf0JvQ3kNJkRi5Jg!Ue$",
            "https://google.com:443/search?q=a+test&gs=ps",
        ),
        (
            "https://urldefense.com/v3/__https://example.org/a**Ab__;w7zDvA!!x!y$",  # two signs in a run
            "https://example.org/a%C3%BC%C3%BCb",
        ),
    ],
)
def test_signs_that_proofpoint_hides_are_put_back(wrapped: str, inside: str) -> None:
    assert unwrapped(wrapped) == inside


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://protect-eu.mimecast.com/s/AbCdEf?domain=example.org",
        "https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fuser%3Apw%40example.org",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Flocalhost",
        "https://eur01.safelinks.protection.outlook.com/",
        "https://urldefense.com/v3/__https://example.org/a*b__;!!x!y$",
        "https://urldefense.com/v3/__https://example.org/ab__;Kw!!x!y$",
        "https://urldefense.com/v3/__https://example.org/a*b__;%%%!!x!y$",
        "https://x.protection.sophos.com?u=***",
    ],
)
def test_what_cannot_be_read_is_not_guessed(wrapped: str) -> None:
    assert is_wrapped(wrapped)
    assert unwrapped(wrapped) == plain(wrapped) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/url?q=https://a.uk",
        "https://notmimecast.com/s/x",
        "mailto:a@b.uk",
        "#place",
        "",
        "http://[",
    ],
)
def test_any_other_address_is_left_as_it_is(url: str) -> None:
    assert not is_wrapped(url)
    assert plain(url) == url


def test_wrappings_in_wrappings_are_taken_off_and_tokens_with_them() -> None:
    url = f"{POLICY.replace('#part', '')}&utm_source=news&fbclid=1#part"
    for _ in range(3):
        url = f"https://nam02.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=1"
    assert plain(url) == POLICY
    for _ in range(9):
        url = f"https://nam02.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=1"
    assert plain(url) == ""


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://a.uk/?utm_source=x&id=1&mc_eid=2", ["utm_source", "mc_eid"]),
        ("https://us1.campaign-archive.com/?u=1&id=2&e=0123456789", ["e"]),
        ("https://us1.campaign-archive.com/?u=1&id=2&e=[UNIQID]", ["e"]),
        ("https://a.uk/?e=0123456789&q=utm_source", []),
        ("https://a.uk/utm_source?", []),
    ],
)
def test_tokens_are_known_by_their_names(url: str, names: list[str]) -> None:
    assert tokens(url) == names
    assert not tokens(without_tokens(url))


@given(st.text(max_size=80))
def test_no_address_breaks_it_and_what_it_gives_needs_no_more(text: str) -> None:
    for url in (text, f"https://urldefense.com/v3/__{text}", f"https://x.safelinks.protection.outlook.com/?url={text}"):
        once = plain(url)
        assert plain(once) in (once, "")
        assert not tokens(once)
