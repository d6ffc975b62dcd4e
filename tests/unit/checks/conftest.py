"""Makes subjects of the cases in cases/: real folders, read by the real reader."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.checks import Subject
from newsletter.checks.answers import DomainFault, LinkResult
from newsletter.content.folder import read_issue
from newsletter.models.dates import parse_moment
from newsletter.models.edition import Edition, Rendition
from newsletter.models.publication import Publication
from newsletter.rendering.theme import theme_for

MARK = "◄"  # stands at the end of every line that must be found
PUBLICATION: dict[str, Any] = {
    "partnership": {
        "name": "Northshire Safeguarding Children Partnership",
        "short_name": "NSCP",
        "website": "https://www.example.org",
        "postal_address": "County Hall, Northshire",
        "privacy_url": "https://www.example.org/privacy",
        "accessibility_url": "https://www.example.org/accessibility",
    },
    "site": {"url": "https://news.example.org"},
    "sender": {"name": "NSCP", "email": "news@example.org", "reply_to": "partnership@example.org"},
    "series": {
        "newsletter": {"folder": "issues", "title": "Newsletter"},
        "briefing": {"folder": "briefings", "title": "5 minute briefing"},
    },
    "audiences": {
        "practitioners": {"title": "Practitioners", "series": ["newsletter", "briefing"]},
        "governors": {"title": "Governors", "series": ["briefing"]},
        "invitees": {"title": "People invited", "restricted": True},
        "test": {"title": "Test inboxes", "test": True},
    },
    "contacts": {"training": {"role": "Training team", "email": "training@example.org", "phone": "01632 960001"}},
    "worried": [{"title": "Worried about a child?", "phone": "01632 960002"}],
}
Case = Mapping[str, Any]


def _texts(case: Case) -> dict[str, str]:
    """The case's files with their marks: those it gives, and plain ones for the rest."""
    front = case.get("front", "")
    body = case.get("body", "Words.\n") if "repeat" not in case else "word " * case["repeat"]
    files = {
        "issue.md": f"---\ntitle: Winter newsletter\ndate: 26 November 2026\n{case.get('issue', '')}---\n",
        "10-item.md": f"---\ntitle: An item\n{front}---\n{body}",
    }
    given: dict[str, str] = case.get("files", {})
    if any(name != "issue.md" for name in given):
        del files["10-item.md"]
    return files | given


def _picture(name: str, size: tuple[int, int]) -> bytes:
    noise = random.Random(1).randbytes(size[0] * size[1] * 3)
    buffer = BytesIO()
    Image.frombytes("RGB", size, noise).save(buffer, "WEBP" if name.endswith(".webp") else "PNG")
    return buffer.getvalue()


def _edition(case: Case) -> Edition | None:
    kinds = {"email": "text/html", "web": "text/html", "text": "text/plain"}
    contents = {name: case[name] for name in kinds if name in case}
    if not contents:
        return None
    renditions = {}
    for name, content in contents.items():
        text = content if isinstance(content, str) else content["repeat"] * content["times"]
        renditions[name] = Rendition(name=name, file_name=name, media_type=kinds[name], data=text.encode())
    return Edition(
        series="newsletter",
        slug="sample",
        path="issues/sample",
        title="Winter newsletter",
        subject="Winter newsletter",
        preheader="",
        date=date(2026, 11, 26),
        visibility="public",
        words=0,
        minutes=0,
        links=(),
        renditions=renditions,
    )


def _answers(links: Mapping[str, Mapping[str, Any]]) -> dict[str, LinkResult]:
    """What the network said, as a case writes it."""
    asked = parse_moment("26 November 2026 9am")
    return {
        url: LinkResult.model_validate(
            {
                "url": url,
                "at": asked,
                **said,
                "hops": [{"status": code, "url": to} for code, to in said.get("hops", ())],
            }
        )
        for url, said in links.items()
    }


@pytest.fixture
def expected_of() -> Callable[[Case], list[tuple[str, int]]]:
    """File and line of every mark of a case, and the files it names as a whole."""

    def look(case: Case) -> list[tuple[str, int]]:
        marked = [
            (f"issues/sample/{name}", number)
            for name, text in _texts(case).items()
            for number, line in enumerate(text.split("\n"), 1)
            if MARK in line
        ]
        marked += [
            (file, number)
            for file, text in case.get("templates", {}).items()
            for number, line in enumerate(text.split("\n"), 1)
            if MARK in line
        ]
        return marked + [(file, 0) for file in case.get("found", ())]

    return look


@pytest.fixture
def subject_of(tmp_path: Path) -> Callable[[Case], Subject]:
    """The subject that a case describes."""

    def make(case: Case) -> Subject:
        publication = Publication.model_validate(PUBLICATION | case.get("publication", {}))
        folder = tmp_path / "issues" / "sample"
        for name, text in _texts(case).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(f" {MARK}", "").replace(MARK, ""), encoding="utf-8")
        for name, size in case.get("pictures", {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_picture(name, tuple(size)))
        sending = dict(case.get("sending", {}))
        if "audience" in sending:
            sending["audience"] = publication.audiences[sending["audience"]]
        issue = read_issue(tmp_path, folder, publication)
        return Subject(
            issue=issue,
            sources={f"issues/sample/{path.name}": path.read_bytes().decode() for path in folder.glob("*.md")},
            publication=publication,
            edition=_edition(case),
            now=parse_moment(case.get("now", "26 November 2026 10am")),
            never_publish=tuple(case.get("never_publish", ())),
            corrections=tuple(map(str, theme_for(publication.theme).corrections)),
            templates={
                file: text.replace(f" {MARK}", "").replace(MARK, "") for file, text in case.get("templates", {}).items()
            },
            approvals_lacking=tuple(case["lacking"]) if "lacking" in case else None,
            domain_faults=tuple(DomainFault(**fault) for fault in case["domain"]) if "domain" in case else None,
            link_results=_answers(case["links"]) if "links" in case else None,
            **sending,
        )

    return make


@pytest.fixture(scope="session")
def publication() -> Publication:
    """A publication that has everything a rule may ask for."""
    return Publication.model_validate(PUBLICATION)
