"""newsletter serve: sign-up, unsubscribe, preferences and the archive."""

from __future__ import annotations

import click

from newsletter.cli.common import open_app, tidy
from newsletter.cli.output import say


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; put a TLS proxy in front.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--trust-proxy",
    metavar="ADDRESS",
    multiple=True,
    help="Proxy whose X-Forwarded headers count; also NEWSLETTER_TRUSTED_PROXIES.",
)
@click.pass_context
def command(ctx: click.Context, host: str, port: int, trust_proxy: tuple[str, ...]) -> None:
    """Run the public web service: sign-up, one-click unsubscribe, preferences and the archive. Stop with Ctrl-C."""
    app = open_app(ctx)
    from newsletter.web.server import serve

    with tidy():
        serve(
            app,
            host,
            port,
            trusted_proxies=(*trust_proxy, *app.settings.trusted_proxies),
            on_ready=lambda url: say(f"Serving at {url}  (Ctrl-C stops it)"),
        )
