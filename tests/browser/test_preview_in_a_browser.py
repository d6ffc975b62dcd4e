"""The preview as its editor uses it: saves appear, mistakes are shown and mended, and the place is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.browser.conftest import Serve
from tests.unit.web.serving_kit import running
from tests.unit.web.studio_kit import ITEM, SETTINGS

from newsletter.app import App
from newsletter.web.studio.preview import create_preview

pytestmark = pytest.mark.browser


def frame(page: Page) -> Frame:
    """The frame that shows the issue, once it does."""
    found = page.locator("iframe#frame").element_handle().content_frame()
    assert found
    found.wait_for_load_state()
    return found


def open_at(page: Page, preview: str) -> None:
    """Opens the preview and waits until it listens for saves."""
    with page.expect_response(lambda response: "/events" in response.url):
        page.goto(preview)
    frame(page)


def test_a_save_appears_by_itself_and_the_place_is_kept(
    page: Page, preview: str, many_words: Path, complaints: list[str]
) -> None:
    open_at(page, preview)
    frame(page).evaluate("scrollTo(0, 1500)")
    for number in range(2):
        many_words.write_text(many_words.read_text() + f"\n\nWritten just now, number {number}.")
        expect(page.frame_locator("#frame").locator("body")).to_contain_text(f"number {number}.")
    expect(page.locator("#live")).to_contain_text("Up to date")
    assert frame(page).evaluate("scrollY") == 1500
    assert complaints == []


def test_a_mistake_takes_the_previews_place_until_it_is_mended(
    page: Page, preview: str, issue: Path, many_words: Path
) -> None:
    open_at(page, f"{preview}?view=phone")
    page.keyboard.press("2")
    expect(page.locator("iframe.phone")).to_be_visible()
    frame(page).evaluate("scrollTo(0, 900)")
    item = issue / "10-cold-homes.md"
    item.write_text(ITEM.replace("title:", "titel:"))
    expect(page.locator(".faults")).to_contain_text("issues/2026-11-winter/10-cold-homes.md:2")
    expect(page.locator(".faults .at-fault")).to_contain_text("titel: Cold homes")
    expect(page.locator("iframe")).to_be_hidden()
    item.write_text(ITEM.replace("Ring the team.", "Ring anybody."))
    expect(page.frame_locator("#frame").locator("body")).to_contain_text("Ring anybody.")
    expect(page.locator(".faults")).to_have_count(0)
    expect(page.locator("iframe.phone")).to_be_visible()
    assert frame(page).evaluate("scrollY") == 900


def test_settings_and_new_issues_are_noticed(page: Page, preview: str, issue: Path) -> None:
    open_at(page, preview)
    project = issue.parent.parent
    (project / "newsletter.toml").write_text(SETTINGS.replace("NSP News", "Another name"))
    expect(page.locator(".from")).to_contain_text("Another name")
    new = issue.with_name("2026-12-new-year")
    new.mkdir()
    (new / "issue.md").write_text("---\ntitle: The newest of all\ndate: 1 December 2026\n---\nHello.\n")
    expect(page.locator("#issues")).to_contain_text("The newest of all")


def test_keys_choose_the_view_and_the_switches(page: Page, preview: str) -> None:
    open_at(page, preview)
    for key, view in (("2", "phone"), ("3", "text"), ("4", "web"), ("5", "source"), ("1", "email")):
        page.keyboard.press(key)
        expect(page.locator(f"iframe.{view}")).to_be_visible()
    page.keyboard.press("d")
    page.keyboard.press("i")
    expect(page.get_by_role("switch", name="Dark")).to_be_checked()
    expect(page.get_by_role("switch", name="Images off")).to_be_checked()
    assert page.url.endswith("?view=email&dark=on&images=off")
    page.reload()
    expect(page.get_by_role("switch", name="Dark")).to_be_checked()
    page.keyboard.press("d")
    expect(page.get_by_role("switch", name="Dark")).not_to_be_checked()


def test_dark_is_what_the_issue_itself_makes_of_it(page: Page, preview: str) -> None:
    open_at(page, preview)
    ground = "getComputedStyle(document.querySelector('.page') ?? document.body).backgroundColor"
    light = frame(page).evaluate(ground)
    page.keyboard.press("d")
    expect(page.locator("iframe.dark")).to_be_visible()
    page.wait_for_function("getComputedStyle(document.getElementById('frame')).colorScheme === 'dark'")
    assert frame(page).evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert frame(page).evaluate(ground) != light


def test_the_email_is_600_pixels_wide_and_the_phone_375(page: Page, preview: str) -> None:
    open_at(page, preview)
    assert frame(page).evaluate("innerWidth") == 600
    page.keyboard.press("2")
    expect(page.locator("iframe.phone")).to_be_visible()
    assert frame(page).evaluate("innerWidth") == 375


def test_pictures_show_but_nothing_runs_and_no_request_goes_elsewhere(
    page: Page, preview: str, issue: Path, serve: Serve
) -> None:
    asked: list[str] = []

    async def elsewhere(request: Request) -> Response:
        asked.append(request.url.path)
        return PlainTextResponse("You should not be here.")

    other = serve(Starlette(routes=[Route("/{path:path}", elsewhere)]))
    hostile = issue.parent.parent / "templates" / "email" / "preheader.html"
    hostile.parent.mkdir(parents=True)
    hostile.write_text(
        f"<script>document.title = 'it ran'; top.location = '{other}/top'</script>"
        f"<img src='{other}/pixel.png' onerror='document.title = 1'><iframe src='{other}/frame'></iframe>"
        f"<link rel='stylesheet' href='{other}/a.css'><meta http-equiv='refresh' content='1;{other}/refresh'>"
    )
    open_at(page, preview)
    shown = frame(page)
    own = "[...document.images].filter(image => !image.src.endsWith('pixel.png'))"
    shown.wait_for_function(f"{own}.some(image => image.naturalWidth > 0)")
    assert "pixel.png" in shown.content()
    assert shown.title() == "Winter is coming"
    page.wait_for_timeout(1500)  # the refresh
    assert page.url.startswith(preview)
    assert asked == []


def test_clicking_a_finding_goes_to_its_item(page: Page, preview: str, issue: Path, many_words: Path) -> None:
    last = issue / "90-last.md"
    last.write_text("---\ntitle: The last one\n---\nFor the form [click here](https://www.example.org/form).\n")
    open_at(page, preview)
    page.get_by_role("link", name="Show 90-last.md in the preview").first.click()
    page.wait_for_timeout(300)
    assert frame(page).evaluate("scrollY") > 1000


def test_without_scripts_the_preview_can_be_read_and_its_views_chosen(page: Page, preview: str) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    try:
        plain = context.new_page()
        plain.goto(preview)
        plain.get_by_role("link", name="Text").click()
        expect(plain.locator("iframe.text")).to_be_visible()
        expect(plain.frame_locator("#frame").locator("pre")).to_contain_text("Ring the team.")
    finally:
        context.close()


@pytest.mark.parametrize("width", [320, 640, 1000])
def test_on_a_narrow_screen_everything_is_one_column(page: Page, preview: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    open_at(page, preview)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_text("Issues", exact=False).first).to_be_visible()
    assert page.locator("iframe").bounding_box()["height"] > 400  # type: ignore[index]
    page.locator("#issues summary").click()
    expect(page.get_by_role("link", name="Winter newsletter")).to_be_visible()


def test_a_preview_that_was_stopped_says_so(page: Page, issue: Path) -> None:
    service = create_preview(App.open(issue.parent.parent), issue)
    with running(service) as url:
        open_at(page, f"{url}/{service.state.key}/")
    expect(page.locator("#live")).to_contain_text("stopped")
