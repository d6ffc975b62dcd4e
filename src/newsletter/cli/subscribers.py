"""newsletter subscribers: the list, brought in, shown, exported, and people taken off it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, progress, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.models.lists import ImportPlan

SHOWN = 10  # lines of each sort that a dry run shows


@click.group("subscribers")
def command() -> None:
    """The list: import, add, show, export, unsubscribe, erase."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option(
    "--audience", "audiences", multiple=True, metavar="AUDIENCE", help="For rows that name none; may be given again."
)
@click.option("--basis", default="", help='Why you may write to them (UK GDPR), for example "public task".')
@click.option("--apply", "do_it", is_flag=True, help="Do it. Without this, nothing is changed.")
@json_option
@click.pass_context
def import_(ctx: click.Context, file: Path, audiences: tuple[str, ...], basis: str, do_it: bool, as_json: bool) -> int:
    """Bring a list in from a CSV file. First a dry run; --apply does it.

    Nobody who left comes back, and nobody is removed because they are missing from the file.
    """
    app = open_app(ctx, content=False)
    from newsletter.importing.subscribers_csv import read_csv

    known = _known_audiences(app, audiences)
    with progress(as_json) as show:
        show("Reading the list", 0, 1)
        rows = read_csv(file, known_audiences=known)
        plan = app.store.subscribers.plan_import(
            rows, default_audiences=audiences, source=f"import of {file.name}", basis=basis
        )
    if do_it:
        app.store.subscribers.apply_import(plan, app.now())
    if as_json:
        answer_json(_document(plan, do_it))
    else:
        _print_plan(plan, do_it, file)
    return 0


def _known_audiences(app: App, audiences: tuple[str, ...]) -> frozenset[str]:
    from newsletter.errors import UsageError

    for name in audiences:
        if name not in app.publication.audiences:
            raise UsageError(
                f"There is no audience '{name}'.",
                hint=f"Known in newsletter.toml: {', '.join(app.publication.audiences)}.",
            )
    return frozenset(app.publication.audiences)


def _document(plan: ImportPlan, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "suppressed": [{"line": skipped.row.line, "reason": skipped.reason} for skipped in plan.suppressed],
        "invalid": [{"line": bad.line, "reason": bad.reason} for bad in plan.invalid],
        "duplicates": [{"line": double.line, "first_line": double.first_line} for double in plan.duplicates],
    }


def _print_plan(plan: ImportPlan, applied: bool, file: Path) -> None:
    sorts = {
        "new": [f"line {row.line}: {row.email}" for row in plan.new],
        "changed": [f"line {change.row.line}: {change.row.email}: {_change(change)}" for change in plan.changed],
        "left alone, since they left": [f"line {skip.row.line}: {skip.reason}" for skip in plan.suppressed],
        "not usable": [f"line {bad.line}: {bad.reason}" for bad in plan.invalid],
        "twice in the file": [f"line {double.line} repeats line {double.first_line}" for double in plan.duplicates],
    }
    for name, lines in sorts.items():
        say(f"{len(lines):>7,} {name}", bold=bool(lines))
        shown = [] if applied and name in ("new", "changed") else lines[:SHOWN]
        for line in shown:
            say(f"          {line}")
        if shown and len(lines) > SHOWN:
            say(f"          and {len(lines) - SHOWN:,} more")
    say(f"{plan.unchanged:>7,} unchanged")
    if applied:
        say("Done.", bold=True)
    else:
        say(
            f"This was a dry run: nothing was changed. To do it: newsletter subscribers import {file} --apply",
            bold=True,
        )


def _change(change: object) -> str:
    fields = getattr(change, "fields", {})
    parts = [f"{name} '{before}' becomes '{after}'" for name, (before, after) in fields.items()]
    if added := getattr(change, "audiences", ()):
        parts.append(f"added to {', '.join(added)}")
    return "; ".join(parts)


@command.command("add")
@click.argument("email")
@click.option("--name", default="")
@click.option("--agency", default="")
@click.option("--area", default="")
@click.option("--audience", "audiences", multiple=True, required=True, metavar="AUDIENCE")
@click.option("--basis", default="", help='Why you may write to them (UK GDPR), for example "public task".')
@click.option("--source", default="added by hand", show_default=True, help="Where the address came from.")
@click.pass_context
def add(
    ctx: click.Context,
    email: str,
    name: str,
    agency: str,
    area: str,
    audiences: tuple[str, ...],
    basis: str,
    source: str,
) -> int:
    """Add one person, or add a person to another audience."""
    app = open_app(ctx, content=False)
    from newsletter.errors import Refused
    from newsletter.importing.subscribers_csv import read_row

    _known_audiences(app, audiences)
    row = read_row({"email": email, "name": name, "agency": agency, "area": area})
    store = app.store.subscribers
    plan = store.plan_import([row], default_audiences=audiences, source=source, basis=basis)
    if plan.invalid:
        raise Refused(f"{email} was not added: {plan.invalid[0].reason}")
    if plan.suppressed:
        raise Refused(
            f"{email} was not added: this address is never mailed ({plan.suppressed[0].reason}).",
            hint="Only the person themselves can come back, through the link in a message they got.",
        )
    store.apply_import(plan, app.now())
    say(
        f"{email} gets {', '.join(audiences)}."
        if plan.new or plan.changed
        else f"{email} got {', '.join(audiences)} already."
    )
    return 0


