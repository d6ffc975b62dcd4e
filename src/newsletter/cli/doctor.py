"""newsletter doctor: what is missing before a sending can go well, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.delivery.links import LinkSigner
    from newsletter.models.diagnosis import Diagnosis
    from newsletter.pipeline.doctor import Patient

_COLOURS = {"fault": "red", "warning": "yellow", "ok": "green"}


@click.command("doctor")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@click.option(
    "--dns", "server", metavar="SERVER", default="", help="Ask this name server instead of the machine's own."
)
@click.option("--offline", is_flag=True, help="Leave the network alone.")
@json_option
@click.pass_context
def command(ctx: click.Context, transport: str | None, server: str, offline: bool, as_json: bool) -> int:
    """What is missing before a sending can go well: settings, mail service, domain, unsubscribing, database, disk.

    It connects and signs in, asks the DNS and opens an unsubscribe link, and sends nothing. Exit code 1 for a fault.
    """
    app = open_app(ctx)
    from newsletter.pipeline.doctor import examine, worst

    found = []
    for one in examine(_patient(app, transport, server, offline)):
        found.append(one)
        if not as_json:
            _print(one)
    health = worst(found)
    if as_json:
        answer_json({"health": health, "findings": [one.model_dump(mode="json") for one in found]})
    else:
        say()
        say(_summary(found), bold=True)
    return int(health == "fault")


def _patient(app: App, transport: str | None, server: str, offline: bool) -> Patient:
    from newsletter.delivery.probes.names import Dns
    from newsletter.pipeline.doctor import Patient

    audience = next(iter(app.publication.audiences), "")
    return Patient(
        project=app.project,
        publication=app.publication,
        has_secret=bool(app.settings.secrets),
        hears_back=bool(app.settings.webhook_key),
        dsn=lambda: app.transport_dsn(transport),
        has_database=app.has_database,
        people=lambda: app.store.subscribers.show(()).subscribers,
        campaigns=lambda: app.store.ledger.campaigns(),
        link=lambda: _signer(app).unsubscribe_url(0, audience),
        names=None if offline else Dns(server),
        now=app.now(),
    )


def _signer(app: App) -> LinkSigner:
    """One that needs no database, so that looking makes none."""
    from newsletter.delivery.links import LinkSigner

    publication = app.publication
    return LinkSigner(app.settings.require_secrets(), publication.service_url, sorted(publication.audiences))


def _print(one: Diagnosis) -> None:
    say(f"{one.health.upper():<8} {one.area:<14} {one.what}", fg=_COLOURS[one.health])
    if one.fix:
        say(f"{'':<8} {'':<14} {one.fix}")


def _summary(found: list[Diagnosis]) -> str:
    faults = sum(one.health == "fault" for one in found)
    warnings = sum(one.health == "warning" for one in found)
    if not faults and not warnings:
        return "All is well."
    parts = [count(faults, "fault")] if faults else []
    parts += [f"{count(warnings, 'thing')} to look at"] if warnings else []
    return f"{', '.join(parts)}. {'Do not send before the faults are mended.' if faults else 'It can be sent.'}"
