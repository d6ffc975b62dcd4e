"""newsletter new: a dated folder with standing items."""

from __future__ import annotations

import click

from newsletter.cli.common import open_app, shown
from newsletter.cli.output import say


@click.command("new")
@click.argument("series", metavar="SERIES")
@click.argument("title", metavar="TITLE")
@click.option("--date", "day", metavar="DATE", help="Day of publication, such as '26 November 2026'. Default: today.")
@click.option("--from", "copy_from", metavar="ISSUE", help="Copy the items of an earlier issue.")
@click.pass_context
def command(ctx: click.Context, series: str, title: str, day: str | None, copy_from: str | None) -> None:
    """Start a new issue: newsletter new briefing "Safeguarding Week".

    SERIES is a series of newsletter.toml, such as briefing, or what its folder is called: issue for issues/.
    """
    app = open_app(ctx)
    from newsletter.errors import UsageError
    from newsletter.models.dates import LONDON, parse_day
    from newsletter.pipeline import drafting

    try:
        date = parse_day(day) if day else app.now().astimezone(LONDON).date()
    except ValueError as error:
        raise UsageError(f"--date: {error}") from None
    chosen = drafting.series_called(app.publication, series)
    source = app.folder(copy_from) if copy_from else None
    folder = drafting.new_issue(app.templates, app.project, app.publication, chosen, title, date, source)
    path = shown(folder, app.project)
    say(f"{path} is ready:", bold=True)
    for file in sorted(folder.glob("*.md")):
        say(f"  {file.name}")
    say(f"Write in these files, and look at the result with: newsletter preview {path}")
