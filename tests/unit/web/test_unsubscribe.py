"""Stopping one audience: who may, what it touches, and what never does it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.web.service_kit import PUBLICATION, Client, FakeApp, path_of

from newsletter.models.delivery import Subscriber
from newsletter.web.links import Links


def link(app: FakeApp, person: Subscriber, audience: str = "practitioners", *, header: bool = False) -> str:
    return path_of(app.signer.unsubscribe_url(person.id, audience, header=header))


def test_opening_the_link_ten_times_in_every_harmless_way_changes_nothing(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    before = app.state()
    links = [link(app, jo), link(app, jo, header=True), path_of(app.signer.preferences_url(jo.id))]
    for address in [*links, *(f"{address}/undo" for address in links)]:
        for method in ("GET", "HEAD", "OPTIONS") * 10:
            assert client(method, address, headers={"Purpose": "prefetch"}).status_code in (200, 404, 405)
    assert app.state() == before


def test_the_page_shows_whose_emails_would_stop_without_telling_others_the_address(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    answer = client.get(link(app, jo))
    assert answer.status_code == 200
    assert "j•••@example.org" in answer.text
    assert "jo.smith" not in answer.text
    assert "Multi-agency practitioners" in answer.text
    assert PUBLICATION.partnership.name in answer.text
    assert answer.text.count("<button") == 1
    assert answer.text.count("<form") == 1
    assert "<script" not in answer.text


def test_a_shared_mailbox_is_warned_that_colleagues_lose_it_too(app: FakeApp, client: Client) -> None:
    (office,) = app.subscribe(("office@school.example.org", "practitioners"), shared=True)
    assert "shared mailbox" in client.get(link(app, office)).text
    assert "shared mailbox" in client.post(link(app, office)).text
    assert app.audiences(office) == ()


def test_one_subscription_stops_and_the_others_of_the_person_go_on(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    assert client.post(link(app, jo)).status_code == 200
    assert app.audiences(jo) == ("schools",)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b"List-Unsubscribe=One-Click", None),
        (b"", "application/x-www-form-urlencoded"),
        (b"", None),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
        (b"\xff\x00%zz&&==", "multipart/form-data"),
        (b'{"email": "someone@else.example"}', "application/json; charset=nonsense"),
    ],
)
def test_a_post_acts_whatever_its_body(
    app: FakeApp, client: Client, jo: Subscriber, body: bytes, content_type: str | None, header: bool
) -> None:
    answer = client.post(
        link(app, jo, header=header), content=body, headers={"Content-Type": content_type} if content_type else {}
    )
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    assert app.audiences(jo) == ("schools",)


def test_a_post_from_another_site_still_acts_because_mail_services_are_other_sites(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    client.post(link(app, jo), headers={"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"})
    assert app.audiences(jo) == ("schools",)


def test_a_second_post_is_answered_like_the_first_and_logged_once(app: FakeApp, client: Client, jo: Subscriber) -> None:
    first, second = client.post(link(app, jo)), client.post(link(app, jo))
    assert (first.status_code, first.text) == (second.status_code, second.text)
    events = [event for event in app.state()[2] if "unsubscribed" in event]
    assert len(events) == 1


def test_an_address_in_the_body_is_never_what_is_stopped(app: FakeApp, client: Client, jo: Subscriber) -> None:
    (sam,) = app.subscribe(("sam@example.org", "practitioners schools"))
    client.post(link(app, jo), data={"email": "sam@example.org", "id": str(sam.id), "audience": "schools"})
    assert app.audiences(sam) == ("practitioners", "schools")
    assert app.audiences(jo) == ("schools",)


def test_an_address_without_a_link_stops_nothing(app: FakeApp, client: Client, jo: Subscriber) -> None:
    before = app.state()
    for path in (
        "/u/",
        "/u",
        f"/u/{jo.id}",
        "/u/jo.smith@example.org",
        "/u/x?email=jo.smith@example.org",
        "/p/",
        "/p",
        "/",
        f"/?p=unsubscribe&uid={jo.id}",
    ):
        answer = client.post(path, data={"email": "jo.smith@example.org", "unsubscribeemail": "jo.smith@example.org"})
        assert answer.status_code in (404, 405)
    assert app.state() == before


def test_every_changed_sign_of_a_link_makes_it_worthless(app: FakeApp, client: Client, jo: Subscriber) -> None:
    before, address = app.state(), link(app, jo)
    prefix, token = address.rsplit("/", 1)
    wrong = [token[:place] + ("A" if sign != "A" else "B") + token[place + 1 :] for place, sign in enumerate(token)]
    wrong += [token[:-1], token + "A", token + "=", token.lower(), token.upper(), token[::-1], "A" * 39, "", "é" * 39]
    for other in wrong:
        assert client.post(f"{prefix}/{other}").status_code == 404
    assert app.state() == before


def test_no_link_does_the_work_of_another(app: FakeApp, client: Client, jo: Subscriber) -> None:
    before = app.state()
    u = link(app, jo).rsplit("/", 1)[-1]
    p = path_of(app.signer.preferences_url(jo.id)).rsplit("/", 1)[-1]
    assert client.post(f"/u/{p}").status_code == 404
    assert client.post(f"/u/{p}/undo").status_code == 404
    assert client.post(f"/p/{u}", data={"shown": "schools"}).status_code == 404
    assert app.state() == before


@pytest.mark.parametrize(
    "odd",
    [
        "{0}/",
        "{0}//",
        "/{0}",
        "{0}/%2e",
        "{0}%2F",
        "{0}%00",
        "{0}%20",
        "/./{0}",
        "{0};x",
        "{0}/undo/",
        "{0}.html",
        "{0}/undo%2e",
    ],
)
def test_odd_spellings_of_a_link_are_not_found_and_never_redirected(
    app: FakeApp, client: Client, jo: Subscriber, odd: str
) -> None:
    before = app.state()
    for method in ("GET", "POST"):
        answer = client(method, odd.format(link(app, jo)))
        assert answer.status_code == 404
        assert "location" not in answer.headers
    assert app.state() == before


def test_every_bad_link_gets_the_same_page_and_nothing_of_it_is_repeated(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    token = link(app, jo).rsplit("/", 1)[-1]
    bad = [
        "<script>alert(1)</script>".replace("/", ""),
        "' or 1=1 --",
        "A" * 39,
        token[:-2],
        "%0d%0aX-Evil:%20yes",
        "x" * 3000,
        "{{7*7}}",
    ]
    pages = {client(method, f"/u/{text}").text for text in bad for method in ("GET", "POST")}
    assert len(pages) == 1
    (page,) = pages
    assert not any(text in page for text in ("script", "1=1", "Evil", "49", token[:10]))
    assert "partnership@example.org" in page


def test_undo_takes_an_unsubscribe_back_once_it_is_asked_for(app: FakeApp, client: Client, jo: Subscriber) -> None:
    goodbye = client.post(link(app, jo))
    assert f'action="{link(app, jo)}/undo"' in goodbye.text
    answer = client.post(f"{link(app, jo)}/undo")
    assert answer.status_code == 200
    assert "keep getting" in answer.text
    assert app.audiences(jo) == ("practitioners", "schools")


def test_undo_starts_nothing_that_the_person_never_had(app: FakeApp, client: Client) -> None:
    (sam,) = app.subscribe(("sam@example.org", "schools"))
    answer = client.post(f"{link(app, sam, 'practitioners')}/undo")
    assert "could not be started again" in answer.text
    assert app.audiences(sam) == ("schools",)


def test_undo_from_another_site_is_refused(app: FakeApp, client: Client, jo: Subscriber) -> None:
    client.post(link(app, jo))
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert client.post(f"{link(app, jo)}/undo", headers=headers).status_code == 403
    assert app.audiences(jo) == ("schools",)


def test_an_erased_person_is_answered_kindly_and_named_nowhere(app: FakeApp, client: Client, jo: Subscriber) -> None:
    address = link(app, jo)
    app.store.subscribers.erase("jo.smith@example.org", source="test", at=app.moment)
    before = app.state()
    for answer in (
        client.get(address),
        client.post(address),
        client.post(f"{address}/undo"),
        client.get(path_of(app.signer.preferences_url(jo.id))),
    ):
        assert answer.status_code == 200
        assert "•••" not in answer.text
    assert app.state() == before


def test_a_link_signed_with_an_old_key_works_years_later(app: FakeApp, client: Client, jo: Subscriber) -> None:
    app.secrets = {1: app.secrets[1]}
    address = link(app, jo)
    app.secrets = {2: FakeApp(app.project, None).secrets[2], **app.secrets}
    app.moment += timedelta(days=3650)
    assert client.post(address).status_code == 200
    assert app.audiences(jo) == ("schools",)


def test_a_link_of_an_audience_that_no_longer_exists_is_answered(app: FakeApp, jo: Subscriber) -> None:
    address = link(app, jo, "a-list-of-long-ago")
    answer = app.client().post(address)
    assert answer.status_code == 200
    assert app.audiences(jo) == ("practitioners", "schools")


def test_a_link_of_an_audience_that_came_after_the_service_was_started_works(app: FakeApp, client: Client) -> None:
    (sam,) = app.subscribe(("sam@example.org", "brand-new schools"))
    address = link(app, sam, "brand-new")
    assert "sam" not in client.get(address).text
    assert client.post(address).status_code == 200
    assert app.audiences(sam) == ("schools",)
    assert app.renewed == 1


def test_links_of_forgotten_audiences_do_not_make_the_database_work(app: FakeApp, jo: Subscriber) -> None:
    links = Links(app, again_after=60)
    token = link(app, jo, "a-list-of-long-ago").rsplit("/", 1)[-1]
    for _ in range(5):
        grant = links.read_anew(token)
        assert grant is not None
        assert grant.audience == ""
    assert app.renewed == 1


def test_a_link_already_used_says_so(app: FakeApp, client: Client, jo: Subscriber) -> None:
    client.post(link(app, jo))
    assert "have stopped" in client.get(link(app, jo)).text
    assert "<button" not in client.get(link(app, jo)).text


def test_pages_link_below_the_path_the_service_is_reached_at(tmp_path: Path, app: FakeApp, jo: Subscriber) -> None:
    publication = PUBLICATION.model_copy(
        update={"unsubscribe": PUBLICATION.unsubscribe.model_copy(update={"url": "https://www.example.org/mailings"})}
    )
    app.publication = publication
    client = app.client()
    address = app.signer.unsubscribe_url(jo.id, "practitioners").removeprefix("https://www.example.org/mailings")
    page = client.post(address).text
    assert f'action="/mailings{address}/undo"' in page
    assert 'href="/mailings/service/style.css' in page
    assert 'href="/mailings/p/' in page
