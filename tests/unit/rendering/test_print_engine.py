"""The edge to WeasyPrint: nothing is fetched, nothing is said behind the user's back, and a failure is never fatal."""

from __future__ import annotations

import io
import logging
import socket
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from PIL import ImageFile
from tests.unit.rendering.issue_kit import picture
from tests.unit.rendering.print_kit import open_pdf, structure, words

from newsletter.errors import PrintError
from newsletter.rendering import print_pdf
from newsletter.rendering.print_pdf import Part
from newsletter.rendering.print_qr import qr_code

IDENTIFIER = "a" * 64


def page(body: str, style: str = "") -> str:
    return f'<html lang="en-GB"><head><title>A page</title><style>{style}</style></head><body>{body}</body></html>'


def write(body: str, style: str = "", parts: dict[str, Part] | None = None) -> bytes:
    return print_pdf.write(page(body, style), parts or {}, IDENTIFIER, "issues/2026-11-winter")


def test_pictures_come_from_memory_whatever_their_address() -> None:
    data = picture("a.png", 40, 20).data
    pdf = write(
        '<img src="https://news.example.org/a.png" alt="A">',
        parts={"https://news.example.org/a.png": Part("image/png", data)},
    )
    assert len(open_pdf(pdf).pages[0].images) == 1


def test_no_file_and_no_network_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("a.png", 40, 20).data)
    sheet = tmp_path / "secret.css"
    sheet.write_text("p::after { content: 'SECRET' }")
    with socket.create_server(("127.0.0.1", 0)) as server:
        web = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='{secret.as_uri()}'/></svg>"
        sources = [secret.as_uri(), str(secret), web, f"data:image/svg+xml,{quote(svg)}"]
        body = "<p>Words</p>" + "".join(f'<img src="{source}" alt="A">' for source in sources)
        body += "".join(
            f'<link rel="stylesheet" href="{url}"><link rel="attachment" href="{url}"><object data="{url}">B</object>'
            f'<a rel="attachment" href="{url}">C</a><p style="background: url(\'{url}\')">D</p>'
            for url in (sheet.as_uri(), secret.as_uri(), web)
        )
        faces = f"@import '{sheet.as_uri()}'; @font-face {{ font-family: X; src: url('{web}') }} p {{ font-family: X }}"
        pdf = open_pdf(write(body, faces))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "Words" in pdf.pages[0].extract_text()
    assert "SECRET" not in pdf.pages[0].extract_text()
    assert not pdf.pages[0].images
    assert not pdf.attachments


def test_the_identifier_can_be_read_from_the_file() -> None:
    assert IDENTIFIER.encode() in write("<p>Words</p>")


def test_the_libraries_say_nothing_on_the_screen(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.NOTSET):
        write('<p style="unknown: 1">Words \U000e0001 \U0001f9d1</p><img src="https://x.example/gone.png" alt="Gone">')
    assert [record for record in caplog.records if record.name.startswith("weasyprint")] == []
    assert capfd.readouterr() == ("", "")


def test_broken_pictures_are_still_told_after_a_pdf_was_made() -> None:
    write("<h1>Title</h1>")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_signs_that_no_font_has_do_no_harm() -> None:
    assert "Words" in words(write("<p>Words \ue000 \U000f1234 日本語 \U0001f46a</p>"))


def test_a_page_that_the_layout_fails_on_is_set_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint import HTML

    laid_out = HTML.render

    def fails_on_notes(self: HTML, **options: object) -> object:
        if "float: none" not in "".join(self.etree_element.itertext()):
            raise AssertionError
        return laid_out(self, **options)

    monkeypatch.setattr(HTML, "render", fails_on_notes)
    body = '<p>Words<span class="foot-address">www.example.org</span></p>'
    said = words(write(body, ".foot-address { float: footnote }"))
    assert "Words(www.example.org)" in said


def test_a_page_that_cannot_be_set_at_all_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint import HTML

    def fails(self: HTML, **options: object) -> object:
        raise AssertionError

    monkeypatch.setattr(HTML, "render", fails)
    with pytest.raises(PrintError, match="The PDF of issues/2026-11-winter was left out"):
        write("<p>Words</p>")


def test_a_qr_code_is_drawn_and_one_too_fine_to_read_is_left_out() -> None:
    assert qr_code("https://www.example.org/survey").startswith("data:image/svg+xml")
    assert qr_code("https://www.example.org/" + "long" * 200) == ""
    assert qr_code("https://www.example.org/" + "long" * 2000) == ""
    assert qr_code("https://www.example.org/a?b=1&c=ü")


def test_a_qr_code_has_its_words_in_the_tags() -> None:
    pdf = write(f'<img src="{qr_code("https://www.example.org/survey")}" alt="QR code of the address beside it">')
    assert [found["/Alt"] for tag, found in structure(pdf) if tag == "/Figure"] == ["QR code of the address beside it"]


def test_the_moment_a_font_was_rewritten_does_not_reach_the_file() -> None:
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    def rewritten(moment: int) -> bytes:
        font = FontBuilder(1000, isTTF=True)
        font.setupGlyphOrder([".notdef"])
        font.setupGlyf({".notdef": TTGlyphPen(None).glyph()})
        font.setupHorizontalMetrics({".notdef": (500, 0)})
        font.setupHorizontalHeader()
        font.updateHead(created=3_800_000_000, modified=moment)
        font.font.recalcTimestamp = False
        out = io.BytesIO()
        font.save(out)
        return out.getvalue()

    streams = [
        SimpleNamespace(stream=[rewritten(moment)], extra={"Length1": 1}) for moment in (3_900_000_000, 3_900_000_007)
    ]
    broken = SimpleNamespace(stream=[b"no font"], extra={"Length1": 7})
    assert streams[0].stream != streams[1].stream
    print_pdf._settle(None, SimpleNamespace(objects=[*streams, broken, object()]))
    assert streams[0].stream == streams[1].stream
    assert streams[0].extra == {"Length1": len(streams[0].stream[0])}
    assert broken.stream == [b"no font"]
