"""newsletter report: for the board. What was sent, what came back, how the list grew, and whom nothing reaches."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import json_option, open_app, shown
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.report import Report


@click.command("report")
@click.argument("issue", required=False, metavar="[ISSUE]")
@click.option("--since", metavar="DATE", help="The first day. Default: a year ago.")
@click.option("--until", metavar="DATE", help="The last day. Default: today.")
@click.option(
    "--format", "kind", type=click.Choice(["text", "csv", "html"]), help="Default: what FILE ends in, or text."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    issue: str | None,
    since: str | None,
    until: str | None,
    kind: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """For the board: what was sent, what came back and where, who unsubscribed, how the list grew.

    Numbers only: no address, no name, and nothing on who opened or clicked, since that is not tracked.
    With an issue: only its sendings, whenever they were.
    """
    app = open_app(ctx)
    report = _report(app, issue, since, until)
    if as_json:
        answer_json({**report.model_dump(mode="json"), "totals": report.totals})
        return
    text = _text(app, report, kind or _kind_of(output))
    if output is None:
        say(text.rstrip("\r\n"))
        return
    _write(output, text)
    say(f"Written to {shown(output.resolve(), app.project)}.")


def _report(app: App, issue: str | None, since: str | None, until: str | None) -> Report:
    from newsletter.errors import Refused
    from newsletter.models.dates import LONDON
    from newsletter.pipeline import report

    now = app.now()
    last = _day(until, "--until") or now.astimezone(LONDON).date()
    first = _day(since, "--since") or last - timedelta(days=365)
    if first > last:
        raise click.UsageError("--since is later than --until.")
    if not app.has_database:
        raise Refused(
            "There is nothing to report: this publication has no list yet.",
            hint="Import it first: newsletter subscribers import FILE.csv",
        )
    path = app.folder(issue).relative_to(app.project).as_posix() if issue else ""
    return report.make(app.store, app.publication.report, since=first, until=last, now=now, issue=path)


def _day(text: str | None, option: str) -> date | None:
    from newsletter.models.dates import parse_day

    if text is None:
        return None
    try:
        return parse_day(text)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None


def _kind_of(output: Path | None) -> str:
    ending = output.suffix.lower().lstrip(".") if output else ""
    return {"csv": "csv", "html": "html", "htm": "html"}.get(ending, "text")


def _text(app: App, report: Report, kind: str) -> str:
    from newsletter.pipeline import report as reports
    from newsletter.pipeline import report_page

    if kind == "html":
        return report_page.page(report, app.publication, app.templates.render)
    if kind == "csv":
        return reports.as_csv(report)
    return "\n".join(reports.as_text(report)) + "\n"


def _write(output: Path, text: str) -> None:
    from newsletter.errors import UsageError

    encoding = "utf-8-sig" if output.suffix.lower() == ".csv" else "utf-8"  # Excel asks for the mark
    try:
        output.write_text(text, encoding=encoding, newline="")
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", hint="Name another file or folder."
        ) from None
