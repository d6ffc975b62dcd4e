"""newsletter approve: a named person agrees to exactly this edition."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, open_app
from newsletter.cli.output import note, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.issue import Issue
    from newsletter.pipeline.approving import Review

SHOWN = 3  # findings of one code


@click.command("approve")
@click.argument("issue", metavar="ISSUE")
@click.option("--name", required=True, help="Who approves.")
@click.option("--role", default="", help="Their role, for example Independent Chair. Not needed to withdraw.")
@click.option(
    "--accept", "accepts", multiple=True, metavar='CODE="REASON"', help="Let what a check wants fixed stand, and why."
)
@click.option("--withdraw", is_flag=True, help="Take this person's approval back.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(
    ctx: click.Context, issue: str, name: str, role: str, accepts: tuple[str, ...], withdraw: bool, yes: bool
) -> None:
    """Record that a named person agrees to an issue exactly as it stands.

    The approval holds for these bytes only: any change of content, template or setting makes it stale. What a check
    wants fixed may be accepted with a reason, which is recorded: --accept NL102="the page has no other name".
    """
    from newsletter.pipeline import approving

    app = open_app(ctx)
    read = app.read(app.folder(issue))
    if withdraw:
        _withdraw(app, read, name)
        return
    if not name.strip() or not role.strip():
        raise click.UsageError("Who approves, and in which role? Give both --name and --role.", ctx)
    accepted = approving.read_accepted(accepts)
    seen = approving.review(app.desk, app.store, read, app.now())
    _show(app, seen, accepted)
    if not yes:
        _ask(name, role, accepted)
    approving.approve(app.desk, app.store.approvals, seen, name=name, role=role, accepted=accepted, now=app.now())
    _export(app, read)
    _say_what_is_missing(app, seen)


def _withdraw(app: App, read: Issue, name: str) -> None:
    """Takes back the approval of the edition as it stands; an approval of an earlier one holds no longer anyway."""
    edition = app.render(read)
    if app.store.approvals.withdraw(edition.hash, name, at=app.now()):
        _export(app, read)
        say(f"The approval of {name} was taken back.")
        return
    earlier = any(
        approval.holds and approval.name.casefold() == name.strip().casefold()
        for approval in app.store.approvals.list_for_issue(read.path)
    )
    say(
        f"{name} approved an earlier edition, which has changed since, so that approval holds no longer."
        if earlier
        else f"There is no approval of {name} for this edition."
    )


def _show(app: App, seen: Review, accepted: dict[str, str]) -> None:
    """What is being approved."""
    edition, blocking = seen.checked.edition, seen.blocking
    say(f"{edition.path}  {edition.title}", bold=True)
    say(f"Subject    {edition.subject}")
    for place, (audience, size) in enumerate(seen.audiences):
        say(f"{'' if place else 'Goes to':<10} {audience.title}: {count(size, 'person', 'people')}")
    if not seen.audiences:
        say("Goes to    nobody: issue.md names no audience")
    say(f"Reading    {edition.minutes:g} minutes, {edition.words:,} words")
    say(f"Edition    {edition.hash[:12]}")
    if seen.checked.issue.front.draft:
        say("Marked as a draft: it cannot be sent before the line draft: true is taken out of issue.md.", fg="yellow")
    for code, findings in blocking.items():
        stops = findings[0].level == "STOP"
        reason = accepted.get(code, "")
        say()
        say(
            f"{findings[0].level} {code}, {count(len(findings), 'finding')}"
            + (f", accepted: {reason}" if reason and not stops else ""),
            fg="red" if stops else "green" if reason else "yellow",
        )
        for finding in findings[:SHOWN]:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            say(f"  {where}: {finding.message}" + (f" “{finding.words}”" if finding.words else ""))
        if len(findings) > SHOWN:
            say(f"  and {len(findings) - SHOWN} more")
    say()
    say(_verdict(app, seen, accepted))


def _verdict(app: App, seen: Review, accepted: dict[str, str]) -> str:
    left = [code for code in seen.blocking if code not in accepted]
    if not seen.blocking:
        return app.summary(seen.checked.findings)
    if not left:
        return "Everything that had to be fixed is accepted."
    return f"It cannot be sent while this stands: {', '.join(left)}. To mend it changes the edition that is approved."


def _ask(name: str, role: str, accepted: dict[str, str]) -> None:
    from newsletter.errors import Refused

    if not sys.stdin.isatty():
        raise Refused(
            "Nobody could be asked, so nothing was recorded.", hint="Add --yes once the edition has been read."
        )
    and_accepts = f" and accepts {', '.join(accepted)}" if accepted else ""
    if not click.confirm(f"{name} ({role}) agrees to this edition{and_accepts}?"):
        raise Refused("Nothing was recorded.", hint="Mend what is wrong, then approve the edition as it is then.")


def _export(app: App, read: Issue) -> None:
    """Beside the issue, for Git's trail. What is recorded holds even if that file cannot be written."""
    from newsletter.errors import Refused
    from newsletter.models.approval import FILE
    from newsletter.pipeline import approving

    try:
        approving.export(read.folder, read.path, app.store.approvals.list_for_issue(read.path))
    except Refused as error:
        note(f"It is recorded, but {FILE} beside the issue was not written. {error.message}")


def _say_what_is_missing(app: App, seen: Review) -> None:
    from newsletter.pipeline import standing

    issue, edition = seen.checked.issue, seen.checked.edition
    found = standing.standings(app.desk, app.store.approvals, issue, edition)
    counting = [one.approval for one in found if one.counts]
    settings = app.publication.approval
    lacking = standing.missing(settings, counting)
    say(
        f"Recorded: {count(len(counting), 'approval')}"
        + (f" of {settings.required} needed." if settings.required else ".")
    )
    if lacking:
        say(f"Before it is sent: it has {' and '.join(lacking)}.", fg="yellow")
