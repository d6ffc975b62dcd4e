"""axe-core over every email and every page, light and dark, wide and on a phone. It finds what a program can find.

WCAG 2.2 at level AA and axe's best practices (dequeuniversity.com/rules/axe). Besides, nothing may be wider than a
phone's window, nothing may be fetched from elsewhere, and no document may be shown in quirks mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.site_kit import INBOX, PUBLICATIONS, Site, build_site, show
from tests.golden.golden_kit import edition_of

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A message stands inside a mail client's page, which has the landmarks; a second `main` would be one too many.
NOT_FOR_EMAIL = ("region", "landmark-one-main")
WIDE, PHONE, NARROW = 1280, 375, 320  # pixels; 320 is what WCAG 2.2 SC 1.4.10 asks a page to fit


@pytest.fixture(scope="module", params=PUBLICATIONS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Each publication in turn, with every issue out."""
    return build_site(PUBLICATIONS[request.param], tmp_path_factory.mktemp(request.param) / "site")


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all documents."""
    with browser.new_context() as context:
        yield context.new_page()


def faults(page: Page, without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on the page as it is shown now, each with where it stands."""
    rules = {name: {"enabled": False} for name in without}
    only = {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "rules": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response
    assert len(found["passes"]) > 5, "axe-core looked at nothing"
    return [
        f"{fault['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def seen(page: Page, views: Mapping[str, tuple[int, str]], without: tuple[str, ...] = ()) -> list[str]:
    """The faults in each view (a width and a colour scheme), and whether words leave the window."""
    found = [] if page.evaluate("document.compatMode") == "CSS1Compat" else ["quirks mode"]
    for name, (width, scheme) in views.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{name}: {fault}" for fault in faults(page, without)]
        reaches = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name}: {reaches} pixels wide"] if reaches > width else []
    return found


def test_no_email_has_a_fault_in_light_in_dark_or_on_a_phone(window: Page, site: Site) -> None:
    views = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light")}
    found = {address: show(window, address, site) + seen(window, views, NOT_FOR_EMAIL) for address in site.emails}
    assert len(found) >= 4
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_no_page_has_a_fault_in_light_in_dark_or_on_a_narrow_phone(window: Page, site: Site) -> None:
    views = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "narrow": (NARROW, "light")}
    found = {address: show(window, address, site) + seen(window, views) for address in site.pages}
    assert len(found) >= 7
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", ["callouts", "issue-draft", "languages", "urdu-issue", "welsh-issue", "whole"])
def test_no_golden_case_has_a_fault(window: Page, name: str) -> None:
    edition = edition_of(name)
    email, page = f"{INBOX}{name}.html", f"{edition.web_url}index.html"
    files = {email: edition.renditions["email"].data, page: edition.renditions["web"].data}
    files |= {f"{edition.web_url}{asset.path}": asset.data for asset in edition.assets}
    if edition.stylesheet:
        files[f"https://news.example.org/{edition.stylesheet.path}"] = edition.stylesheet.data
    site = Site(emails=(email,), pages=(page,), files=files)
    views = {"light": (WIDE, "light"), "dark on a phone": (PHONE, "dark")}
    assert show(window, email, site) + seen(window, views, NOT_FOR_EMAIL) == []
    assert show(window, page, site) + seen(window, views) == []


def test_what_is_wrong_would_be_found(window: Page) -> None:
    page = """<html><head><title>Wrong</title></head><body><h1>One</h1><h3>Three</h3><img src="a.png">
    <p style="color:#ccc">Pale words</p><p style="width:2000px">Wide</p>
    <p style="line-height:1"><a href="/a" style="display:inline-block;width:9px;height:9px">a</a><a href="/b"
    style="display:inline-block;width:9px;height:9px">b</a></p></body></html>"""
    files = {f"{INBOX}wrong.html": page.encode()}
    foreign = show(window, f"{INBOX}wrong.html", Site(emails=(), pages=(), files=files))
    assert foreign == [f"{INBOX}a.png"]
    found = "\n".join(seen(window, {"phone": (PHONE, "light")}))
    for fault in (
        "quirks mode", "pixels wide", "html-has-lang", "image-alt", "color-contrast", "heading-order", "target-size",
        "landmark-one-main", "region",
    ):  # fmt: skip
        assert fault in found
