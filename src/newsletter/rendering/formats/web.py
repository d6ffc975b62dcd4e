"""The web copy: a page of its own, not the email in a browser. Semantic HTML, no script, nothing fetched elsewhere."""

from __future__ import annotations

from markupsafe import Markup

from newsletter.models.edition import NEIGHBOURS_MARK, EditionAsset
from newsletter.models.issue import Issue, direction
from newsletter.rendering.addresses import short_url
from newsletter.rendering.bidi import ordered
from newsletter.rendering.blocks import act_lines, contact_lines, worried_lines
from newsletter.rendering.context import Context
from newsletter.rendering.ics import FILE_NAME as CALENDAR
from newsletter.rendering.ics_entries import dates_of
from newsletter.rendering.measure import text_of
from newsletter.rendering.structured import structured
from newsletter.rendering.templates import Templates
from newsletter.rendering.web_html import web_body
from newsletter.rendering.web_view import web_item, web_logo, web_picture

NAME = "web"
FILE_NAME = "web.html"
MEDIA_TYPE = "text/html"

TEMPLATE = "web/issue.html"
ROOT = "../../"  # from the page to the archive's front page, and in build/ to where the style sheet stands


def wanted(issue: Issue) -> bool:
    """A restricted issue has no web copy at all."""
    return not issue.restricted


def render(context: Context, templates: Templates) -> bytes:
    """The whole page. It depends on its own issue alone; the archive puts in the links to its neighbours.

    Raises:
        TemplateError: a template is wrong, with its file and line.
    """
    issue, publication = context.issue, context.publication
    templates.add_filter("short_url", short_url)
    items = [web_item(placed, context) for placed in context.outline.placed]
    spoken = {item.anchor: Markup(' lang="{}" dir="{}"').format(item.lang, item.dir) for item in items if item.lang}
    hero = web_picture(issue.front.hero, context)
    shown = next((picture for picture in (hero, *(item.picture for item in items)) if picture), None)
    description = issue.front.preheader or issue.front.strapline or _first_words(text_of(issue.body.html))
    style = EditionAsset.stylesheet(templates.render("web/style.css"))
    page = templates.render(
        TEMPLATE,
        issue=issue,
        publication=publication,
        context=context,
        _=context.words(),
        lang=issue.lang,
        dir=direction(issue.lang),
        root=ROOT,
        stylesheet=f"{ROOT}{style.path}",
        outline=context.outline,
        items=items,
        spoken=lambda anchor: spoken.get(anchor, ""),  # the language of an item's title where it is linked to
        hero=hero,
        logo=web_logo(context),
        shown=shown,
        opening=Markup(web_body(issue.body.html, context, level=2)),  # noqa: S704 - cleaned by content
        act=act_lines(context),
        contacts=contact_lines(issue.front.contact, context),
        calendar=CALENDAR,
        dates=dates_of(issue),
        worried=worried_lines(publication.worried),
        description=description,
        structured=structured(context, description, shown.absolute if shown else ""),
        neighbours=Markup(NEIGHBOURS_MARK),  # noqa: S704 - a constant
    )
    return ordered(page).encode()


def _first_words(text: str, most: int = 150) -> str:
    """The opening's first words, for search engines, when nobody wrote a line."""
    short = " ".join(text.split())
    return short if len(short) <= most else f"{short[:most].rsplit(' ', 1)[0]} …"
