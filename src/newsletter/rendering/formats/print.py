"""The PDF for printing: A4, tagged (PDF/UA-1), every address readable on paper.

Its bytes depend on the fonts of the machine, so it is made from an edition and is no part of it: `DERIVED`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from newsletter.models.issue import Issue, direction
from newsletter.rendering import print_pdf, print_view
from newsletter.rendering.addresses import ATTACHED, ON_PAPER, address
from newsletter.rendering.bidi import ordered
from newsletter.rendering.blocks import act_lines, contact_lines, worried_lines
from newsletter.rendering.context import Context
from newsletter.rendering.email_html import CONTROL
from newsletter.rendering.print_html import Spelt, plate_style, printed
from newsletter.rendering.print_pdf import Part
from newsletter.rendering.print_qr import qr_code
from newsletter.rendering.templates import Templates
from newsletter.rendering.web_view import web_logo, web_picture

NAME = "print"
FILE_NAME = "print.pdf"
MEDIA_TYPE = "application/pdf"
DERIVED = True

TEMPLATE = "print/issue.html"
CLOSER = "print/closer.css"  # for what would not fit the sides that its series has


def wanted(issue: Issue) -> bool:
    """Every issue can be printed; for a restricted one, paper and email are all there is."""
    return True


def render(context: Context, templates: Templates, earlier: bytes = b"", *, anew: bool = True) -> bytes:
    """The PDF; `earlier` as it is, if it was made from the same pages. Without `anew` nothing else: b"" otherwise.

    Raises:
        TemplateError: a template is wrong, with its file and line.
        PrintError: this machine cannot make PDFs.
    """
    if not anew and not earlier:
        return b""
    print_pdf.version()  # said before anything is laid out: the pages need its companions too
    html, parts = pages(context, templates)
    issue, closer = context.issue, [templates.render(CLOSER, step=step) for step in (1, 2)]
    identifier = _identifier(f"{html}{closer}{issue.series.most_sides}", parts)
    if identifier.encode() in earlier:
        return earlier
    if not anew:
        return b""
    return print_pdf.write(html, parts, identifier, issue.path, sides=issue.series.most_sides, closer=closer)


def note(issue: Issue, data: bytes) -> str:
    """That the PDF is longer than its series should be; "" when it fits."""
    sides, most = print_pdf.pages_of(data), issue.series.most_sides
    if not most or sides <= most:
        return ""
    return (
        f"The PDF of {issue.path} takes {sides} sides of A4. An issue of {issue.series.title} should fit"
        f" {'one' if most == 1 else most}, and does not even with smaller type and narrower margins. Shorten it, or set"
        f" sides = {sides} for this series in newsletter.toml."
    )


def pages(context: Context, templates: Templates) -> tuple[str, dict[str, Part]]:
    """The HTML that is printed, and the pictures it shows."""
    context = print_view.paper(context)
    templates.add_filter("printed", printed)
    html = templates.render(TEMPLATE, **_values(context))
    for _ in {context.words(), *(context.of(item).words() for item in context.issue.items)}:
        html = html.replace(_(ATTACHED), _(ON_PAPER))
    return CONTROL.sub("", ordered(html)), print_view.parts(context)


def _identifier(html: str, parts: Mapping[str, Part]) -> str:
    """Says from what and by what a PDF was made: 64 hexadecimal digits."""
    digest = hashlib.sha256(f"{print_pdf.version()} {print_pdf.VARIANT}\n{html}".encode())
    for name, part in sorted(parts.items()):
        digest.update(name.encode() + hashlib.sha256(part.data).digest())
    return digest.hexdigest()


def _values(context: Context) -> dict[str, Any]:
    """What the templates are handed."""
    issue, publication, spelt = context.issue, context.publication, Spelt()
    return {
        "issue": issue,
        "publication": publication,
        "context": context,
        "_": context.words(),
        "contents": print_view.columns(context.outline.contents),
        "lang": issue.lang,
        "dir": direction(issue.lang),
        "running": issue.front.running_header or f"{publication.partnership.short}: {issue.front.title}",
        "embargo": print_view.embargo(issue, context.now),
        "hero": web_picture(issue.front.hero, context),
        "logo": web_logo(context),
        "opening": print_view.opening(context, spelt),
        "items": print_view.items(context, spelt),
        "act": act_lines(context),
        "contacts": contact_lines(issue.front.contact, context),
        "worried": worried_lines(publication.worried),
        "corrects": f"{publication.site.url}/{issue.front.corrects}/" if issue.front.corrects else "",
        "qr": qr_code,
        "plate": lambda picture, **most: Markup(plate_style(picture.src, picture.width, picture.height, **most)),  # noqa: S704
        "leads_to": lambda url: address(url, context).web_url,
    }
