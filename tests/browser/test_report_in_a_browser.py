"""The board's report in a browser: no fault that axe-core can find, in light, in dark, on a phone and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_accessibility import NARROW, WIDE, seen
from tests.unit.delivery.sending_kit import open_store, publication
from tests.unit.pipeline.report_kit import END, START, a_year

from newsletter.models.sending_settings import ReportSettings
from newsletter.pipeline import report, report_page
from newsletter.rendering.templates import Templates

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


def test_the_report_has_no_fault_in_light_in_dark_or_on_a_narrow_phone(page: Page, tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        a_year(store)
        found = report.make(store, ReportSettings(), since=START.date(), until=END.date(), now=END)
    settings = publication()
    file = tmp_path / "report.html"
    text = report_page.page(found, settings, Templates([ROOT / "templates"], settings).render)
    file.write_text(text, encoding="utf-8")
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    views = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "narrow": (NARROW, "light")}
    assert seen(page, views) == []
    assert heard == []
    assert page.locator("table").first.locator("td").first.evaluate("cell => getComputedStyle(cell).display") == "flex"
