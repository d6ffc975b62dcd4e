"""The size a picture is shown at in email, where a style sheet cannot be relied on to scale it."""

from __future__ import annotations

from newsletter.models.base import Model
from newsletter.models.items import Image
from newsletter.rendering.addresses import address
from newsletter.rendering.context import Context, Placement
from newsletter.rendering.theme import SHEET_WIDTH, SPACE

SHEET_INSIDE = SHEET_WIDTH - 2 * 3 * SPACE  # pixels between the gutters


NARROWEST = 288  # pixels between the gutters of the smallest phone; a picture wider than this is fitted to it


class Picture(Model):
    """A picture of the issue, ready for email. Sizes in pixels; 0 when they are not known."""

    src: str
    alt: str
    width: int
    height: int
    below: str = ""  # its caption and who made it
    link: str = ""

    @property
    def wide(self) -> bool:
        """Whether a phone shows it from edge to edge."""
        return self.width > NARROWEST


def shown_size(place: Placement, widest: int = SHEET_INSIDE) -> tuple[int, int]:
    """Width and height in pixels, in proportion, at most `widest` wide and never larger than the picture is."""
    if not place.width or not place.height:
        return 0, 0
    width = min(place.width, widest)
    return width, max(1, round(place.height * width / place.width))


def caption_of(image: Image, context: Context) -> str:
    """What stands under a picture: "Our new hall · Picture: Jo Field"; "" for nothing."""
    _ = context.words()
    credit = _("Picture: %(maker)s", maker=image.credit) if image.credit else ""
    return " · ".join(part for part in (image.caption, credit) if part)


def picture_for(image: Image | None, context: Context, widest: int = SHEET_INSIDE) -> Picture | None:
    """The picture a front matter names; None if it names none of the issue's own."""
    place = context.place(image.src) if image else None
    if image is None or place is None:
        return None
    width, height = shown_size(place, widest)
    return Picture(
        src=place.email_url,
        alt="" if image.decorative else image.alt,
        width=width,
        height=height,
        below=caption_of(image, context),
        link=address(image.link, context).url,
    )
