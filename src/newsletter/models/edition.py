"""An issue rendered: frozen, and known by the hash of its renditions."""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import Field

from newsletter.models.base import Model

# The closed set of merge tags. Templates put them in; `delivery/personalise.py` replaces them for each recipient.
# Content that holds one of them is refused when it is read, so nobody can smuggle a personal link into a public page.
MERGE_TAGS = {
    "unsubscribe_url": "%%unsubscribe_url%%",
    "preferences_url": "%%preferences_url%%",
    "audience": "%%audience%%",  # the audience's title, for "why you get this"
}

# Where the archive puts the links to the issues before and after: a web copy itself depends on its own issue alone,
# so that a new issue changes no edition that somebody approved. Content cannot hold it: comments are cleaned away.
NEIGHBOURS_MARK = "<!-- newsletter: the issues before and after -->"


class Rendition(Model):
    """One format of an edition."""

    name: str  # email, text, web, print, calendar
    file_name: str  # email.html, email.txt, web.html, print.pdf, calendar.ics
    media_type: str
    data: bytes = Field(repr=False)
    derived: bool = False  # made from an edition, no part of it: its bytes depend on the machine (a PDF's fonts)
    note: str = ""  # what whoever made it should know: "takes 3 sides of A4, one more than ..."

    @property
    def text(self) -> str:
        """The data as text (UTF-8)."""
        return self.data.decode("utf-8")


class EditionAsset(Model):
    """A picture or a file that an edition publishes beside its web copy, under a name that holds its hash."""

    path: str  # below the web copy's folder: "images/hall-3f2a91c4.png"
    media_type: str
    data: bytes = Field(repr=False)

    @classmethod
    def stylesheet(cls, css: str) -> EditionAsset:
        """The style sheet that all pages share; its path is below the archive's root: "assets/style-3f2a91c4.css"."""
        data = css.encode()
        return cls(path=f"assets/style-{hashlib.sha256(data).hexdigest()[:8]}.css", media_type="text/css", data=data)


class Edition(Model):
    """An issue rendered. The same content gives the same bytes on every machine and every run."""

    series: str
    slug: str
    path: str  # "issues/2026-11-winter"
    title: str
    subject: str
    preheader: str
    date: date
    visibility: str
    words: int
    minutes: float  # reading time at 238 words a minute (Brysbaert 2019)
    reading_age: float | None = None  # years (Flesch-Kincaid grade and 5); None: not measured, or under 100 words
    links: tuple[str, ...]  # every address of the content, in order, each once
    renditions: dict[str, Rendition]
    assets: tuple[EditionAsset, ...] = ()
    stylesheet: EditionAsset | None = (
        None  # of the web copy, which links to it as "../../{path}"; not hashed: its name is
    )
    web_url: str = ""  # "" when the issue is restricted

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over subject, preheader, renditions and assets. Approvals and campaigns are bound to it.

        Derived renditions are left out, so that an approval made on one machine holds on another.
        """
        digest = hashlib.sha256()
        for part in (self.subject.encode(), self.preheader.encode()):
            digest.update(len(part).to_bytes(8) + part)
        named = [(name, made.data) for name, made in sorted(self.renditions.items()) if not made.derived]
        for name, data in named + sorted((asset.path, asset.data) for asset in self.assets):
            for part in (name.encode(), data):
                digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()

    @property
    def public(self) -> bool:
        """Whether it has a web copy."""
        return self.visibility != "restricted"
