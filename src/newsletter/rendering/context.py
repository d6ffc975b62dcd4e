"""What every rendition is made from: the issue, its outline, its looks, and where its pictures and files stand."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from markupsafe import Markup

from newsletter.models.base import Model
from newsletter.models.edition import EditionAsset
from newsletter.models.issue import Asset, Issue, Item, direction
from newsletter.models.publication import Publication
from newsletter.rendering.images import SUFFIXES
from newsletter.rendering.outline import Outline
from newsletter.rendering.speech import Words, same, spoken, words


class Placement(Model):
    """Where one picture or file of the issue stands in each rendition."""

    path: str  # as items write it: "images/hall.jpg"
    published: str  # below the web copy's folder: "images/hall-3f2a91c4.jpg"
    email_url: str  # absolute (https://…), or cid:… in a restricted issue
    web_url: str  # relative to the web copy
    content_id: str  # "" unless restricted
    asset: Asset

    @property
    def width(self) -> int | None:
        """Pixels, pictures only."""
        return self.asset.width

    @property
    def height(self) -> int | None:
        """Pixels, pictures only."""
        return self.asset.height


class Context(Model):
    """Handed to each format; frozen."""

    publication: Publication
    issue: Issue
    outline: Outline
    placements: dict[str, Placement]  # by the path items write
    logo: Placement | None = None
    web_url: str = ""  # absolute address of the web copy; "" when restricted
    archive_url: str = ""  # absolute address of the archive's front page
    lang: str = ""  # of the item whose words are being written; "": the issue's
    now: datetime | None = None  # aware; for derived renditions alone: what is hashed never depends on the moment

    def place(self, src: str) -> Placement | None:
        """The placement of a local picture or file; None for an address on the web."""
        return self.placements.get(str(PurePosixPath(src)))

    def of(self, item: Item) -> Context:
        """The context in which this item's words are written."""
        return self.model_copy(update={"lang": item.front.lang}) if item.front.lang else self

    def words(self, lang: str = "") -> Words:
        """What the product says itself, among words written in `lang` (default: those of the item or the issue): in
        that language, or in the partnership's where there are no words of ours in it."""
        return words(self._spoken(lang))

    def ours(self, lang: str = "") -> Markup:
        """Attributes for what the product says itself: its language and direction (WCAG 2.2, 3.1.2), among words
        written in `lang` (default: as `words`); nothing where it is said in that language."""
        return _marked(self._spoken(lang), self._around(lang))

    def theirs(self, lang: str = "") -> Markup:
        """The same for what the partnership says in newsletter.toml, which is in its own language."""
        return _marked(self.publication.partnership.lang, self._around(lang))

    def _around(self, lang: str) -> str:
        return lang or self.lang or self.issue.lang

    def _spoken(self, lang: str) -> str:
        return spoken(self._around(lang), self.publication.partnership.lang)

    @property
    def assets(self) -> tuple[EditionAsset, ...]:
        """What is published beside the web copy (or carried inside the message), logo included, each once."""
        placements = [*self.placements.values(), *([self.logo] if self.logo else [])]
        return tuple(
            EditionAsset(path=place.published, media_type=place.asset.media_type, data=place.asset.data)
            for place in sorted({place.published: place for place in placements}.values(), key=lambda p: p.published)
        )


def _marked(lang: str, around: str) -> Markup:
    return Markup("") if same(lang, around) else Markup(' lang="{}" dir="{}"').format(lang, direction(lang))


def place_asset(asset: Asset, web_url: str) -> Placement:
    """Gives an asset a name that holds its hash, so that a changed picture never hides behind an old copy.

    `web_url` is the web copy's absolute address with a trailing slash; "" when restricted (then cid: is used).
    """
    path = PurePosixPath(asset.path)
    digest = hashlib.sha256(asset.data).hexdigest()[:8]
    suffix = SUFFIXES.get(asset.media_type, path.suffix)
    published = str(PurePosixPath(*map(_plain, path.parts[:-1]), f"{_plain(path.stem)}-{digest}{suffix.lower()}"))
    address = quote(published)  # a file may be called "Leaflet (Polish).pdf"
    content_id = "" if web_url else f"{digest}.{_plain(path.stem)}@newsletter.invalid"
    return Placement(
        path=asset.path,
        published=published,
        email_url=f"{web_url}{address}" if web_url else f"cid:{content_id}",
        web_url=address,
        content_id=content_id,
        asset=asset,
    )


def _plain(name: str) -> str:
    """Letters, digits, hyphens and dots of a name: it stands in addresses, and may have blanks, accents or worse."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-.") or "file"
