"""newsletter add: a new item with its kind's front matter filled in and commented."""

from __future__ import annotations

import click

from newsletter.cli.common import open_app, shown
from newsletter.cli.output import say


@click.command("add")
@click.argument("kind", metavar="KIND")
@click.argument("title", metavar="TITLE")
@click.option("--to", "issue", metavar="ISSUE", required=True, help="The issue it goes into.")
@click.pass_context
def command(ctx: click.Context, kind: str, title: str, issue: str) -> None:
    """Add an item to an issue: newsletter add event "Winter conference" --to issues/2026-11-winter.

    KIND is article, message, notice, event, survey, resource, review, service or key-messages.
    """
    app = open_app(ctx)
    from newsletter.models.dates import LONDON
    from newsletter.pipeline import drafting

    folder = app.folder(issue)
    path = drafting.add_item(app.templates, folder, kind, title, app.now().astimezone(LONDON).date())
    say(f"{shown(path, app.project)} is ready to be filled in.")
