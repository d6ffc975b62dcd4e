"""Pictures are made ready to publish: nothing in them that should not leave, nothing a mail program cannot show."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem, build_context_of

from newsletter.models.issue import Asset
from newsletter.models.publication import Publication
from newsletter.rendering.images import WIDEST, prepare


def noise(mode: str, size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 60).convert(mode)


def asset(picture: Image.Image, kind: str, media_type: str, **options: object) -> Asset:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    width, height = picture.size
    return Asset(
        path=f"images/a.{kind.lower()}", data=out.getvalue(), media_type=media_type, width=width, height=height
    )


def opened(ready: Asset) -> Image.Image:
    return Image.open(io.BytesIO(ready.data))


def test_where_a_photograph_was_taken_does_not_leave() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Larkfield Road"  # description
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    ready = prepare(asset(noise("RGB", (300, 200)), "JPEG", "image/jpeg", exif=exif, comment=b"taken by Jo"))
    assert not opened(ready).getexif()
    assert b"Larkfield" not in ready.data
    assert b"taken by" not in ready.data


def test_a_photograph_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    ready = prepare(asset(noise("RGB", (300, 200)), "JPEG", "image/jpeg", exif=exif))
    assert (ready.width, ready.height) == opened(ready).size == (200, 300)


def test_a_large_picture_becomes_twice_the_width_of_the_sheet() -> None:
    ready = prepare(asset(noise("RGB", (4000, 3000)), "JPEG", "image/jpeg"))
    assert (ready.width, ready.height) == opened(ready).size == (WIDEST, 960)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_format_that_outlook_cannot_show_is_converted(kind: str, mode: str) -> None:
    if mode == "RGBA" and kind == "BMP":
        pytest.skip("BMP has no clear parts")
    ready = prepare(asset(noise(mode, (40, 30)), kind, f"image/{kind.lower()}"))
    assert opened(ready).format in ("PNG", "JPEG")
    assert ready.media_type == f"image/{str(opened(ready).format).lower()}"


def test_a_moving_picture_stands_still() -> None:
    frames = [noise("P", (20, 20)) for _ in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    ready = prepare(Asset(path="images/a.gif", data=out.getvalue(), media_type="image/gif", width=20, height=20))
    assert not getattr(opened(ready), "is_animated", False)


def test_a_picture_that_needs_nothing_keeps_its_bytes() -> None:
    clean = asset(noise("RGB", (300, 200)), "PNG", "image/png")
    assert prepare(clean) == clean


def test_a_clear_ground_stays_clear() -> None:
    picture = Image.new("RGBA", (2000, 10), (255, 0, 0, 0))
    ready = prepare(asset(picture, "PNG", "image/png"))
    assert ready.width == WIDEST
    assert opened(ready).convert("RGBA").getchannel("A").getextrema() == (0, 0)


def test_the_same_picture_gives_the_same_bytes() -> None:
    from newsletter.rendering import images

    heavy = asset(noise("RGB", (2000, 500)), "PNG", "image/png")
    first = prepare(heavy).data
    images._prepared.clear()
    assert prepare(heavy).data == first


def test_the_published_name_says_what_the_picture_is_and_holds_its_hash(
    publication: Publication, make_item: MakeItem, make_issue: MakeIssue
) -> None:
    webp = asset(noise("RGB", (40, 30)), "WEBP", "image/webp")
    issue = make_issue([make_item(image={"src": "images/a.webp", "alt": "A"})], assets={"images/a.webp": webp})
    context = build_context_of(publication)(issue)
    place = context.place("images/a.webp")
    assert place is not None
    assert place.published.startswith("images/a-")
    assert place.published.endswith((".png", ".jpg"))
    assert any(one.path == place.published and one.data == place.asset.data for one in context.assets)


@pytest.mark.parametrize("name", ["a flyer (final).PDF", "Llythyr Cymraeg – ŵ.pdf", "رپورٹ.pdf", "%2e%2e#?.pdf"])
def test_a_file_of_any_name_gets_an_address_that_needs_no_quoting(
    name: str, publication: Publication, make_issue: MakeIssue
) -> None:
    file = Asset(path=f"files/{name}", data=b"%PDF-1.7", media_type="application/pdf")
    place = build_context_of(publication)(make_issue(assets={file.path: file})).place(file.path)
    assert place is not None
    assert re.fullmatch(r"files/[A-Za-z0-9._-]+-[0-9a-f]{8}\.pdf", place.published)
