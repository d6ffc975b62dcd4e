"""The sample publication with its list imported, made once and copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_DATABASE: list[bytes] = []


@pytest.fixture
def ready(newsletter: Callable[..., Any], project: Path) -> Callable[..., Any]:
    """The command line in a copy of the sample publication whose list is imported already."""
    database = project / "subscribers/newsletter.db"
    if _DATABASE:
        database.write_bytes(_DATABASE[0])
        database.chmod(0o600)
    else:
        assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
        _DATABASE.append(database.read_bytes())
    return newsletter
