"""Signing up, confirming, leaving and coming back as people do it, in both languages, and no page has a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import Serve
from tests.browser.test_accessibility import NARROW, WIDE, seen
from tests.browser.test_service_in_a_browser import press_until
from tests.unit.web.service_kit import FakeApp, path_of
from tests.unit.web.test_service_safety import everything
from tests.unit.web.test_signup import NEW, link_of

from newsletter.models.delivery import Subscriber
from newsletter.web.service import create_service

pytestmark = pytest.mark.browser
VIEWS = {"light": (WIDE, "light"), "dark": (NARROW, "dark")}
VIEWS_IN = {"en": VIEWS, "cy": {"light": (NARROW, "light")}}  # other words, the same colours


@pytest.fixture
def url(app: FakeApp, serve: Serve) -> Iterator[str]:
    """The service at a port of its own."""
    app.services.append(create_service(app))
    yield serve(app.services[-1])
    app.close()


@pytest.fixture
def mailed(app: FakeApp) -> Callable[[], str]:
    """Lets the service write its mails; the text of the last one."""

    def last() -> str:
        app.post()
        return str(app.transport.sent[-1].text)

    return last


def fill_in(app: FakeApp, page: Page, address: str) -> None:
    """Fills in the form that is open; reading it took a few seconds."""
    page.locator("#email").fill(address)
    app.moment += timedelta(seconds=5)


def test_signing_up_and_confirming_needs_only_the_keyboard(
    app: FakeApp, page: Page, url: str, complaints: list[str]
) -> None:
    page.goto(f"{url}/sign-up")
    press_until(page, "Schools and colleges")
    page.keyboard.press("Space")
    press_until(page, "Email address")
    page.keyboard.type(NEW)
    app.moment += timedelta(seconds=5)
    press_until(page, "Sign up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look in your mailbox")
    assert NEW not in page.url
    app.post()
    page.goto(url + link_of(app.transport.sent[-1]))
    assert app.store.subscribers.find(NEW) is None
    press_until(page, "Yes, send me these emails")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed up")
    assert app.store.subscribers.find(NEW).audiences == ("practitioners",)
    assert complaints == []
    assert page.context.cookies() == []


def test_what_is_wrong_is_said_at_its_field_and_one_press_leads_there(app: FakeApp, page: Page, url: str) -> None:
    page.goto(f"{url}/sign-up")
    fill_in(app, page, "jo.smith")
    page.get_by_role("button", name="Sign up").click()
    assert page.title().startswith("Please check:")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.locator("#email")).to_be_focused()
    expect(page.locator("#email")).to_have_value("jo.smith")
    assert "wrong-email" in (page.locator("#email").get_attribute("aria-describedby") or "")


def test_all_of_it_works_in_welsh(app: FakeApp, page: Page, url: str, mailed: Callable[[], str]) -> None:
    page.goto(f"{url}/sign-up")
    page.get_by_role("link", name="Cymraeg").click()
    assert page.locator("html").get_attribute("lang") == "cy"
    fill_in(app, page, NEW)
    page.get_by_role("button", name="Tanysgrifio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edrychwch yn eich blwch post")
    assert "Cadarnhau" in mailed()
    page.goto(url + link_of(app.transport.sent[-1]))
    page.get_by_role("button", name="Iawn, anfonwch y negeseuon hyn ataf").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rydych wedi tanysgrifio")
    assert "Croeso" in mailed()
    page.goto(url + link_of(app.transport.sent[-1], "u"))
    page.get_by_role("button", name="Atal y negeseuon hyn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mae’r negeseuon wedi dod i ben")
    assert "Dadwneud" in mailed()
    page.goto(url + link_of(app.transport.sent[-1], "u"))
    page.get_by_role("button", name="Parhau i’w cael").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Byddwch yn parhau i gael y negeseuon hyn")
    page.get_by_role("link", name="Gweld y negeseuon eraill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dewis eich negeseuon e-bost")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your emails")
    assert set(app.store.subscribers.find(NEW).audiences) == {"practitioners", "schools"}


def steps(app: FakeApp, url: str, jo: Subscriber) -> Iterator[tuple[str, str, str]]:
    """Every page: its name, its address, and the button that leads to the next."""
    leave = f"{url}{path_of(app.signer.unsubscribe_url(jo.id, 'practitioners'))}"
    yield "form", f"{url}/sign-up", ""
    yield "form with faults and sent form", f"{url}/sign-up", "button.main"
    yield "preferences and saved", f"{url}{path_of(app.signer.preferences_url(jo.id))}", "button.main"
    yield "leaving and left", leave, "button.main"
    yield "undo and undone", f"{leave}/undo", "button.main"
    yield "broken link", f"{url}/u/x", ""
    yield "no page", f"{url}/nothing", ""


@pytest.mark.parametrize("language", ["en", "cy"])
def test_no_page_has_a_fault(browser: Browser, app: FakeApp, jo: Subscriber, url: str, language: str) -> None:
    found: dict[str, list[str]] = {}
    views = VIEWS_IN[language]
    with browser.new_context(locale="cy" if language == "cy" else "en-GB") as context:
        page = context.new_page()
        for name, address, button in steps(app, url, jo):
            page.goto(f"{address}?lang={language}")
            assert page.locator("html").get_attribute("lang") == {"en": "en-GB", "cy": "cy"}[language]
            found[name] = seen(page, views)
            if button:
                page.locator(button).click()
                found[f"{name}, then"] = seen(page, views)
        page.goto(f"{url}/sign-up?lang={language}")
        fill_in(app, page, NEW)
        page.locator("button.main").click()
        found["sent"] = seen(page, views)
        app.post()
        page.goto(f"{url}{link_of(app.transport.sent[-1])}")
        found["confirm"] = seen(page, views)
        page.locator("button.main").click()
        found["confirmed"] = seen(page, views)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_services_mails_have_no_fault_either(
    context: BrowserContext, app: FakeApp, jo: Subscriber, url: str
) -> None:
    page = context.new_page()
    page.goto(f"{url}/sign-up")
    fill_in(app, page, NEW)
    page.locator("button.main").click()
    page.goto(f"{url}{path_of(app.signer.unsubscribe_url(jo.id, 'schools'))}")
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The emails have stopped")
    app.post()
    page.goto("about:blank")
    wrong = {}
    for message in app.transport.sent:
        page.set_content(message.html)
        wrong[message.campaign_id] = seen(page, VIEWS, ("region", "landmark-one-main"))
    assert set(wrong) == {"service-signup", "service-goodbye"}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


def test_a_gateway_that_opens_every_link_of_our_mails_in_a_browser_changes_nothing(
    app: FakeApp, page: Page, jo: Subscriber, url: str
) -> None:
    page.goto(f"{url}/sign-up")
    fill_in(app, page, NEW)
    page.locator("button.main").click()
    page.goto(f"{url}{path_of(app.signer.unsubscribe_url(jo.id, 'schools'))}")
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The emails have stopped")
    app.post()
    links = {url + link_of(message, purpose) for message, purpose in zip(app.transport.sent, "cu", strict=True)}
    before = everything(app)
    for link in sorted(links):
        for _ in range(10):
            page.goto(link)
            page.evaluate("document.querySelectorAll('a, form').forEach(one => one.focus())")
    assert everything(app) == before
