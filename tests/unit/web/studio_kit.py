"""A small publication in a folder of its own, and its preview."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.unit.web.service_kit import Client

from newsletter.app import App
from newsletter.settings import builtin_sample
from newsletter.web.studio.preview import create_preview

KEY = "the-key"
HOST = "http://127.0.0.1:8765"

SETTINGS = """
[partnership]
name = "Northshire Safeguarding Partnership"
website = "https://www.example.org"
postal_address = "County Hall, Northshire"
privacy_url = "https://www.example.org/privacy"
accessibility_url = "https://www.example.org/accessibility"
[site]
url = "https://news.example.org"
[sender]
name = "NSP News"
email = "news@example.org"
reply_to = "partnership@example.org"
[series.newsletter]
folder = "issues"
title = "Newsletter"
contents = 1
reading_minutes = 8
[audiences.practitioners]
title = "Multi-agency practitioners"
series = ["newsletter"]
[[worried]]
title = "Worried about a child?"
phone = "01632 960002"
"""
ISSUE = """---
title: Winter newsletter
date: 26 November 2026
subject: Winter is coming
preheader: Ring before Friday
audiences: [practitioners]
---
Welcome to the winter issue.
"""
ITEM = """---
title: Cold homes
image: { src: images/hall.png, alt: The hall }
---
Ring the team. It is open every day.
"""


def publication(folder: Path) -> Path:
    """Writes it; gives the folder of its one issue."""
    issue = folder / "issues" / "2026-11-winter"
    (issue / "images").mkdir(parents=True)
    (folder / "newsletter.toml").write_text(SETTINGS)
    (issue / "issue.md").write_text(ISSUE)
    (issue / "10-cold-homes.md").write_text(ITEM)
    shutil.copy(builtin_sample() / "issues/2026-11-winter/images/window-sill.png", issue / "images" / "hall.png")
    return issue


class Preview:
    """The preview of that publication, asked without a network."""

    def __init__(self, issue: Path) -> None:
        self.issue = issue
        self.project = issue.parent.parent
        self.app = App.open(self.project)
        self.service = create_preview(self.app, issue, key=KEY, reopen=lambda: App.open(self.project))
        self.client = Client(self.service, HOST)

    def get(self, path: str, **options: object) -> str:
        """A page below the key, which must be there."""
        answer = self.client.get(f"/{KEY}{path}", **options)
        assert answer.status_code == 200, answer.text
        return answer.text

    def page(self, query: str = "") -> str:
        """The page of the issue."""
        return self.get(f"/issue/issues/2026-11-winter{query}")

    def frame(self, view: str) -> str:
        """What its frame shows."""
        return self.get(f"/frame/{view}/issues/2026-11-winter/")

    def save(self, name: str, text: str) -> None:
        """Writes a file below the project, as if the watcher had told."""
        path = self.project / name
        path.write_text(text)
        self.service.state.looks.saved({path})
