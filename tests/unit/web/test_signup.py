"""Signing up in two steps: what is answered, what is mailed, and what nobody can find out."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import httpx
import pytest
from tests.unit.web.service_kit import PUBLICATION, Client, FakeApp, path_of

from newsletter.models.delivery import Message, Subscriber
from newsletter.models.publication import Publication
from newsletter.web.limits import LIMITS

NEW = "sam.jones@example.org"


def fill(client: Client, **fields: object) -> dict[str, object]:
    """The form as the page shows it, filled in."""
    page = client.get("/sign-up").text
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal
    return {"email": NEW, "get": ["practitioners"], "website": "", "lang": "en-GB", "seal": seal[1], **fields}


def send(app: FakeApp, client: Client, **fields: object) -> httpx.Response:
    """Fills the form in, a few seconds after it was opened."""
    form = fill(client, **fields)
    app.moment += timedelta(seconds=5)
    return client.post("/sign-up", data=form)


def link_of(message: Message, purpose: str = "c") -> str:
    found = re.search(rf"https://news\.example\.org(/{purpose}/\S+)", message.text)
    assert found, message.text
    return found[1]


def test_whoever_confirms_gets_what_they_chose_and_a_welcome(app: FakeApp, client: Client) -> None:
    assert "look in your mailbox" in send(app, client).text
    assert app.store.subscribers.find(NEW) is None
    (asked,) = app.post()
    assert asked.recipient == NEW
    assert asked.letter.headers["Auto-Submitted"] == "auto-generated"
    link = link_of(asked)
    assert f"https://news.example.org{link}" in asked.html
    assert "Confirm your sign-up" in client.get(link).text
    assert app.store.subscribers.find(NEW) is None
    assert "You are signed up" in client.post(link).text
    person = app.store.subscribers.find(NEW)
    assert person.audiences == ("practitioners",)
    (welcome,) = app.post()
    assert link_of(welcome, "u")
    assert client.get(link_of(welcome, "p")).status_code == 200
    record = app.store.subscribers.about(NEW)
    version = record["consent_log"][0]["wording_version"]
    assert "By signing up you agree" in app.store.signups.wording(version).text


def test_the_link_works_once_and_then_says_so(app: FakeApp, client: Client) -> None:
    send(app, client)
    link = link_of(app.post()[0])
    first = client.post(link)
    before = app.state()
    assert client.post(link).text == first.text == client.get(link).text
    assert app.state() == before
    assert len(app.post()) == 1


def test_after_three_days_the_link_is_dead(app: FakeApp, client: Client) -> None:
    send(app, client)
    link = link_of(app.post()[0])
    app.moment += timedelta(hours=74)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        assert "three days" in answer.text
    assert app.store.subscribers.find(NEW) is None


def test_nothing_tells_whether_an_address_is_known(app: FakeApp, client: Client, jo: Subscriber) -> None:
    app.store.subscribers.suppress("complained@example.org", "complained", source="event", at=app.moment)
    app.store.subscribers.erase("erased@example.org", source="request", at=app.moment)
    (left,) = app.subscribe(("left@example.org", "practitioners"))
    app.store.subscribers.unsubscribe(left.id, "practitioners", source="link", at=app.moment)
    addresses = (NEW, jo.email, "complained@example.org", "erased@example.org", "left@example.org")
    answers = [send(app, client, email=address) for address in addresses]
    told = {
        (answer.status_code, answer.text.replace(address, "X"))
        for answer, address in zip(answers, addresses, strict=True)
    }
    assert len(told) == 1
    headers = {tuple(sorted(set(answer.headers) - {"x-request-id"})) for answer in answers}
    assert len(headers) == 1


def test_the_owner_of_a_known_address_is_told_by_mail_alone(app: FakeApp, client: Client, jo: Subscriber) -> None:
    send(app, client, email="JO.SMITH@example.org")
    (told,) = app.post()
    assert told.recipient == jo.email
    assert "already" in told.letter.subject
    assert "/c/" not in told.text
    send(app, client, email=jo.email, get=["practitioners", "schools"])
    assert "/c/" not in app.post()[0].text


def test_whoever_complained_is_written_to_no_more(app: FakeApp, client: Client) -> None:
    app.store.subscribers.suppress(NEW, "complained", source="event", at=app.moment)
    send(app, client)
    assert app.post() == []


def test_somebody_who_left_comes_back_by_themselves(app: FakeApp, client: Client, jo: Subscriber) -> None:
    app.store.subscribers.unsubscribe_address(jo.email, None, source="phone", at=app.moment)
    send(app, client, email=jo.email, get=["schools"])
    client.post(link_of(app.post()[0]))
    assert app.audiences(jo) == ("schools",)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": ""}, "Enter an email address"),
        ({"email": "jo"}, "Enter an email address"),
        ({"email": "jo@example.org\r\nBcc: sam@example.org"}, "Enter an email address"),
        ({"email": ["a@example.org", "b@example.org"]}, "Enter an email address"),
        ({"email": f"{'x' * 300}@example.org"}, "Enter an email address"),
        ({"get": []}, "Choose at least one"),
        ({"get": ["governors"]}, "Choose at least one"),
        ({"get": ["practitioners", "invitees"]}, "Choose at least one"),
        ({"get": ["test"]}, "Choose at least one"),
        ({"seal": "1-1-00000000000000000000000000000000"}, "once more"),
        ({"seal": "x"}, "once more"),
        ({"lang": "cy"}, "unwaith eto"),  # other words than those that were shown
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    app: FakeApp, client: Client, fields: dict[str, object], words: str
) -> None:
    before = app.state()
    answer = send(app, client, **fields)
    assert answer.status_code == 400
    assert words in answer.text
    assert app.state() == before
    assert app.post() == []


def test_a_form_that_is_sent_too_fast_or_too_late_is_shown_again(app: FakeApp, client: Client) -> None:
    form = fill(client)
    assert client.post("/sign-up", data=form).status_code == 400
    app.moment += timedelta(days=2)
    assert client.post("/sign-up", data=form).status_code == 400
    assert app.post() == []


@pytest.mark.parametrize("field", ["id", "confirmed", "audiences[test]", "name", "__proto__"])
def test_a_field_that_the_page_never_showed_is_refused(app: FakeApp, client: Client, field: str) -> None:
    answer = send(app, client, **{field: "1"})
    assert answer.status_code == 400
    assert app.post() == []


def test_a_robot_is_told_what_people_are_told_and_nothing_happens(app: FakeApp, client: Client) -> None:
    assert send(app, client, website="https://spam.example").text == send(app, client).text
    assert len(app.post()) == 1


def test_what_was_typed_is_shown_again_as_text(app: FakeApp, client: Client) -> None:
    page = send(app, client, email='"><script>alert(1)</script>').text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_form_of_another_site_is_refused(app: FakeApp, client: Client) -> None:
    form = fill(client)
    app.moment += timedelta(seconds=5)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/sign-up", data=form, headers=headers).status_code == 403
    assert app.post() == []


def test_one_mailbox_gets_three_messages_a_day_whoever_asks(app: FakeApp, client: Client) -> None:
    for spelling in (NEW, NEW.upper().replace("EXAMPLE.ORG", "example.org"), NEW):
        assert send(app, client, email=spelling).status_code == 200
    refused = send(app, client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 60
    assert "too often" in refused.text
    assert len(app.post()) == 3


def test_one_client_signs_up_only_so_often_and_can_still_leave(app: FakeApp, client: Client, jo: Subscriber) -> None:
    most = int(LIMITS["sign-ups of a client"].split()[0])
    answers = [send(app, client, email=f"p{number}@example.org").status_code for number in range(most + 1)]
    assert answers == [200] * most + [429]
    assert client.post(path_of(app.signer.unsubscribe_url(jo.id, "schools"))).status_code == 200
    assert client.get("/sign-up").status_code == 200


def test_whoever_tries_many_links_waits_and_whoever_leaves_never_does(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    most = int(LIMITS["bad links of a client"].split()[0])
    for number in range(most):
        assert client.post(f"/u/{number}").status_code == 404
    answers = [client.get(f"/p/{number}").status_code for number in range(most + 1)]
    assert answers == [404] * most + [429]
    assert client.get("/c/x").status_code == 429
    assert client.post("/u/x").status_code == 404
    assert client.get(path_of(app.signer.preferences_url(jo.id))).status_code == 200
    assert client.post(path_of(app.signer.unsubscribe_url(jo.id, "schools"))).status_code == 200


def test_where_nothing_is_open_to_the_public_there_is_no_form(app: FakeApp) -> None:
    closed = {
        name: audience.model_copy(update={"sign_up": False}) for name, audience in app.publication.audiences.items()
    }
    app.publication = app.publication.model_copy(update={"audiences": closed})
    client = app.client()
    assert client.get("/sign-up").status_code == 404
    assert client.post("/sign-up", data={"email": NEW}).status_code == 404
    assert "sign-up" not in client.get("/nothing").text


def test_somebody_who_reads_welsh_is_answered_and_written_to_in_welsh(app: FakeApp, client: Client) -> None:
    page = client.get("/sign-up?lang=cy").text
    assert '<html lang="cy"' in page
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal
    app.moment += timedelta(seconds=5)
    form = {"email": NEW, "get": "schools", "website": "", "lang": "cy", "seal": seal[1]}
    assert "Edrychwch yn eich blwch post" in client.post("/sign-up?lang=cy", data=form).text
    (asked,) = app.post()
    assert "Cadarnhewch" in asked.letter.subject
    assert "Iawn, anfonwch" in client.get(link_of(asked)).text
    client.post(link_of(asked))
    person = app.store.subscribers.find(NEW)
    assert person.language == "cy"
    assert "Croeso" in app.post()[0].letter.subject
    leaving = path_of(app.signer.unsubscribe_url(person.id, "schools"))
    assert "Atal y negeseuon hyn?" in client.get(leaving).text
    assert "Stop these emails?" in client.get(f"{leaving}?lang=en").text
    assert "wedi dod i ben" in client.post(leaving).text
    assert "wedi dod i ben" in app.post()[0].letter.subject


def test_whoever_leaves_is_told_by_mail_and_can_undo_it_for_a_week(
    app: FakeApp, client: Client, jo: Subscriber
) -> None:
    leaving = path_of(app.signer.unsubscribe_url(jo.id, "practitioners", header=True))
    client.post(leaving, content=b"List-Unsubscribe=One-Click")
    client.post(leaving)
    (goodbye,) = app.post()
    undo = link_of(goodbye, "u")
    assert undo.endswith("/undo")
    before = app.state()
    assert "Start these emails again?" in client.get(undo).text
    assert app.state() == before
    assert "keep getting" in client.post(undo).text
    assert "keep getting" in client.post(undo).text
    assert app.audiences(jo) == ("practitioners", "schools")
    client.post(leaving)
    app.moment += timedelta(days=8)
    before = app.state()
    assert "could not be started again" in client.get(undo).text
    assert "could not be started again" in client.post(undo).text
    assert app.state() == before


def test_a_shared_mailbox_is_told_that_colleagues_are_concerned(app: FakeApp, client: Client) -> None:
    (office,) = app.subscribe(("office@school.example.org", "schools"), shared=True)
    client.post(path_of(app.signer.unsubscribe_url(office.id, "schools")))
    assert "colleagues" in app.post()[0].text


def test_no_log_line_holds_an_address_or_a_link(app: FakeApp, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "newsletter"):
        send(app, client)
        link = link_of(app.post()[0])
        client.get(link)
        client.post(link)
        app.post()
    told = caplog.text + repr([record.__dict__ for record in caplog.records])
    assert "sam.jones" not in told
    assert link.rsplit("/", 1)[-1] not in told
    assert "/c/TOKEN" in told


def in_welsh(**titles: str) -> Publication:
    """The publication with its own names in Welsh, those of some audiences left out or changed."""
    table = PUBLICATION.model_dump()
    table["partnership"]["names"] = {"cy": "Partneriaeth Ddiogelu Gogledd"}
    table["series"]["newsletter"]["titles"] = {"cy": "Cylchlythyr"}
    table["series"]["briefing"]["titles"] = {"cy": "Briff 5 munud"}
    for name, title in titles.items():
        table["audiences"][name]["titles"] = {"cy": title}
    return Publication.model_validate(table)


def test_names_are_shown_and_marked_in_the_language_of_the_page(app: FakeApp) -> None:
    app.publication = in_welsh(practitioners="Ymarferwyr", schools="Ysgolion a cholegau", governors="Llywodraethwyr")
    client = app.client()
    welsh, english = client.get("/sign-up?lang=cy").text, client.get("/sign-up?lang=en").text
    for word in ("Partneriaeth Ddiogelu Gogledd", "Ymarferwyr", "Ysgolion a cholegau", "Briff 5 munud"):
        assert word in welsh
        assert word not in english
    assert "Multi-agency practitioners" not in welsh
    assert 'lang="en-GB"' not in welsh.replace('hreflang="en-GB" lang="en-GB"', "")


def test_names_of_another_language_are_marked_as_such(client: Client) -> None:
    assert '<label for="get-1" lang="en-GB">Multi-agency practitioners' in client.get("/sign-up?lang=cy").text


def test_a_name_that_is_missing_in_a_language_is_told_before_anybody_sees_half_a_page() -> None:
    with pytest.raises(ValueError, match=r"\[audiences.governors\] has no title in it"):
        in_welsh(practitioners="Ymarferwyr", schools="Ysgolion")
