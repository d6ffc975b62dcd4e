"""What the web copy's templates see: items in place, pictures with their sizes."""

from __future__ import annotations

from markupsafe import Markup

from newsletter.models.base import Model
from newsletter.models.issue import direction
from newsletter.models.items import Image, ItemFront, MessageItem
from newsletter.rendering.blocks import Block, block_for
from newsletter.rendering.context import Context, Placement
from newsletter.rendering.outline import Placed, SectionHeading
from newsletter.rendering.pictures import caption_of
from newsletter.rendering.web_html import DETAILS, NOTES, web_body


class Picture(Model):
    """A picture of the issue. Sizes in pixels, of the file; 0 when they are not known."""

    src: str  # relative to the page
    alt: str
    width: int
    height: int
    below: str = ""  # its caption and who made it
    link: str = ""
    absolute: str = ""  # its address, for programs that show a link to the page


class WebItem(Model):
    """An item in place: its heading, its words as HTML, its block, its pictures."""

    front: ItemFront
    block: Block
    opens: tuple[SectionHeading, ...]
    leaves: bool
    anchor: str
    level: int  # of its heading
    below: int  # of a heading inside it
    lang: str  # "" when it is the issue's
    dir: str
    body: str  # clean HTML
    picture: Picture | None
    photo: Picture | None  # of who wrote a message

    def body_with(self, details: str) -> Markup:
        """The words, and the details where the author wants them: at `[details]`, otherwise after the words."""
        before, here, after = self._parted[0].partition(DETAILS)
        html = f"{before}{details}{after}" if here else f"{before}{details}"
        return Markup(html.replace(DETAILS, ""))  # noqa: S704 - cleaned by content, rebuilt by web_body

    @property
    def notes(self) -> Markup:
        """The footnotes, which stand at the item's end."""
        return Markup(self._parted[1])  # noqa: S704 - as above

    @property
    def _parted(self) -> tuple[str, str]:
        """The words, and their footnotes, which Markdown puts last."""
        words, mark, notes = self.body.partition(NOTES)
        return words, f"{mark}{notes}".replace(DETAILS, "")


def web_item(placed: Placed, context: Context) -> WebItem:
    """The item as templates see it."""
    item, issue, context = placed.item, context.issue, context.of(placed.item)
    front = item.front
    lang = front.lang if front.lang != issue.lang else ""
    below = min(6, placed.level + (1 if front.heading else 0))
    return WebItem(
        front=front,
        block=block_for(item, context),
        opens=placed.opens,
        leaves=placed.leaves,
        anchor=placed.anchor,
        level=placed.level,
        below=below,
        lang=lang,
        dir=direction(lang or issue.lang),
        body=web_body(item.body.html, context, level=below, numbered=item.kind == "key-messages"),
        picture=web_picture(front.image, context),
        photo=web_picture(front.photo, context) if isinstance(front, MessageItem) else None,
    )


def web_picture(image: Image | None, context: Context) -> Picture | None:
    """The picture a front matter names; None if it names none of the issue's own."""
    place = context.place(image.src) if image else None
    if image is None or place is None:
        return None
    return _picture(place, "" if image.decorative else image.alt, caption_of(image, context), image.link)


def web_logo(context: Context) -> Picture | None:
    """The partnership's logo."""
    if context.logo is None:
        return None
    partnership = context.publication.partnership
    return _picture(context.logo, partnership.logo_alt or partnership.name)


def _picture(place: Placement, alt: str, under: str = "", link: str = "") -> Picture:
    return Picture(
        src=place.web_url,
        alt=alt,
        width=place.width or 0,
        height=place.height or 0,
        below=under,
        link=link,
        absolute=place.email_url,
    )
