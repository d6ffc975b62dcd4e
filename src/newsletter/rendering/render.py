"""Issue to Edition: works out what all renditions share, then lets each format write its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import ModuleType

from newsletter.models.edition import Edition, EditionAsset, Rendition
from newsletter.models.issue import Asset, Issue
from newsletter.models.publication import Publication
from newsletter.rendering import formats
from newsletter.rendering.context import Context, place_asset
from newsletter.rendering.images import prepare
from newsletter.rendering.measure import links_of, words_of
from newsletter.rendering.outline import outline
from newsletter.rendering.templates import Templates

WORDS_A_MINUTE = 238  # silent reading of non-fiction, English: Brysbaert 2019


class Renderer:
    """Renders issues of one publication. Keeps compiled templates between issues."""

    def __init__(self, publication: Publication, templates: Sequence[Path], *, logo: Asset | None = None) -> None:
        """`templates`: template folders, the first that holds a file wins. `logo`: the partnership's, already read."""
        self.publication = publication
        self.templates = Templates(templates, publication)
        self.logo = logo

    def render(self, issue: Issue, only: Sequence[str] = ()) -> Edition:
        """The edition, with all renditions that it is known by, or `only` some (for previews).

        Raises:
            TemplateError: a template is wrong, with its file and line.
        """
        context = self.context(issue)
        renditions = {
            module.NAME: _rendition(module, module.render(context, self.templates))
            for module in _formats()
            if module.wanted(issue) and not _derived(module) and (not only or module.NAME in only)
        }
        words = words_of(issue)
        return Edition(
            series=issue.series.name,
            slug=issue.slug,
            path=issue.path,
            title=issue.front.title,
            subject=issue.subject,
            preheader=issue.front.preheader,
            date=issue.front.date,
            visibility=issue.front.visibility,
            words=words,
            minutes=round(words / WORDS_A_MINUTE, 1),
            links=links_of(issue),
            renditions=renditions,
            assets=context.assets,
            stylesheet=EditionAsset.stylesheet(self.templates.render("web/style.css")) if context.web_url else None,
            web_url=context.web_url,
        )

    def derived(
        self, issue: Issue, *, now: datetime, earlier: Callable[[str], bytes] = lambda name: b"", anew: bool = True
    ) -> dict[str, Rendition]:
        """What is made from an issue but is no part of its edition, by name: a PDF to print. It may take a second.

        `now`: aware. `earlier`: what the last build left under a file name (b"": nothing); kept if it is still right.
        `anew`: whether what is missing or no longer right is made; otherwise it is left out.

        Raises:
            TemplateError: a template is wrong, with its file and line.
            PrintError: this machine cannot make it.
        """
        context = self.context(issue).model_copy(update={"now": now})
        made = {
            module.NAME: _rendition(
                module, module.render(context, self.templates, earlier(module.FILE_NAME), anew=anew), issue
            )
            for module in _formats()
            if _derived(module) and module.wanted(issue)
        }
        return {name: rendition for name, rendition in made.items() if rendition.data}

    @property
    def site_logo(self) -> EditionAsset | None:
        """The partnership's logo for the archive's own pages; its path is below the archive's root."""
        if self.logo is None:
            return None
        place = place_asset(prepare(self.logo), self.publication.site.url)
        name = PurePosixPath(place.published).name
        return EditionAsset(path=f"assets/{name}", media_type=place.asset.media_type, data=place.asset.data)

    def context(self, issue: Issue) -> Context:
        """What every rendition of this issue is made from."""
        site = self.publication.site.url
        web_url = "" if issue.restricted else f"{site}/{issue.series.folder}/{issue.slug}/"
        return Context(
            publication=self.publication,
            issue=issue,
            outline=outline(issue),
            placements={path: place_asset(prepare(asset), web_url) for path, asset in sorted(issue.assets.items())},
            logo=place_asset(prepare(self.logo), web_url) if self.logo else None,
            web_url=web_url,
            archive_url=f"{site}/",
        )


def _rendition(module: ModuleType, data: bytes, issue: Issue | None = None) -> Rendition:
    return Rendition(
        name=module.NAME,
        file_name=module.FILE_NAME,
        media_type=module.MEDIA_TYPE,
        data=data,
        derived=_derived(module),
        note=module.note(issue, data) if issue and data else "",
    )


def _derived(module: ModuleType) -> bool:
    return bool(getattr(module, "DERIVED", False))


def _formats() -> list[ModuleType]:
    return [
        importlib.import_module(f"{formats.__name__}.{found.name}")
        for found in sorted(pkgutil.iter_modules(formats.__path__), key=lambda found: found.name)
    ]
