"""A rendition inside a proof: everything in it, nothing to fetch, no tag and no script alive."""

from __future__ import annotations

import base64
import re

import pytest
from tests.unit.delivery.sending_kit import edition

from newsletter.models.edition import MERGE_TAGS, Edition, EditionAsset, Rendition
from newsletter.pipeline.proof_frames import NOWHERE, framed, plain, words_of

SITE = "https://news.example.org/issues/2026-11-winter/"
PICTURE = EditionAsset(path="images/hall (1)-3f2a91c4.png", media_type="image/png", data=b"a picture")
DATA = f"data:image/png;base64,{base64.b64encode(PICTURE.data).decode()}"


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def made(body: str, head: str = "", **changes: object) -> Edition:
    """A public edition whose email and web copy are this page."""
    html = page(body, head)
    web = Rendition(name="web", file_name="web.html", media_type="text/html", data=html.encode())
    one = edition(html=html, assets=(PICTURE,))
    style = EditionAsset.stylesheet("h1 { color: red }")
    return one.model_copy(
        update={"renditions": {**one.renditions, "web": web}, "web_url": SITE, "stylesheet": style, **changes}
    )


@pytest.mark.parametrize(
    "address", [f"{SITE}images/hall%20(1)-3f2a91c4.png", "images/hall%20(1)-3f2a91c4.png"], ids=["absolute", "relative"]
)
@pytest.mark.parametrize("name", ["email", "web"])
def test_a_picture_of_the_issue_is_in_the_frame_itself(name: str, address: str) -> None:
    html = framed(
        made(f'<img src="{address}" alt="The hall"><source srcset="{address} 600w, {address} 1200w">'), name, "x"
    )
    assert f'src="{DATA}" alt="The hall"' in html
    assert f'srcset="{DATA} 600w, {DATA} 1200w"' in html


def test_a_picture_that_a_restricted_issue_carries_is_in_the_frame_itself() -> None:
    asset = EditionAsset(path="images/hall-3f2a91c4.png", media_type="image/png", data=b"a picture")
    one = edition(
        html=page('<img src="cid:3f2a91c4.hall@newsletter.invalid">'), assets=(asset,), visibility="restricted"
    )
    assert f'<img src="{DATA}">' in framed(one, "email", "x")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://elsewhere.example/p.png">',
        "<img src='//elsewhere.example/p.png'>",
        '<td background="https://elsewhere.example/p.png">x</td>',
        '<div style="background: url(https://elsewhere.example/p.png)">x</div>',
        "<style>@import url('https://elsewhere.example/p.css'); a{background:url(\"https://elsewhere.example/p.png\")}</style>",
        '<video poster="https://elsewhere.example/p.png"></video>',
        '<img srcset="https://elsewhere.example/p.png 2x">',
        '<link rel="stylesheet" href="https://elsewhere.example/p.css">',
        '<script src="https://elsewhere.example/p.js"></script>',
        '<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">',
    ],
)
def test_nothing_is_fetched_from_anywhere(markup: str) -> None:
    assert "elsewhere.example" not in framed(made(markup), "email", "x")


def test_what_is_a_link_stays_a_link_and_opens_apart() -> None:
    html = framed(made('<a href="https://www.gov.uk/x?a=1&amp;b=2">x</a><a href="tel:999">999</a>'), "email", "x")
    assert 'href="https://www.gov.uk/x?a=1&amp;b=2"' in html
    assert 'href="tel:999"' in html
    assert '<base href="about:srcdoc" target="_blank">' in html


def test_a_link_inside_the_issue_stays_inside_the_frame() -> None:
    html = framed(made(f'<a class="x" href="{SITE}#bruising">x</a>'), "email", "x")
    assert '<a target="_self" class="x" href="#bruising">' in html


@pytest.mark.parametrize(
    "address", [SITE, f"{SITE}files/flyer.pdf", "../../index.html", "calendar.ics", "javascript:x()"]
)
def test_a_link_to_what_is_not_published_leads_nowhere(address: str) -> None:
    assert re.findall(r'href="([^"]*)"', framed(made(f'<a href="{address}">x</a>'), "web", "x"))[1:] == [NOWHERE]


@pytest.mark.parametrize("name", ["email", "web"])
def test_merge_tags_are_inert(name: str) -> None:
    tags = "".join(f'<a href="{tag}">{tag}</a>' for tag in MERGE_TAGS.values())
    html = framed(made(tags), name, "Police & health")
    assert "%%" not in html
    assert "Police &amp; health" in html
    assert "%%" not in plain(edition(), "Police & health")


def test_no_script_is_left() -> None:
    html = framed(
        made('<script>alert(1)</script><SCRIPT type="application/ld+json">{"a": "</b>"}</SCRIPT >'), "web", "x"
    )
    assert "<script" not in html.lower()
    assert "alert" not in html


def test_the_web_copy_brings_its_style_along() -> None:
    html = framed(made("x", '<link rel="stylesheet" href="../../assets/style.css">'), "web", "x")
    assert "<style>h1 { color: red }</style>" in html
    assert "<link" not in html


def test_what_is_compared_says_the_subject_too() -> None:
    assert "Subject: Newsletter: Winter" in words_of(edition(), "x")
