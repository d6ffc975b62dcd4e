"""Editions as files in build/."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.publishing.tree_kit import stamps, tree_of

from newsletter.models.edition import Edition, EditionAsset, Rendition
from newsletter.publishing.archive import write_edition


def edition(**changes: Any) -> Edition:
    names = {"email": "email.html", "text": "email.txt", "web": "web.html"}
    style = EditionAsset.stylesheet("body{}")
    values: dict[str, Any] = {
        "series": "newsletter",
        "slug": "2026-11-winter",
        "path": "issues/2026-11-winter",
        "title": "Winter – gaeaf",
        "subject": "Newsletter: Winter",
        "preheader": "",
        "date": date(2026, 11, 26),
        "visibility": "public",
        "words": 100,
        "minutes": 0.4,
        "links": ("https://www.example.org/",),
        "renditions": {
            name: Rendition(name=name, file_name=file, media_type="text/plain", data=name.encode())
            for name, file in names.items()
        },
        "assets": (EditionAsset(path="images/hall-12345678.png", media_type="image/png", data=b"png"),),
        "stylesheet": style,
    }
    return Edition(**{**values, **changes})


FOLDER = "newsletter/2026-11-winter"


def test_every_rendition_and_asset_is_written_with_what_it_is(tmp_path: Path) -> None:
    written = write_edition(tmp_path, edition(), [{"name": "Sam Rivers", "role": "Chair"}])
    about = json.loads((tmp_path / FOLDER / "edition.json").read_text(encoding="utf-8"))
    assert {path.relative_to(tmp_path / FOLDER).as_posix() for path in written} == {
        "email.html",
        "email.txt",
        "web.html",
        "edition.json",
        "images/hall-12345678.png",
    }
    assert about["hash"] == edition().hash
    assert about["bytes"] == {"email": 5, "text": 4, "web": 3}
    assert about["approvals"] == [{"name": "Sam Rivers", "role": "Chair"}]
    promised = {"hash", "subject", "title", "date", "series", "slug", "words", "minutes", "bytes", "links", "approvals"}
    assert promised <= set(about)
    assert about["date"] == "2026-11-26"


def test_the_style_sheet_stands_where_the_page_looks_for_it(tmp_path: Path) -> None:
    write_edition(tmp_path, edition())
    style = edition().stylesheet
    assert style is not None
    assert (tmp_path / FOLDER / "../.." / style.path).read_bytes() == b"body{}"


def test_the_description_is_the_same_bytes_every_time_and_plain_to_read(tmp_path: Path) -> None:
    write_edition(tmp_path / "a", edition())
    write_edition(tmp_path / "b", edition())
    assert tree_of(tmp_path / "a") == tree_of(tmp_path / "b")
    text = (tmp_path / "a" / FOLDER / "edition.json").read_text(encoding="utf-8")
    assert "Winter – gaeaf" in text
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    write_edition(tmp_path, edition())
    before = stamps(tmp_path)
    write_edition(tmp_path, edition())
    assert stamps(tmp_path) == before


def test_renditions_that_are_no_longer_there_go_and_foreign_files_stay(tmp_path: Path) -> None:
    write_edition(tmp_path, edition())
    (tmp_path / FOLDER / "notes.txt").write_text("mine")
    (tmp_path / FOLDER / "images/other.png").write_bytes(b"mine")
    email = {"email": edition().renditions["email"]}
    write_edition(tmp_path, edition(visibility="restricted", renditions=email, assets=(), stylesheet=None))
    assert set(tree_of(tmp_path / FOLDER)) == {"edition.json", "email.html", "notes.txt", "images/other.png"}


@pytest.mark.parametrize(
    "found",
    [b"{", b"[]", b'{"files": 1}', b'{"files": ["../../../precious", "/etc/passwd", "", 7, "a/../../../precious"]}'],
)
def test_a_description_that_somebody_changed_removes_nothing_else(tmp_path: Path, found: bytes) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"keep")
    folder = tmp_path / "build" / FOLDER
    folder.mkdir(parents=True)
    (folder / "edition.json").write_bytes(found)
    write_edition(tmp_path / "build", edition())
    assert precious.read_bytes() == b"keep"
    assert json.loads((folder / "edition.json").read_bytes())["hash"] == edition().hash


def test_nothing_unfinished_is_left_behind(tmp_path: Path) -> None:
    write_edition(tmp_path, edition())
    assert not [path for path in tmp_path.rglob("*") if "unfinished" in path.name]
