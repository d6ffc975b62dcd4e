"""A proof as a chair reads it: on a phone, without scripts and without a network, by touch or by keyboard."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
VIEWS = ("Email", "Text", "Web copy", "Print", "Checks", "What changed")


@pytest.fixture
def proof(newsletter: Callable[..., Any], project: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a proof that shows a change."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert newsletter("proof", "issues/2026-11-winter").code == 0
    item = project / "issues/2026-11-winter/20-bruising.md"
    item.write_text(item.read_text(encoding="utf-8").replace("crawl", "walk"), encoding="utf-8")
    assert newsletter("proof", "issues/2026-11-winter").code == 0
    return (project / "proofs/2026-11-winter-proof.html").as_uri()


@pytest.fixture(params=[320, 375, 1200])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page without scripts, and without a network to fetch from."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 700}, java_script_enabled=False, offline=True
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_every_view_is_one_touch_away_and_nothing_is_fetched(page: Page, proof: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(proof)
    shown = {view: page.locator(f'section[aria-label="{view}"]') for view in VIEWS}
    expect(shown["Email"]).to_be_visible()
    wide = (page.viewport_size or {"width": 0})["width"] > 1000
    for view, name in zip(VIEWS, ("email", "text", "web", "print", "checks", "changes"), strict=True):
        if wide and view == "Checks":
            continue  # it stands beside whatever is read
        page.locator(f'label[for="see-{name}"]').click()
        for other, pane in shown.items():
            expect(pane).to_be_visible(visible=other == view or (wide and other == "Checks"))
    assert [url for url in asked if not url.startswith(("data:", "file:", "about:"))] == []


def test_the_views_can_be_reached_by_keyboard(page: Page, proof: str) -> None:
    page.goto(proof)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator('section[aria-label="Text"]')).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator('section[aria-label="Email"]')).to_be_visible()


def test_a_link_of_the_contents_stays_inside_the_email(page: Page, proof: str) -> None:
    page.goto(proof)
    email = page.frame_locator('iframe[title="The email"]')
    email.locator("a", has_text="Message from the Independent Chair").first.click()
    expect(email.locator("#message-from-the-chair, [name=message-from-the-chair]").first).to_be_in_viewport()
    assert page.url == proof
    expect(page.locator("header")).to_contain_text("This is a proof. Do not forward.")


def test_nothing_is_wider_than_the_screen(browser: Browser, proof: str) -> None:
    for width in (320, 375, 1200):
        page = browser.new_page(viewport={"width": width, "height": 700})
        page.goto(proof)
        for name in ("email", "changes"):
            page.locator(f'label[for="see-{name}"]').click()
            assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.close()
