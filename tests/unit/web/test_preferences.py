"""Choosing audiences: only what was shown, only one's own, only from our own page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.web.service_kit import PUBLICATION, Client, FakeApp, path_of

from newsletter.models.delivery import Subscriber


@pytest.fixture
def address(app: FakeApp, jo: Subscriber) -> str:
    return path_of(app.signer.preferences_url(jo.id))


def test_the_page_offers_the_open_audiences_and_no_test_or_restricted_one(client: Client, address: str) -> None:
    page = client.get(address).text
    assert "Schools and colleges" in page
    assert "invitees" not in page
    assert "Test inboxes" not in page
    assert page.count(" checked") == 2
    assert "j•••@example.org" in page
    assert "jo.smith" not in page


def test_what_is_ticked_starts_and_what_is_not_stops(
    app: FakeApp, client: Client, address: str, jo: Subscriber
) -> None:
    answer = client.post(address, data={"shown": ["practitioners", "schools"], "get": "schools"})
    assert answer.status_code == 200
    assert "Saved" in answer.text
    assert app.audiences(jo) == ("schools",)
    client.post(address, data={"shown": ["practitioners", "schools"], "get": ["practitioners", "schools"]})
    assert app.audiences(jo) == ("practitioners", "schools")


def test_an_audience_that_the_page_did_not_show_is_left_alone(
    app: FakeApp, client: Client, address: str, jo: Subscriber
) -> None:
    client.post(address, data={"shown": "practitioners"})
    assert app.audiences(jo) == ("schools",)


@pytest.mark.parametrize(
    "fields",
    [
        {"shown": "schools", "get": "schools", "email": "new@example.org"},
        {"shown": "schools", "audiences[schools][status]": "x"},
        {"shown": ["schools", "invitees"], "get": "invitees"},
        {"shown": ["schools", "test"], "get": "test"},
        {"shown": "schools", "get": "practitioners"},
        {"shown": "nothing we have"},
        {"get": "schools"},
        {},
    ],
)
def test_a_form_that_is_not_ours_saves_nothing(
    app: FakeApp, client: Client, address: str, fields: dict[str, Any]
) -> None:
    before = app.state()
    assert client.post(address, data=fields).status_code == 400
    assert app.state() == before


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"shown=schools", "text/plain"),
        (b"shown=schools", ""),
        (b'{"shown": "schools"}', "application/json"),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b"),
        (b"shown=%ff%fe", "application/x-www-form-urlencoded"),
        (b"shown=\xff", "application/x-www-form-urlencoded"),
        (b"&".join([b"shown=schools"] * 250), "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_saves_nothing(
    app: FakeApp, client: Client, address: str, body: bytes, content_type: str
) -> None:
    before = app.state()
    assert client.post(address, content=body, headers={"Content-Type": content_type}).status_code == 400
    assert app.state() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[bad"},
        {"Origin": "https://news.example.org.evil.example"},
    ],
)
def test_a_form_from_another_site_is_refused(
    app: FakeApp, client: Client, address: str, headers: dict[str, str]
) -> None:
    before = app.state()
    assert client.post(address, data={"shown": "schools"}, headers=headers).status_code == 403
    assert app.state() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": "https://news.example.org"},
        {},
    ],
)
def test_a_form_from_our_own_page_is_taken(
    app: FakeApp, client: Client, address: str, jo: Subscriber, headers: dict[str, str]
) -> None:
    assert client.post(address, data={"shown": "schools"}, headers=headers).status_code == 200
    assert app.audiences(jo) == ("practitioners",)


def test_one_persons_link_never_shows_or_changes_another(app: FakeApp, client: Client, address: str) -> None:
    (sam,) = app.subscribe(("sam@elsewhere.example", "practitioners"))
    before = app.audiences(sam)
    page = client.post(f"{address}?id={sam.id}", data={"shown": "practitioners"}).text
    assert "elsewhere" not in page
    assert app.audiences(sam) == before


def test_after_90_days_the_link_says_where_to_find_a_new_one(app: FakeApp, client: Client, address: str) -> None:
    app.moment += timedelta(days=92)
    before = app.state()
    for answer in (client.get(address), client.post(address, data={"shown": "schools"})):
        assert answer.status_code == 404
        assert "90 days" in answer.text
    assert app.state() == before
    assert client.get("/p/nonsense").text == client.get(address).text


def test_the_unsubscribe_page_leads_to_ones_own_preferences(app: FakeApp, client: Client, jo: Subscriber) -> None:
    page = client.get(path_of(app.signer.unsubscribe_url(jo.id, "schools"))).text
    path = page.partition('href="/p/')[2].partition('"')[0]
    assert client.get(f"/p/{path}").status_code == 200


def test_titles_are_shown_as_text(app: FakeApp, jo: Subscriber) -> None:

    audience = PUBLICATION.audiences["schools"].model_copy(update={"title": "<script>alert(1)</script>"})
    app.publication = PUBLICATION.model_copy(update={"audiences": {**PUBLICATION.audiences, "schools": audience}})
    page = app.client().get(path_of(app.signer.preferences_url(jo.id))).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
