"""newsletter schema: what the front matter may say, as JSON Schema, and help for Visual Studio Code."""

from __future__ import annotations

from pathlib import Path

import click

from newsletter.cli.common import open_app
from newsletter.cli.output import say


@click.command("schema")
@click.argument("part", type=click.Choice(["item", "issue"]), default="item", metavar="[item|issue]")
@click.option("--write", is_flag=True, help="Bring the help for Visual Studio Code in .vscode/ up to date.")
@click.pass_context
def command(ctx: click.Context, part: str, write: bool) -> None:
    """Print the JSON Schema of the front matter of items, or of issue.md.

    In a publication it knows the names of its audiences and contacts.
    """
    from newsletter.errors import UsageError
    from newsletter.pipeline import editor, schema
    from newsletter.settings import find_project

    if write:
        app = open_app(ctx)
        written = editor.write(app.project, app.publication)
        say("\n".join(written) if written else f"{editor.FOLDER}/ is up to date.")
        return
    start: Path | None = ctx.find_root().obj
    try:
        find_project(start or Path.cwd())
    except UsageError:
        publication = None
    else:
        publication = open_app(ctx).publication
    make = schema.item_schema if part == "item" else schema.issue_schema
    say(editor.as_json(make(publication)).rstrip())
