"""The email: MJML templates laid out by the engine, with finished HTML in their slots and styles in the elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from newsletter.models.edition import MERGE_TAGS
from newsletter.models.issue import Issue, direction
from newsletter.rendering import inline, mjml
from newsletter.rendering.addresses import safe, short_url
from newsletter.rendering.bidi import ordered
from newsletter.rendering.blocks import act_lines, contact_lines, worried_lines
from newsletter.rendering.context import Context
from newsletter.rendering.email_button import drawn
from newsletter.rendering.email_html import CONTROL, email_body
from newsletter.rendering.email_item import view
from newsletter.rendering.email_tight import tight
from newsletter.rendering.measure import text_of
from newsletter.rendering.pictures import Picture, picture_for
from newsletter.rendering.slots import Slots
from newsletter.rendering.speech import sentence
from newsletter.rendering.templates import Templates
from newsletter.rendering.theme import theme_for

NAME = "email"
FILE_NAME = "email.html"
MEDIA_TYPE = "text/html"

TEMPLATE = "email/issue.mjml"
STYLES = "email/inlined.css"
LOGO_HEIGHT = 48  # pixels
PREHEADER = 110  # characters that inboxes show


def wanted(issue: Issue) -> bool:
    """Every issue is an email."""
    return True


def render(context: Context, templates: Templates) -> bytes:
    """The whole document. The same issue gives the same bytes.

    Raises:
        TemplateError: a template is wrong, with its file and line.
    """
    source, slots, values = _source(context, templates)
    document = ordered(slots.fill(mjml.to_html(source, _main(context), lambda: _written(templates))))
    return tight(inline.inline(CONTROL.sub("", document), templates.render(STYLES, **values))).encode("utf-8")


def mjml_source(context: Context, templates: Templates) -> str:
    """The email as MJML with its items in place, as another MJML engine would take it."""
    source, slots, _ = _source(context, templates)
    return slots.fill(source)


def _source(context: Context, templates: Templates) -> tuple[str, Slots, dict[str, Any]]:
    """The MJML with empty slots, what goes into them, and the values that templates are handed."""
    for name, function in (("safe_url", safe), ("sentence", sentence), ("short_url", short_url)):
        templates.add_filter(name, function)
    values = _values(context)
    slots = Slots(avoid=repr((context.publication, context.issue.front, context.outline)))
    return CONTROL.sub("", templates.render(_main(context), **values, slot=slots.slot)), slots, values


def _main(context: Context) -> str:
    return context.issue.series.template or TEMPLATE


def _values(context: Context) -> dict[str, Any]:
    """What the templates are handed."""
    issue, publication = context.issue, context.publication
    theme = theme_for(publication.theme)
    towards = direction(issue.lang)
    align = "right" if towards == "rtl" else "left"
    items = tuple(view(placed, context) for placed in context.outline.placed)
    spoken = {item.anchor: Markup(' lang="{}" dir="{}"').format(item.lang, item.dir) for item in items if item.lang}
    return {
        "issue": issue,
        "publication": publication,
        "context": context,
        "_": context.words(),
        "outline": context.outline,
        "theme": theme,
        "light": theme.light,
        "dark": theme.dark,
        "sizes": theme.sizes,
        "tags": MERGE_TAGS,
        "drawn": drawn,
        "dir": towards,
        "align": align,
        "link_to": lambda anchor: f"{context.web_url}#{quote(anchor, safe='-._~')}",
        "act": act_lines(context),
        "items": items,
        "spoken": lambda anchor: spoken.get(anchor, ""),  # the language of an item's title where it is linked to
        "contacts": contact_lines(issue.front.contact, context),
        "worried": worried_lines(publication.worried),
        "logo": _logo(context),
        "hero": picture_for(issue.front.hero, context),
        "opening": Markup(email_body(issue.body.html, context, level=2, align=align)),  # noqa: S704 - cleaned
        "preheader": issue.front.preheader or _first_words(text_of(issue.body.html)),
        "corrects": f"{publication.site.url}/{issue.front.corrects}/" if issue.front.corrects else "",
    }


def _logo(context: Context) -> Picture | None:
    """The partnership's logo, at most 48 pixels high."""
    place = context.logo
    if place is None or not place.width or not place.height:
        return None
    height = min(LOGO_HEIGHT, place.height)
    partnership = context.publication.partnership
    said = partnership.logo_alt.casefold() == partnership.name.casefold()  # the name stands beside it
    return Picture(
        src=place.email_url,
        alt="" if said else partnership.logo_alt,
        width=round(place.width * height / place.height),
        height=height,
    )


def _first_words(text: str) -> str:
    """The opening's first words, for inboxes, when no preheader is given."""
    short = " ".join(text.split())
    return short if len(short) <= PREHEADER else f"{short[:PREHEADER].rsplit(' ', 1)[0]} …"


def _written(templates: Templates) -> Mapping[str, str]:
    """The text of every template that an email may be made of, by name; the publication's own win."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for folder in reversed(templates.folders)
        for path in sorted(folder.rglob("*.mjml"))
    }
