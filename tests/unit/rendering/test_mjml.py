"""The layout engine and the inliner: their traps, and their errors as a template's line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.rendering.issue_kit import TEMPLATES

from newsletter.errors import TemplateError
from newsletter.models.publication import Publication
from newsletter.rendering import mjml
from newsletter.rendering.context import Context
from newsletter.rendering.formats import email
from newsletter.rendering.inline import inline
from newsletter.rendering.slots import Slots
from newsletter.rendering.templates import Templates

HEAD = "<mjml>\n<mj-head>\n<mj-title>T</mj-title>\n</mj-head>\n<mj-body>\n<mj-section>\n<mj-column>\n"
TAIL = "\n</mj-column>\n</mj-section>\n</mj-body>\n</mjml>"


def compiled(source: str, written: str | None = None) -> str:
    return mjml.to_html(source, "email/issue.mjml", lambda: {"email/issue.mjml": written or source})


def test_no_web_font_and_no_remote_icon_is_asked_for() -> None:
    html = compiled(
        f'{HEAD}<mj-text font-family="Roboto">Words</mj-text>\n<mj-social>\n'
        f'<mj-social-element name="x-noshare" href="#">X</mj-social-element>\n</mj-social>{TAIL}'
    )
    assert "fonts.googleapis" not in html
    assert "@import" not in html
    assert "mailjet" not in html


def test_comments_go_except_those_for_outlook() -> None:
    html = compiled(f"{HEAD}<mj-text><!-- note to self -->Words</mj-text>{TAIL}")
    assert "note to self" not in html
    assert "<!--[if mso" in html


@pytest.mark.parametrize(
    "line",
    [
        "<mj-text>a < b</mj-text>",
        "<mj-text><p>never closed</mj-text>",
        '<mj-text align=left">words</mj-text>',
        "<mj-text>words</mj-txt>",
        "</mj-wrapper>",
    ],
)
def test_a_wrong_line_is_named_with_its_file(line: str) -> None:
    source = f"{HEAD}<mj-text>fine</mj-text>\n{line}{TAIL}"
    with pytest.raises(TemplateError) as caught:
        compiled(source)
    (problem,) = caught.value.problems
    assert problem.file == "templates/email/issue.mjml"
    assert problem.line == 9
    assert problem.fix


def test_a_tag_that_is_never_closed_is_reported_even_without_a_position() -> None:
    with pytest.raises(TemplateError) as caught:
        compiled(f"{HEAD}<mj-text>one &nbsp; two")
    assert caught.value.problems[0].file == "templates/email/issue.mjml"


def test_the_line_is_that_of_the_template_not_of_what_it_rendered_to() -> None:
    rendered = f"{HEAD}<mj-text>one</mj-text>\n<mj-text>two</mj-text>\n<mj-text bad>Ann & Bob <</mj-text>{TAIL}"
    written = (
        f"{HEAD}{{% for item in items %}}<mj-text>{{{{ item }}}}</mj-text>{{% endfor %}}\n"
        f"<mj-text bad>{{{{ name }}}} <</mj-text>{TAIL}"
    )
    with pytest.raises(TemplateError) as caught:
        compiled(rendered, written)
    assert caught.value.problems[0].line == 9


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("email/footer.mjml", "<mj-section>\n<mj-column>\n<mj-text>a < b</mj-text>\n</mj-column>\n</mj-section>\n", 3),
        ("email/worried.mjml", "{% for block in worried %}\n{{ block.titel }}\n{% endfor %}\n", 2),
        ("email/top.mjml", "\n\n{% if issue %}\n", 3),
        ("email/item.html", "<p>\n{{ item.no_such_thing }}</p>\n", 2),
        ("email/inlined.css", "p{margin:0}\n\na{color:{{ light.colour }}}\n", 3),
    ],
)
def test_a_mistake_in_a_template_of_the_publication_is_named_with_file_and_line(
    tmp_path: Path, sample_context: Context, publication: Publication, name: str, text: str, line: int
) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        email.render(sample_context, Templates([tmp_path, TEMPLATES], publication))
    (problem,) = caught.value.problems
    assert problem.file == f"templates/{name}"
    assert problem.line == line


def test_a_series_may_have_a_template_of_its_own(
    tmp_path: Path, sample_context: Context, publication: Publication
) -> None:
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "guide.mjml").write_text(
        "<mjml>\n<mj-body>\n<mj-section>\n<mj-column>\n<mj-text>{{ issue.front.title }}: one minute</mj-text>\n"
        "</mj-column>\n</mj-section>\n</mj-body>\n</mjml>\n",
        encoding="utf-8",
    )
    series = sample_context.issue.series.model_copy(update={"template": "email/guide.mjml"})
    issue = sample_context.issue.model_copy(update={"series": series})
    context = sample_context.model_copy(update={"issue": issue})
    html = email.render(context, Templates([tmp_path, TEMPLATES], publication)).decode()
    assert "Winter newsletter: one minute" in html


def test_the_inliner_leaves_the_document_what_it_was() -> None:
    document = (
        "<!doctype html><html><head><style>@media (max-width:479px){.a{color:red!important}}</style>"
        "<!--[if mso]><style>p{margin:0}</style><![endif]--></head><body><!--[if mso | IE]><table><tr><td><![endif]-->"
        '<p class="a">Welsh ŵ, Urdu بچہ, 🙂, &lt;b&gt;</p><a href="%%unsubscribe_url%%">%%audience%%</a>'
        "<!--[if mso | IE]></td></tr></table><![endif]--></body></html>"
    )
    html = inline(document, "p{margin:0 0 16px;color:#eeeeee!important} a:hover{color:red} *{padding:1px}")
    assert html.startswith("<!DOCTYPE html>")
    assert "@media (max-width:479px){.a{color:red!important}}" in html
    assert html.count("<!--[if mso") == 3
    assert '<p class="a" style="margin:0 0 16px; color:#eeeeee">Welsh ŵ, Urdu بچہ, 🙂, &lt;b&gt;</p>' in html
    assert '<a href="%%unsubscribe_url%%">%%audience%%</a>' in html
    assert "padding:1px" not in html


def test_a_slot_keeps_every_byte_and_nothing_can_pose_as_one() -> None:
    slots = Slots(avoid="somebody wrote \u27e60.0\u27e7 here")
    mark = slots.slot("<b>a</b>\n<i>b</i>  & <3")
    assert slots.fill(f"\u27e60.0\u27e7 {mark}") == "\u27e60.0\u27e7 <b>a</b>\n<i>b</i>  & <3"
