"""Every row, and the page of the manual that is made of them.

`python -m tests.field.features` writes docs/features.md anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.field import (
    features_bulletin,
    features_diary,
    features_guidance,
    features_languages,
    features_leaflet,
    features_newsletter,
    features_resources,
    features_sheets,
)
from tests.field.field_kit import Feature

PAGE = Path(__file__).parents[2] / "docs/features.md"
SETS = (
    features_bulletin,
    features_newsletter,
    features_guidance,
    features_resources,
    features_leaflet,
    features_diary,
    features_sheets,
    features_languages,
)
FEATURES: tuple[Feature, ...] = tuple(feature for rows in SETS for feature in rows.FEATURES)
INTRODUCTION = """\
# What an issue can say

Newsletters, briefings, guidance notes and leaflets of this field have structures that a tool for them must be able to
say. Here they are, each with the case that proves it: a file of an invented partnership's publication in
`tests/field/publication/`, from which you may copy. A test reads each case and looks for what a reader must find in the
email, in the plain text, on the web page, on paper and, where there is a date, in the calendar.

The tests of one row: `pytest tests/field -k "[A8]"`. This page is made from their table;
`python -m tests.field.features` writes it anew.
"""


def shown_in(feature: Feature) -> str:
    """The renditions in which a test looks for it."""
    names = ["email", "text"] + ([] if feature.id.startswith("E") else ["web"]) + ["print"]
    return ", ".join(names + (["calendar"] if feature.calendar else []))


def page() -> str:
    """The page, in Markdown."""
    parts = [INTRODUCTION]
    for rows in SETS:
        title = (rows.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        parts.append(f"## {title}\n\n| | structure | case | proved in |\n| --- | --- | --- | --- |")
        parts[-1] += "".join(f"\n| {row.id} | {row.what} | `{row.file}` | {shown_in(row)} |" for row in rows.FEATURES)
        parts[-1] += "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
