"""Places for finished HTML in a template that goes through the layout engine.

The engine rewrites HTML that it is shown: it joins words, drops blanks and refuses much that browsers accept. So it is
shown a mark, and the HTML takes the mark's place afterwards, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup


class Slots:
    """Takes HTML, gives marks; then puts the HTML where the marks stand. One for each document."""

    def __init__(self, avoid: str = "") -> None:
        """`avoid`: all that authors wrote, so that nothing in it can be taken for a mark."""
        series = 0
        while f"\u27e6{series}." in avoid:
            series += 1
        self._prefix = f"\u27e6{series}."
        self._contents: list[str] = []

    def slot(self, html: str = "", *, caller: Callable[[], str] | None = None) -> Markup:
        """A mark for this HTML, or for what stands between `{% call slot() %}` and `{% endcall %}`."""
        self._contents.append(str(caller()) if caller else html)
        return Markup(f"{self._prefix}{len(self._contents) - 1}\u27e7")  # noqa: S704 - a number between two signs

    def fill(self, document: str) -> str:
        """The document with each mark replaced."""
        mark = re.compile(f"{re.escape(self._prefix)}(\\d+)\u27e7")
        return mark.sub(lambda found: self._contents[int(found[1])], document)
