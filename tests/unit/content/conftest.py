"""A small publication and a way to write an issue's folder in a line."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from newsletter.content.folder import read_issue
from newsletter.errors import ContentError, Problem
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication

FOLDER = "issues/2026-11-winter"
ISSUE = "---\ntitle: Winter newsletter\ndate: 26 November 2026\n---\n"
Files = Mapping[str, str | bytes]


@pytest.fixture(scope="session")
def picture() -> Callable[[int, int, str], bytes]:
    """Makes a real picture: width, height, "PNG" or another of Pillow's formats."""

    def make(width: int, height: int, kind: str) -> bytes:
        data = io.BytesIO()
        Image.new("RGB", (width, height), "#1d70b8").save(data, kind)
        return data.getvalue()

    return make


@pytest.fixture
def publication() -> Publication:
    return Publication.model_validate(
        {
            "partnership": {
                "name": "Northshire Safeguarding Children Partnership",
                "website": "https://www.example.org",
                "postal_address": "County Hall, Northshire",
                "privacy_url": "https://www.example.org/privacy",
                "accessibility_url": "https://www.example.org/accessibility",
            },
            "site": {"url": "https://news.example.org"},
            "sender": {"name": "NSCP", "email": "news@example.org", "reply_to": "nscp@example.org"},
            "series": {
                "newsletter": {"folder": "issues", "title": "Newsletter", "contents": 2},
                "briefing": {"folder": "briefings", "title": "5 minute briefing"},
            },
            "audiences": {"practitioners": {"title": "Practitioners", "series": ["newsletter"]}},
            "contacts": {"training": {"role": "Training team", "email": "training@example.org"}},
            "glossary": {"MASH": "multi-agency safeguarding hub"},
        }
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files below the issue's folder; returns the project."""

    def write_files(files: Files, folder: str = FOLDER) -> Path:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write_files


@pytest.fixture
def read(write: Callable[..., Path], publication: Publication) -> Callable[[Files], Issue]:
    """Reads an issue of these files; `issue.md` is there unless it is given."""

    def read_files(files: Files) -> Issue:
        project = write({"issue.md": ISSUE, **files})
        return read_issue(project, Path(FOLDER), publication)

    return read_files


@pytest.fixture
def problems(read: Callable[[Files], Issue]) -> Callable[[Files], tuple[Problem, ...]]:
    """The problems of an issue that cannot be read."""

    def read_problems(files: Files) -> tuple[Problem, ...]:
        with pytest.raises(ContentError) as caught:
            read(files)
        return caught.value.problems

    return read_problems
