"""Every test of the store runs on both databases, save those marked "sqlite"."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _on_each_database(each_database: str) -> None:
    """See `each_database`."""
