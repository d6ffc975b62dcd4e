"""newsletter approve: a named person agrees to exactly this edition."""

from __future__ import annotations

import sys

import click

from newsletter.cli.common import count, open_app
from newsletter.cli.output import say


@click.command("approve")
@click.argument("issue", metavar="ISSUE")
@click.option("--name", required=True, help="Who approves.")
@click.option("--role", required=True, help="Their role, for example Independent Chair.")
@click.option("--withdraw", is_flag=True, help="Take this person's approval back.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, issue: str, name: str, role: str, withdraw: bool, yes: bool) -> None:
    """Record that a named person agrees to an issue exactly as it stands.

    The approval holds for these bytes only: any change of content, template or setting makes it stale.
    """
    app = open_app(ctx)
    from newsletter.errors import Refused

    if withdraw:
        taken = app.store.approvals.withdraw(app.render(app.read(app.folder(issue))).hash, name, at=app.now())
        say(f"The approval of {name} was taken back." if taken else f"There is no approval of {name} for this edition.")
        return
    checked = app.checked(app.folder(issue))
    edition = checked.edition
    say(f"{edition.path}  {edition.title}", bold=True)
    say(f"Subject: {edition.subject}")
    say(f"{edition.words:,} words, {edition.minutes:g} minutes to read")
    say(f"Audiences: {', '.join(checked.issue.front.audiences) or 'none'}")
    say(app.summary(checked.findings))
    say(f"Edition {edition.hash[:12]}")
    if not yes:
        if not sys.stdin.isatty():
            raise Refused(
                "Nobody could be asked, so nothing was recorded.", hint="Add --yes once the edition has been read."
            )
        click.confirm(f"{name} ({role}) agrees to this edition?", abort=True)
    app.store.approvals.add(edition.hash, edition.path, name=name, role=role, at=app.now())
    total = len(app.store.approvals.list_for(edition.hash))
    needed = app.publication.approval.required
    say(f"Recorded: {count(total, 'approval')}" + (f" of {needed} needed." if needed else "."))
