"""Bytes that say nothing are left out, and nothing else is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsletter.rendering.context import Context
from newsletter.rendering.email_tight import tight
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates


def test_blanks_between_declarations_go_and_those_inside_values_stay() -> None:
    html = (
        """<p style="margin:0px 10px 0px; font-family:-apple-system, 'Segoe UI', Arial; padding:8px 0;">a; b, 0px</p>"""
    )
    expected = """<p style="margin:0 10px 0;font-family:-apple-system,'Segoe UI',Arial;padding:8px 0">a; b, 0px</p>"""
    assert tight(html) == expected


def test_what_only_outlook_reads_stays_as_it_is() -> None:
    html = '<!--[if mso]><table style="width:640px; margin:0px;" ><tr><td><![endif]--><b style="color:red; ">x</b>'
    assert tight(html) == html.replace('"color:red; "', '"color:red"')


@given(st.text() | st.sampled_from(['Write style="a; b, 0px" here', ' style="', "it's 5 > 4; or"]))
def test_words_and_other_attributes_stay_as_they_are(words: str) -> None:
    said, quoted = words.replace("<", "&lt;"), words.replace("'", "&#39;")
    html = f'<p style="color:red">{said}</p><img alt=\'{quoted}\' src="a, b; 0px">'
    assert tight(html) == html


def test_an_email_holds_no_blank_between_declarations(sample_context: Context, templates: Templates) -> None:
    tree = lxml_html.document_fromstring(email.render(sample_context, templates).decode())
    styles = [str(element.get("style")) for element in tree.iter() if element.get("style")]
    assert len(styles) > 100
    assert [style for style in styles if re.search(r"[;,]\s|;$|\b0px", style)] == []
