"""What holds for every catalogue of another language."""

from __future__ import annotations

import gettext
from pathlib import Path

from tools.locale import translated, wanted


def assert_complete(path: Path, domain: str) -> None:
    """Every word is translated, none is left over."""
    catalogue = translated(path)
    asked = {message.id for message in wanted(domain) if message.id}
    assert {message.id for message in catalogue if message.id} == asked, "run: make locale"
    assert [message.id for message in catalogue if message.id and (not message.string or message.fuzzy)] == []
    assert not catalogue.obsolete


def assert_compiled(path: Path) -> None:
    """What is compiled is what was written."""
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in translated(path):
        if message.id:
            assert compiled.gettext(str(message.id)) == message.string, "run: make locale"
