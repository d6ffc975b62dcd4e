"""Pictures and files: inside the folder, whole, what their names say, and small enough."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsletter.content.addresses import AddressError, local_path
from newsletter.content.assets import LARGEST, MEDIA_TYPES, read_asset, read_logo
from newsletter.errors import ContentError
from newsletter.models.publication import Publication

Picture = Callable[[int, int, str], bytes]


def fault(folder: Path, path: str, *, picture: bool = False) -> str:
    with pytest.raises(AddressError) as caught:
        read_asset(folder, path, picture=picture)
    return f"{caught.value.message} {caught.value.fix}"


@pytest.mark.parametrize(
    ("name", "kind", "media_type"),
    [
        ("a.png", "PNG", "image/png"),
        ("a.jpg", "JPEG", "image/jpeg"),
        ("a.JPEG", "JPEG", "image/jpeg"),
        ("a.gif", "GIF", "image/gif"),
        ("a.webp", "WEBP", "image/webp"),
    ],
)
def test_pictures_tell_their_size(tmp_path: Path, picture: Picture, name: str, kind: str, media_type: str) -> None:
    (tmp_path / name).write_bytes(picture(40, 30, kind))
    asset = read_asset(tmp_path, name, picture=True)
    assert (asset.width, asset.height, asset.media_type, asset.path) == (40, 30, media_type, name)
    assert asset.size == len(asset.data) > 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_cut_short_is_broken(tmp_path: Path, picture: Picture, kind: str) -> None:
    name = f"a.{kind.lower()}"
    noise = Image.effect_noise((60, 60), 50).convert("RGB")
    data = io.BytesIO()
    noise.save(data, kind)
    whole = data.getvalue()
    for length in (len(whole) // 2, len(whole) - 20, 10):
        (tmp_path / name).write_bytes(whole[:length])
        assert "is broken" in fault(tmp_path, name)


def test_a_picture_under_a_wrong_name_is_told_its_right_one(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "a.png").write_bytes(picture(4, 3, "JPEG"))
    assert fault(tmp_path, "a.png") == "'a.png' is really a JPEG picture. Give it a name that ends in .jpeg"
    (tmp_path / "b.jpg").write_bytes(picture(4, 3, "BMP"))
    assert "really a BMP picture" in fault(tmp_path, "b.jpg")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has very many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 8000), (10_000, 10_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_unread(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(bomb(*size))
    assert "more than 50 million pixels" in fault(tmp_path, "a.png")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.pdf").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    assert "'a.pdf' has 20 MB; at most 20 MB are published." in fault(tmp_path, "a.pdf")


def test_a_shortcut_out_of_the_folder_is_refused(tmp_path: Path, picture: Picture) -> None:
    folder = tmp_path / "issue"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(picture(4, 3, "PNG"))
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    (folder / "images").symlink_to(tmp_path)
    assert "leads out of the issue's folder" in fault(folder, "a.png")
    assert "leads out of the issue's folder" in fault(folder, "images/secret.png")


def test_a_shortcut_within_the_folder_is_followed(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "a.png").write_bytes(picture(4, 3, "PNG"))
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    assert read_asset(tmp_path, "b.png").width == 4


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "files.pdf").mkdir()
    assert "is a folder" in fault(tmp_path, "files.pdf")


def test_accents_match_as_macs_and_as_windows_write_them(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "cafe\u0301.png").write_bytes(picture(4, 3, "PNG"))
    assert read_asset(tmp_path, "caf\u00e9.png").path == "caf\u00e9.png"


def test_capitals_must_match_since_the_web_is_strict(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "Images").mkdir()
    (tmp_path / "Images/Hall.png").write_bytes(picture(4, 3, "PNG"))
    assert "capitals and small letters" in fault(tmp_path, "images/Hall.png")
    assert "Write Images/Hall.png" in fault(tmp_path, "Images/hall.png")


def test_every_kind_of_document_has_its_media_type(tmp_path: Path) -> None:
    for suffix, start in {".pdf": b"%PDF-1.7", ".docx": b"PK", ".csv": b"a,b", ".ics": b"BEGIN", ".txt": b"x"}.items():
        (tmp_path / f"a{suffix}").write_bytes(start)
        assert read_asset(tmp_path, f"a{suffix}").media_type == MEDIA_TYPES[suffix]


@pytest.mark.parametrize(
    "address", ["https://x.org/a", "HTTP://x.org", "mailto:a@b.org?subject=x%20y", "tel:999", "#a"]
)
def test_addresses_on_the_web_are_not_files(address: str) -> None:
    assert local_path(address) is None


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("images/a.png", "images/a.png"),
        ("./images//a.png", "images/a.png"),
        ("files/my%20flyer.pdf", "files/my flyer.pdf"),
        ("files/guide.pdf#page=3", "files/guide.pdf"),
        ("files/100% ready.pdf", "files/100% ready.pdf"),
    ],
)
def test_paths_are_made_plain(address: str, path: str) -> None:
    assert local_path(address) == path


@pytest.mark.parametrize(
    "address",
    [
        "", "  ", "javascript:alert(1)", "java\nscript:alert(1)", "JAVASCRIPT:x", " javascript:x", "vbscript:x",
        "data:,x", "ftp://x.org", "//x.org/a", "/etc/passwd", "~/a.png", "../a.png", "a/../../b.png", "%2e%2e/a.png",
        "a/%2e%2e/b.png", "C:\\a.png", "c:/a.png", "\\\\server\\a.png", "images\\a.png", "images%5C..%5Ca.png", "file:///a",
        "http://",
        "https:///a", "http://[bad", "https://x.org/a b", "www.example.org", "nspcc.org.uk/report", "jo@example.org",
        "mailto:jo", "mailto:", "tel:", "tel:call", "a.pdf?x=1", "%2Fetc/passwd", "a%00.png", "cid:x", "blob:x",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_published_are_refused(address: str) -> None:
    with pytest.raises(AddressError) as caught:
        local_path(address)
    assert caught.value.message.endswith(".")
    assert caught.value.fix


@given(st.text(max_size=40))
def test_no_address_ends_in_a_traceback_or_outside_the_folder(address: str) -> None:
    try:
        path = local_path(address)
    except AddressError:
        return
    if path is not None:
        assert not path.startswith("/")
        assert ".." not in path.split("/")


def with_logo(publication: Publication, path: str) -> Publication:
    partnership = publication.partnership.model_copy(update={"logo": path})
    return publication.model_copy(update={"partnership": partnership})


def test_a_publication_may_have_no_logo(tmp_path: Path, publication: Publication) -> None:
    assert read_logo(tmp_path, publication) is None


def test_the_logo_is_published_among_the_pictures(tmp_path: Path, publication: Publication, picture: Picture) -> None:
    (tmp_path / "templates/images").mkdir(parents=True)
    (tmp_path / "templates/images/logo.png").write_bytes(picture(40, 10, "PNG"))
    logo = read_logo(tmp_path, with_logo(publication, "templates/images/logo.png"))
    assert logo is not None
    assert (logo.path, logo.width) == ("images/logo.png", 40)


@pytest.mark.parametrize("path", ["logo.png", "../logo.png", "https://example.org/logo.png", "logo.svg"])
def test_a_logo_that_cannot_be_used_is_told_in_newsletter_toml(
    tmp_path: Path, publication: Publication, path: str
) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    with pytest.raises(ContentError) as caught:
        read_logo(tmp_path, with_logo(publication, path))
    assert caught.value.problems[0].file == "newsletter.toml"
    assert "logo" in caught.value.problems[0].message
