"""Debian's Chromium, driven by Playwright, and servers on ports of their own for it to visit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette
from tests.unit.web.service_kit import SECRETS, FakeApp
from tests.unit.web.serving_kit import running
from tests.unit.web.studio_kit import publication

from newsletter.app import App
from newsletter.delivery.links import hash_keys
from newsletter.models.delivery import Subscriber
from newsletter.store.store import Store
from newsletter.web.studio.preview import create_preview

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; missing is a failure in CI and a skip elsewhere."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing.")
        pytest.skip(f"{CHROMIUM} is not installed here.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own, in which the page decides on light and dark."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme="null")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page's console says of errors and broken policies, failed requests apart."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if "Security Policy" in message.text else None)
    return heard


Serve = Callable[[Starlette], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Runs an application on a free port until the test has ended; answers with its address."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(running(service))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FakeApp]:
    """A publication with an empty list."""
    with Store.open(f"sqlite:///{tmp_path / 'newsletter.db'}", hash_keys=hash_keys(SECRETS)) as store:
        yield FakeApp(tmp_path, store)


@pytest.fixture
def jo(app: FakeApp) -> Subscriber:
    """Somebody with a long address who gets both open audiences."""
    (person,) = app.subscribe(("jo.smith@safeguarding.northshire.example.org", "practitioners schools"))
    return person


@pytest.fixture
def issue(tmp_path: Path) -> Path:
    """The folder of one small issue."""
    folder = tmp_path / "publication"
    folder.mkdir()
    return publication(folder)


@pytest.fixture
def preview(issue: Path, serve: Serve) -> str:
    """Its preview's address."""
    project = issue.parent.parent
    service = create_preview(App.open(project), issue, reopen=lambda: App.open(project))
    return f"{serve(service)}/{service.state.key}/"


@pytest.fixture
def many_words(issue: Path) -> Path:
    """An item long enough to scroll."""
    path = issue / "20-long.md"
    words = "\n\n".join(f"Paragraph {number} of it." for number in range(120))
    path.write_text(f"---\ntitle: A long item\n---\n{words}")
    return path
