"""newsletter build: editions into build/, the archive into public/."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app, shown
from newsletter.cli.output import answer_json, note, progress, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.pipeline.editorial import Built


@click.command("build")
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@click.option("--pdf/--no-pdf", default=True, help="Make PDFs to print (the default), or be quicker without.")
@json_option
@click.pass_context
def command(ctx: click.Context, issues: tuple[str, ...], pdf: bool, as_json: bool) -> None:
    """Write editions into build/ and the public archive into public/; only what changed is written.

    Without names: the whole archive, and all renditions of the issues not sent yet.
    With names: every rendition of those.
    """
    app = open_app(ctx)
    with progress(as_json) as show:
        built = app.build([app.folder(name) for name in issues], show, pdf=pdf)
    for left_out in (*map(str, built.held), *built.notes):
        note(left_out)
    if as_json:
        answer_json(_document(app, built))
        return
    for edition, folder in zip(built.editions, built.folders, strict=True):
        sizes = ", ".join(f"{r.file_name} {len(r.data) / 1000:.0f} KB" for r in edition.renditions.values())
        say(f"{shown(folder, app.project)}  {sizes}")
    published = built.published
    say(
        f"{shown(app.public, app.project)}  {count(len(published.written), 'file')} written,"
        f" {len(published.unchanged):,} unchanged, {len(published.removed):,} removed"
    )


def _document(app: App, built: Built) -> dict[str, object]:
    return {
        "editions": [
            {
                "path": edition.path,
                "hash": edition.hash,
                "folder": shown(folder, app.project),
                "bytes": {name: len(rendition.data) for name, rendition in sorted(edition.renditions.items())},
            }
            for edition, folder in zip(built.editions, built.folders, strict=True)
        ],
        "held": [{"path": hold.path, "why": hold.why} for hold in built.held],
        "public": {
            "written": len(built.published.written),
            "unchanged": len(built.published.unchanged),
            "removed": len(built.published.removed),
        },
    }