@command.command("show")
@click.argument("email", required=False)
@json_option
@click.pass_context
def show(ctx: click.Context, email: str | None, as_json: bool) -> int:
    """The list in numbers, or what is held about one address."""
    app = open_app(ctx, content=False)
    if email is not None:
        return _show_one(app, email, as_json)
    counts = app.store.subscribers.show(app.publication.audiences)
    if as_json:
        answer_json({
            "subscribers": counts.subscribers,
            "suppressions": counts.suppressions,
            "audiences": {
                row.audience: {"subscribed": row.subscribed, "suppressed": row.suppressed, "left": row.left}
                for row in counts.audiences
            },
        })  # fmt: skip
        return 0
    say(f"{count(counts.subscribers, 'subscriber')}, {count(counts.suppressions, 'address', 'addresses')} never mailed")
    for row in counts.audiences:
        never = f", of whom {row.suppressed:,} never mailed" if row.suppressed else ""
        say(f"  {row.audience:<20} {row.subscribed:>7,} subscribed{never}, {row.left:,} left")
    return 0


def _show_one(app: App, email: str, as_json: bool) -> int:
    person = app.store.subscribers.find(email)
    if as_json:
        answer_json({"subscriber": person.model_dump(mode="json", exclude={"id"}) if person else None})
    elif person is None:
        say(f"{email} is not on the list.")
    else:
        facts = {"Name": person.name, "Agency": person.agency, "Area": person.area, "Language": person.language}
        say(person.email, bold=True)
        for label, text in facts.items():
            if text:
                say(f"  {label:<10} {text}")
        say(
            f"  {'Gets':<10} {', '.join(person.audiences) or 'nothing'}"
            + (" (a shared mailbox)" if person.shared else "")
        )
    return 0


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.pass_context
def export(ctx: click.Context, file: Path) -> int:
    """Write the list to a CSV file that a spreadsheet can open safely. The file holds personal data."""
    app = open_app(ctx, content=False)
    from newsletter.importing.subscribers_csv import write_csv

    total = write_csv(file, app.store.subscribers.each())
    say(f"{count(total, 'subscriber')} written to {file}.")
    say("It holds personal data: keep it out of shared folders and Git.")
    return 0


@command.command("unsubscribe")
@click.argument("email", required=False)
@click.option("--token", help="The token of a mailto unsubscribe link, instead of an address.")
@click.option("--audience", metavar="AUDIENCE", help="One audience. Without it: every mail, now and in future.")
@click.pass_context
def unsubscribe(ctx: click.Context, email: str | None, token: str | None, audience: str | None) -> int:
    """Take a person off one audience, or off everything. It outlives imports and erasure."""
    app = open_app(ctx, content=False)
    from newsletter.errors import UsageError

    if bool(email) == bool(token):
        raise UsageError("Give either an address or --token.")
    if audience:
        _known_audiences(app, (audience,))
    if token:
        grant = app.signer.read(token.strip(), "u")
        if grant is None:
            raise UsageError("This token is not one of ours.", hint="Copy it whole from the subject of the message.")
        stopped = app.store.subscribers.unsubscribe(
            grant.subscriber_id, grant.audience, source="mailto link", at=app.now()
        )
        say(f"They no longer get {grant.audience}." if stopped else "They had left already.")
        return 0
    ended = app.store.subscribers.unsubscribe_address(str(email), audience, source="by hand", at=app.now())
    what = f"no longer gets {', '.join(ended)}" if ended else "was not getting " + (audience or "anything")
    say(f"{email} {what}, and will not be mailed {'for ' + audience if audience else 'at all'} again.")
    return 0


@command.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def erase(ctx: click.Context, email: str, yes: bool) -> int:
    """Forget a person. Only a keyed hash of the address stays, so that no import brings them back."""
    app = open_app(ctx, content=False)
    if not yes:
        click.confirm(f"Erase everything held about {email}? This cannot be undone.", abort=True)
    found = app.store.subscribers.erase(email, source="erased on request", at=app.now())
    say(f"{email} is erased." if found else f"{email} was not on the list; the address is now never mailed.")
    return 0
