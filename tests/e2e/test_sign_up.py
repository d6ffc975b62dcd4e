"""The sample publication, its service on a real port and its outbox on disk: from the form to the first newsletter."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
from tests.unit.web.serving_kit import running

from newsletter.app import App
from newsletter.web.service import create_service

ADDRESS = "zoë.ó-briain@example.org"


def mails(outbox: Path, count: int) -> list[EmailMessage]:
    """The messages in the outbox once there are so many, oldest first."""
    for _ in range(200):
        found = sorted((outbox / "new").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        if len(found) >= count:
            return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]
        time.sleep(0.05)
    raise AssertionError(f"Only {len(found)} messages came.")


def link(message: EmailMessage, purpose: str, url: str) -> str:
    """The link of a message, at the server that runs here."""
    text = message.get_body(("plain",))
    assert text is not None
    found = re.search(rf"https://news\.example\.org(/{purpose}/\S+)", text.get_content())
    assert found, text.get_content()
    return url + found[1]


def test_from_the_form_through_the_mailbox_onto_the_list_off_it_and_back(project: Path) -> None:
    with App.open(project) as app:
        service = create_service(app)
        with running(service) as url, httpx.Client() as browser:
            page = browser.get(f"{url}/sign-up").text
            seal = re.search(r'name="seal" value="([^"]+)"', page)
            assert seal
            time.sleep(1.1)  # people take a second
            form = {"email": ADDRESS, "get": "education", "website": "", "lang": "en-GB", "seal": seal[1]}
            assert browser.post(f"{url}/sign-up", data=form).status_code == 200
            (asked,) = mails(project / "outbox", 1)
            assert asked["Subject"].startswith("Please confirm")
            assert asked["Auto-Submitted"] == "auto-generated"
            assert app.store.subscribers.find(ADDRESS) is None

            confirm = link(asked, "c", url)
            assert browser.get(confirm).status_code == 200
            assert "signed up" in browser.post(confirm).text
            person = app.store.subscribers.find(ADDRESS)
            assert person is not None
            assert person.audiences == ("education",)
            welcome = mails(project / "outbox", 2)[-1]
            assert welcome["Subject"].startswith("Welcome")

            browser.post(link(welcome, "u", url), content=b"List-Unsubscribe=One-Click")
            goodbye = mails(project / "outbox", 3)[-1]
            assert goodbye["Subject"].startswith("The emails have stopped")
            assert "keep getting" in browser.post(link(goodbye, "u", url)).text
            again = app.store.subscribers.get(person.id)
            assert again is not None
            assert again.audiences == ("education",)
        what = [line["what"] for line in app.store.subscribers.about(ADDRESS)["consent_log"]]
        assert what == ["subscribed", "unsubscribed", "resubscribed"]
