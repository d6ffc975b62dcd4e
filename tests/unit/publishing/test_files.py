"""Files appear whole or not at all, only when they changed, and only where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.publishing.tree_kit import stamps, tree_of

from newsletter.errors import Refused
from newsletter.publishing.files import Folder, write_if_changed


def test_a_file_is_written_once_and_then_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert write_if_changed(path, b"one")
    before = stamps(tmp_path)
    assert not write_if_changed(path, b"one")
    assert stamps(tmp_path) == before
    assert write_if_changed(path, b"two")
    assert tree_of(tmp_path) == {"page.html": b"two"}


def test_a_change_of_the_same_length_is_a_change(tmp_path: Path) -> None:
    write_if_changed(tmp_path / "a", b"one")
    assert write_if_changed(tmp_path / "a", b"two")


def test_a_file_can_be_read_by_the_web_server(tmp_path: Path) -> None:
    write_if_changed(tmp_path / "a", b"one")
    (tmp_path / "b").write_bytes(b"one")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_bytes(b"theirs")
    public = tmp_path / "public"
    public.mkdir()
    (public / "file").symlink_to(tmp_path / "outside/file")
    (public / "folder").symlink_to(tmp_path / "outside")
    for path in ("file", "folder/new", "folder/deep/new"):
        with pytest.raises(Refused):
            Folder(public).write(path, b"ours")
        with pytest.raises(Refused):
            Folder(public).write_together({path: b"ours"})
    assert tree_of(tmp_path / "outside") == {"file": b"theirs"}


def test_a_root_that_is_a_link_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "outside")
    with pytest.raises(Refused, match="is a link to another place") as refused:
        Folder(tmp_path / "public").write("index.html", b"ours")
    assert "copy public/" in refused.value.hint
    assert not tree_of(tmp_path / "outside")


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", "", ".", "a//b", "a/./b", "a\\..\\out"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(Refused):
        Folder(tmp_path / "public").write(path, b"ours")
    assert not tree_of(tmp_path)


def test_a_folder_in_the_way_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(Refused, match="not an ordinary file"):
        write_if_changed(tmp_path / "page.html", b"ours")
    assert (tmp_path / "page.html").is_dir()


def test_a_file_where_a_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "issues").write_bytes(b"x")
    with pytest.raises(Refused, match="could not be written"):
        Folder(tmp_path).write("issues/one/index.html", b"ours")


def test_files_written_together_change_nothing_if_one_cannot_be_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write_together({"a": b"1", "b/c": b"2"})
    (tmp_path / "z").symlink_to(tmp_path / "a")
    before = tree_of(tmp_path)
    with pytest.raises(Refused):
        folder.write_together({"z": b"3", "a": b"9"})
    assert tree_of(tmp_path) == before


def test_removing_a_file_removes_the_folders_it_leaves_empty(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a/b/one", b"1")
    folder.write("a/two", b"2")
    folder.remove("a/b/one")
    assert tree_of(tmp_path) == {"a/two": b"2"}
    assert not (tmp_path / "a/b").exists()
    folder.remove("a/two")
    assert tmp_path.is_dir()
    assert not list(tmp_path.iterdir())


def test_what_a_stopped_run_left_is_cleared(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("one", b"1")
    (tmp_path / ".one.abcd.newsletter-unfinished").write_bytes(b"half")
    folder.clear_unfinished(folder.listed())
    assert tree_of(tmp_path) == {"one": b"1"}
