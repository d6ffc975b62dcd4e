"""A publication as readers meet it, its emails and the pages of its archive, shown in a browser without a network.

Addresses of its site are answered from memory; whatever else a page asks for is refused and written down.
"""

from __future__ import annotations

import mimetypes
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, Route

from newsletter.app import App
from newsletter.pipeline import editorial

ROOT = Path(__file__).parents[2]
PUBLICATIONS = {"sample": ROOT, "field": ROOT / "tests/field/publication"}
NOW = datetime(2028, 1, 11, 12, tzinfo=UTC)  # every issue is out
INBOX = "https://inbox.example.com/"  # where a mail client would show an email


@dataclass(frozen=True)
class Site:
    """All that a publication gives, by address."""

    emails: tuple[str, ...]
    pages: tuple[str, ...]  # web copies, the list of past issues, and what stands for what is not there (any more)
    files: Mapping[str, bytes] = field(repr=False)


def build_site(root: Path, folder: Path) -> Site:
    """Builds the publication at `root` in an empty folder, and its archive once more when an issue was taken down."""
    project = folder / "publication"
    url = _copy(root, project)
    public = _build(project, folder / "now")
    emails = {f"{INBOX}{path.parent.name}.html": path.read_bytes() for path in (folder / "now").rglob("email.html")}
    retired = min(path for path in public if path.count("/") == 2 and path.endswith(".html"))
    front = project / retired.replace("index.html", "issue.md")
    front.write_text(front.read_text("utf-8").replace("---\n", "---\nretire_on: 1 January 2028\n", 1), "utf-8")
    public["taken/down/index.html"] = _build(project, folder / "later")[retired]
    files = {f"{url}/{path}": data for path, data in public.items()}
    pages = sorted(address for address in files if address.endswith(".html"))
    return Site(emails=tuple(sorted(emails)), pages=tuple(pages), files=files | emails)


def _copy(root: Path, project: Path) -> str:
    """Copies what a publication is made of; gives its site's address."""
    project.mkdir(parents=True)
    shutil.copy2(root / "newsletter.toml", project)
    settings = tomllib.loads((project / "newsletter.toml").read_text("utf-8"))
    shutil.copytree(ROOT / "templates", project / "templates")
    for folder in {series["folder"] for series in settings["series"].values()}:
        if (root / folder).is_dir():
            shutil.copytree(root / folder, project / folder)
    return str(settings["site"]["url"])


def _build(project: Path, folder: Path) -> dict[str, bytes]:
    """The archive's files by their path."""
    public = folder / "public"
    with App.open(project) as app:
        editorial.build(app.desk, (), now=NOW, build_dir=folder / "build", public=public, pdf=False)
    return {path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()}


def show(page: Page, address: str, site: Site) -> list[str]:
    """Opens an address of the site; gives what the page asked for that the site does not have."""
    foreign: list[str] = []

    def answer(route: Route) -> None:
        asked = route.request.url
        if (data := site.files.get(asked)) is None:
            foreign.append(asked)
            route.abort()
        else:
            route.fulfill(body=data, content_type=mimetypes.guess_type(asked)[0] or "application/octet-stream")

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(address)
    return foreign
