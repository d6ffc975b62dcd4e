"""newsletter worker: a machine that sends what was handed to the workers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import open_app, tidy
from newsletter.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.app import App
    from newsletter.models.delivery import Tally

_AGAIN = 5.0  # seconds until a database that does not answer is asked again


@click.command("worker")
@click.option("--drain", is_flag=True, help="Stop by itself when nothing is left to send.")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@click.pass_context
def command(ctx: click.Context, drain: bool, transport: str | None) -> int:
    """Send what was handed to the workers with "newsletter send --queue". On as many machines as you like.

    Needs PostgreSQL. Stop with Ctrl-C: what is in flight is settled first, and others go on with the rest.
    """
    from newsletter.delivery.stopping import asked_to_stop
    from newsletter.errors import StoreError

    app = open_app(ctx)
    app.open_transport(transport)  # a wrong address is told before anything else happens
    app.store.queue()
    say(f"This worker sends through {app.open_transport(transport).name}. Stop it with Ctrl-C.")
    with tidy(), asked_to_stop() as stopped:
        while not stopped():
            try:
                app.work(transport, _teller(app), stopped, drain=drain)
            except StoreError as error:
                if drain:
                    raise
                say(f"{error.message} Trying again every {_AGAIN:.0f} seconds.", fg="yellow")
                _sleep(_AGAIN, stopped)
            else:
                break
    say("Stopped." if stopped() else "Nothing is left to send.")
    return 0


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stopped():
        time.sleep(0.1)


def _teller(app: App) -> Callable[[str, Tally | None, str], None]:
    """Prints a line for each chunk that sent something, each campaign that ended, and trouble."""

    def tell(campaign_id: str, tally: Tally | None, trouble: str) -> None:
        campaign = app.store.ledger.campaign(campaign_id)
        name = f"{campaign.issue_path} to {campaign.audience}"
        if trouble:
            say(f"{name} is paused: {trouble}", fg="yellow")
        elif tally is not None and campaign.state == "finished" and tally == campaign.tally:
            say(f"{name}: {tally}", bold=True, fg="green" if tally.complete else "yellow")
        elif tally is not None and tally.frozen > tally.pending:
            say(f"{name}: {tally.frozen - tally.pending} handed over, {campaign.tally.pending} to go")

    return tell
