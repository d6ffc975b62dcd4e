"""One item as the email's templates see it."""

from __future__ import annotations

from markupsafe import Markup

from newsletter.models.base import Model
from newsletter.models.issue import direction
from newsletter.models.items import ItemFront, MessageItem
from newsletter.rendering.blocks import Block, block_for
from newsletter.rendering.context import Context
from newsletter.rendering.email_html import DETAILS, NOTES, email_body
from newsletter.rendering.outline import Placed, SectionHeading
from newsletter.rendering.pictures import Picture, picture_for

PHOTO = 96  # pixels


class ItemView(Model):
    """An item in place: its heading, its words ready for email, its block, its pictures."""

    front: ItemFront
    block: Block
    opens: tuple[SectionHeading, ...]
    leaves: bool  # it stands outside the section of the item before it
    anchor: str
    level: int  # of its heading
    below: int  # of a heading inside it
    lang: str  # "" when it is the issue's
    dir: str
    align: str  # the side its text starts from
    body: str  # clean HTML for email
    picture: Picture | None
    photo: Picture | None  # of who wrote a message

    @property
    def rule(self) -> str:
        """What parts it from the item before: the rule of a section that opens or ends here, or a hairline."""
        if self.opens and self.opens[0].level == 2:
            return "opens"
        return "leaves" if self.leaves and self.level == 2 else "item"

    def body_with(self, details: str) -> Markup:
        """The words, and the details where the author wants them: at `[details]`, otherwise after the words."""
        before, here, after = self._parted[0].partition(DETAILS)
        html = f"{before}{details}{after}" if here else f"{before}{details}"
        return Markup(html.replace(DETAILS, ""))  # noqa: S704 - cleaned by content, rebuilt by email_body

    @property
    def notes(self) -> Markup:
        """The footnotes, which stand at the item's end."""
        return Markup(self._parted[1])  # noqa: S704 - as above

    @property
    def _parted(self) -> tuple[str, str]:
        """The words, and their footnotes, which Markdown puts last."""
        words, mark, notes = self.body.partition(NOTES)
        return words, f"{mark}{notes}".replace(DETAILS, "")


def view(placed: Placed, context: Context) -> ItemView:
    """The item as templates see it."""
    item, issue, context = placed.item, context.issue, context.of(placed.item)
    front = item.front
    lang = front.lang or issue.lang
    below = min(6, placed.level + (1 if front.heading else 0))
    align = "right" if direction(lang) == "rtl" else "left"
    return ItemView(
        front=front,
        block=block_for(item, context),
        opens=placed.opens,
        leaves=placed.leaves,
        anchor=placed.anchor,
        level=placed.level,
        below=below,
        lang=front.lang if front.lang != issue.lang else "",
        dir=direction(lang),
        align=align,
        body=email_body(item.body.html, context, level=below, numbered=item.kind == "key-messages", align=align),
        picture=picture_for(front.image, context),
        photo=picture_for(front.photo, context, PHOTO) if isinstance(front, MessageItem) else None,
    )
