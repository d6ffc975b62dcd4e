"""The plain text: a product of its own, for people who read mail without HTML and for programs that read it aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.models.edition import MERGE_TAGS
from newsletter.models.issue import Issue
from newsletter.models.items import Image
from newsletter.rendering.addresses import address, file_note, placed
from newsletter.rendering.bidi import ordered_line
from newsletter.rendering.blocks import Block, act_lines, block_for, contact_lines, worried_lines
from newsletter.rendering.columns import WIDTH, columns, wrap
from newsletter.rendering.context import Context
from newsletter.rendering.plain import Plain
from newsletter.rendering.speech import Words, sentence
from newsletter.rendering.templates import Templates

NAME = "text"
FILE_NAME = "email.txt"
MEDIA_TYPE = "text/plain"

TEMPLATE = "text/issue.txt"
_GAP = "\f"  # in a template: two empty lines; everywhere else one is the most


def wanted(issue: Issue) -> bool:
    """Every issue has a plain text."""
    return True


def render(context: Context, templates: Templates) -> bytes:
    """The whole text: UTF-8, LF, lines of 72 columns but for addresses longer than that.

    Raises:
        TemplateError: a template is wrong, with its file and line.
    """
    issue, publication = context.issue, context.publication
    plain = Plain(lambda url: _resolve(url, context.model_copy(update={"lang": plain.inline.words.lang})))
    corrects = f"{publication.site.url}/{issue.front.corrects}/" if issue.front.corrects else ""
    text = templates.render(
        TEMPLATE,
        issue=issue,
        publication=publication,
        context=context,
        tags=MERGE_TAGS,
        outline=context.outline,
        items=[(at, block_for(at.item, context)) for at in context.outline.placed],
        act=act_lines(context),
        contacts=contact_lines(issue.front.contact, context),
        worried=worried_lines(publication.worried),
        corrects=corrects if context.web_url else "",
        plain=plain,
        link=plain.inline.link,
        lines=_lines,
        sentence=sentence,
        underlined=_underlined,
        picture=lambda image, lang="": _picture(image, plain, context.words(lang)),
        _=context.words(),
        facts=_facts,
        gap=_GAP,
        width=WIDTH,
    )
    return _spaced(text).encode()


def _resolve(url: str, context: Context) -> tuple[str, str]:
    """Where an address of the content leads, and format and size if it is a file of the issue."""
    return address(url, context).url, file_note(url, context) if placed(url, context) else ""


def _lines(text: str, first: str = "", rest: str = "") -> str:
    """Wrapped; `first` before the first line, `rest` before the others."""
    return "\n".join(wrap(text, first=first, rest=rest))


def _underlined(title: str, sign: str = "-") -> str:
    """A heading with a rule as long as its longest line."""
    lines = wrap(title)
    return "\n".join([*lines, sign * max(map(columns, lines))])


def _picture(image: Image | None, plain: Plain, _: Words) -> str:
    """What a picture says, and its caption; "" for one that only decorates."""
    if image is None:
        return ""
    said = _("Picture: %(maker)s", maker=image.alt)
    words = f"[{said}]" if image.alt and not image.decorative else ""
    if image.link:
        words = plain.inline.link(words, image.link)
    credit = _("Picture: %(maker)s", maker=image.credit) if image.credit else ""
    under = " · ".join(part for part in (image.caption, credit) if part)
    return "\n".join(_lines(part) for part in (words, under) if part)


def _facts(block: Block, names: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """Rows of facts as (label, text, address): those of an event that belong to its date when `names` asks for them."""
    apart = ("when", "venue", "online") if block.date_box else ()
    return [
        (row.label, row.text, row.url)
        for row in block.details
        if (row.name in names if names else row.name not in apart)
    ]


def _spaced(text: str) -> str:
    """One empty line at most, but two where the template says so; none at the ends, one line break at the very end."""
    parts = []
    for part in text.split(_GAP):
        lines = "\n".join(ordered_line(line.rstrip()) for line in part.split("\n")).strip("\n")
        if lines:
            parts.append(re.sub(r"\n{3,}", "\n\n", lines))
    return "\n\n\n".join(parts) + "\n"
