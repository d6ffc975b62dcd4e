"""The public pages as people use them: with the keyboard alone, on a narrow phone, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import Serve
from tests.unit.web.service_kit import FakeApp, path_of

from newsletter.models.delivery import Subscriber
from newsletter.web.service import create_service

pytestmark = pytest.mark.browser


@pytest.fixture
def links(app: FakeApp, jo: Subscriber, serve: Serve) -> dict[str, str]:
    """The links that Jo's newsletter holds, at this server."""
    url = serve(create_service(app))
    return {
        "unsubscribe": url + path_of(app.signer.unsubscribe_url(jo.id, "practitioners")),
        "preferences": url + path_of(app.signer.preferences_url(jo.id)),
        "broken": f"{url}/u/nonsense",
        "expired": f"{url}/p/nonsense",
        "missing": f"{url}/nothing/here",
    }


def press_until(page: Page, words: str) -> None:
    """Tabs to the control that says `words`."""
    focused = "(at => at.innerText || at.labels?.[0]?.innerText)(document.activeElement)"
    for _ in range(20):
        page.keyboard.press("Tab")
        if words in str(page.evaluate(focused)):
            return
    raise AssertionError(f"No way by keyboard to '{words}'.")


def test_unsubscribing_and_undoing_it_needs_only_the_keyboard(
    app: FakeApp, jo: Subscriber, page: Page, links: dict[str, str], complaints: list[str]
) -> None:
    page.goto(links["unsubscribe"])
    press_until(page, "Stop these emails")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The emails have stopped")
    assert app.audiences(jo) == ("schools",)
    press_until(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You will keep getting these emails")
    assert app.audiences(jo) == ("practitioners", "schools")
    assert complaints == []
    assert page.context.cookies() == []


def test_choosing_audiences_needs_only_the_keyboard(
    app: FakeApp, jo: Subscriber, page: Page, links: dict[str, str]
) -> None:
    page.goto(links["unsubscribe"])
    press_until(page, "See the other emails")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your emails")
    press_until(page, "Schools and colleges")
    page.keyboard.press("Space")
    press_until(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert app.audiences(jo) == ("practitioners",)
    assert not page.get_by_label("Schools and colleges").is_checked()


def test_a_label_is_as_good_as_its_box(page: Page, links: dict[str, str]) -> None:
    page.goto(links["preferences"])
    page.get_by_text("Schools and colleges").click()
    assert not page.get_by_label("Schools and colleges").is_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_narrow_phone_and_all_controls_can_be_tapped(
    context: BrowserContext, links: dict[str, str], scheme: str, complaints: list[str]
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for address in links.values():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        small = "[...document.querySelectorAll('button, input, footer li a')].filter(e => e.type !== 'hidden'"
        assert page.evaluate(f"{small} && Math.min(e.offsetWidth, e.offsetHeight) < 24).map(e => e.outerHTML)") == []
        assert page.evaluate("document.querySelectorAll('h1').length") == 1
        assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") in (
            "rgb(23, 25, 26)" if scheme == "dark" else "rgb(255, 255, 255)"
        )
    assert complaints == []


def test_twice_the_text_size_still_fits(page: Page, links: dict[str, str]) -> None:
    page.set_viewport_size({"width": 640, "height": 800})
    for address in links.values():
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_scanner_that_runs_scripts_and_opens_every_link_changes_nothing(
    app: FakeApp, page: Page, links: dict[str, str]
) -> None:
    before = app.state()
    for address in (links["unsubscribe"], links["preferences"]):
        for _ in range(3):
            page.goto(address)
            for href in page.eval_on_selector_all("a", "links => links.map(link => link.href)"):
                if href.startswith("http://127.0.0.1"):
                    page.goto(href)
                    page.goto(address)
    assert app.state() == before
