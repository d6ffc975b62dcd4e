"""Pages of the archive lead to the sign-up form where a list is open to the public, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
LINK = '<a href="https://news.example.org/sign-up">Get these by email</a>'


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        ("", "", True),
        (r"(?m)^sign_up = true$", "", False),
        (r'(?m)^mode = "service"', 'mode = "mailto"', False),
    ],
)
def test_pages_lead_to_the_form_where_somebody_takes_it(
    newsletter: Command, project: Path, pattern: str, replacement: str, expected: bool
) -> None:
    settings = project / "newsletter.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(pattern, replacement, text) if pattern else text, encoding="utf-8")
    assert newsletter("build", "--no-pdf").code == 0
    pages = [project / "public/index.html", *project.glob("public/*/*/index.html")]
    assert len(pages) > 2
    for page in pages:
        assert (LINK in page.read_text(encoding="utf-8")) is expected, page
