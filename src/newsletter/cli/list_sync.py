"""newsletter subscribers sync: whom the mail service does not send to any more."""

from __future__ import annotations

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, say


@click.command("sync")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@json_option
@click.pass_context
def sync(ctx: click.Context, transport: str | None, as_json: bool) -> int:
    """Take over from SendGrid whom it does not send to: bounced, invalid, complained, unsubscribed.

    With [unsubscribe] mode = "provider" this happens before every send by itself.
    """
    app = open_app(ctx)
    from newsletter.models.events import EventKind

    synced = app.sync(transport)
    if as_json:
        kinds = (EventKind.BOUNCED, EventKind.COMPLAINED, EventKind.UNSUBSCRIBED, EventKind.BLOCKED)
        answer_json({kind.value: {"listed": synced.listed[kind], "new": synced.new[kind]} for kind in kinds})
        return 0
    lines = {
        EventKind.BOUNCED: "bounced or invalid",
        EventKind.COMPLAINED: "called it spam",
        EventKind.UNSUBSCRIBED: "unsubscribed",
    }
    for kind, words in lines.items():
        say(f"  {synced.listed[kind]:>7,} {words:<20} {synced.new[kind]:>7,} of them new, and never mailed from now on")
    say(f"  {synced.listed[EventKind.BLOCKED]:>7,} {'blocked once':<20} they stay: SendGrid goes on sending to them")
    return 0
