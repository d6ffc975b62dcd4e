"""newsletter preview: one issue in the browser, refreshed on save."""

from __future__ import annotations

import click

from newsletter.cli.common import open_app
from newsletter.cli.output import say


@click.command("preview")
@click.argument("issue", required=False, metavar="[ISSUE]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free port.")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@click.pass_context
def command(ctx: click.Context, issue: str | None, port: int, browser: bool) -> None:
    """See an issue in the browser while you write: email, phone, text, web copy and checks. Stop with Ctrl-C.

    Without a name: the latest issue. Only this machine can open the page.
    """
    app = open_app(ctx)
    from newsletter.web.studio import serve_preview

    folder = app.folder(issue) if issue else None
    serve_preview(
        app, folder, port=port, open_browser=browser, on_ready=lambda url: say(f"Preview at {url}  (Ctrl-C stops it)")
    )
