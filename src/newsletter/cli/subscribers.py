"""newsletter subscribers: the list, brought in, shown, exported, and people taken off it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app, tidy
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.errors import UsageError
    from newsletter.models.publication import Publication


_ELSEWHERE = {
    "import": ("list_import", "import_"),
    "undo": ("list_import", "undo"),
    "about": ("list_rights", "about"),
    "health": ("list_health", "health"),
    "in-post": ("list_health", "in_post"),
    "bounces": ("list_bounces", "bounces"),
    "sync": ("list_sync", "sync"),
}


class _Group(click.Group):
    """Commands that need more room have a module of their own, imported when one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [
            "import", "undo", "add", "show", "export", "about", "unsubscribe", "erase", "bounces", "sync", "health",
            "in-post",
        ]  # fmt: skip

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            module, name = _ELSEWHERE[cmd_name]
            found: click.Command = getattr(import_module(f"newsletter.cli.{module}"), name)
            return found
        return super().get_command(ctx, cmd_name)


@click.group("subscribers", cls=_Group)
def command() -> None:
    """The list: bring people in, take them off, answer their questions, see how it does."""


def known_audiences(publication: Publication, audiences: tuple[str, ...]) -> frozenset[str]:
    """Every audience of the publication.

    Raises:
        UsageError: one of `audiences` is not among them.
    """
    from newsletter.errors import UsageError

    for name in audiences:
        if name not in publication.audiences:
            raise UsageError(
                f"There is no audience '{name}'.",
                hint=f"Known in newsletter.toml: {', '.join(publication.audiences)}.",
            )
    return frozenset(publication.audiences)


@command.command("add")
@click.argument("email")
@click.option("--name", default="", help="The person, or what a shared mailbox is called.")
@click.option("--agency", default="", help="Who they work for.")
@click.option("--area", default="", help="Where they work.")
@click.option("--audience", "audiences", multiple=True, required=True, metavar="AUDIENCE", help="May be given again.")
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
    app = open_app(ctx)
    from newsletter.errors import Refused
    from newsletter.importing.subscribers_csv import read_row

    known_audiences(app.publication, audiences)
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
    if not (plan.new or plan.changed):
        say(f"{email} got {', '.join(audiences)} already.")
        return 0
    store.apply_import(plan, app.now())
    say(f"{email} gets {', '.join(audiences)}.")
    if plan.without_basis:
        say('No basis is recorded. Say why you may write to them with --basis, for example --basis "public task".')
    return 0


@command.command("show")
@click.argument("email", required=False)
@json_option
@click.pass_context
def show(ctx: click.Context, email: str | None, as_json: bool) -> int:
    """The list in numbers, or what one address gets."""
    app = open_app(ctx)
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
        say(f'Everything held on them: newsletter subscribers about "{person.email}"')
    return 0


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.pass_context
def export(ctx: click.Context, file: Path) -> int:
    """Write the list to a CSV file that a spreadsheet can open safely, and that can be imported again.

    The file holds personal data.
    """
    app = open_app(ctx)
    from newsletter.importing.subscribers_csv import write_csv

    with tidy():
        total = write_csv(file, app.store.subscribers.each_with_evidence())
    say(f"{count(total, 'subscriber')} written to {file}.")
    say("It holds personal data: keep it out of shared folders and Git.")
    return 0


@command.command("unsubscribe")
@click.argument("email", required=False)
@click.option("--token", help="The token, or the whole subject, of a mailto unsubscribe link, instead of an address.")
@click.option("--audience", metavar="AUDIENCE", help="One audience. Without it: every mail, now and in future.")
@click.pass_context
def unsubscribe(ctx: click.Context, email: str | None, token: str | None, audience: str | None) -> int:
    """Take a person off one audience, or off everything. It outlives imports and erasure."""
    app = open_app(ctx)
    from newsletter.errors import UsageError

    if bool(email) == bool(token):
        raise UsageError("Give either an address or --token.")
    if audience:
        known_audiences(app.publication, (audience,))
    if token:
        grant = app.signer.read(token := token.split()[-1], "u")
        if grant is None:
            raise _no_token(app, token)
        stopped = app.store.subscribers.unsubscribe(
            grant.subscriber_id, grant.audience, source="mailto link", at=app.now()
        )
        say(f"They no longer get {grant.audience}." if stopped else "They had left already.")
        return 0
    ended = app.store.subscribers.unsubscribe_address(str(email), audience, source="by hand", at=app.now())
    what = f"no longer gets {', '.join(ended)}" if ended else "was not getting " + (audience or "anything")
    say(f"{email} {what}, and will not be mailed {'for ' + audience if audience else 'at all'} again.")
    return 0


def _no_token(app: App, token: str) -> UsageError:
    """Why a token takes nobody off."""
    from newsletter.errors import UsageError

    asked = app.signer.read(token, "p")
    if asked and (person := app.store.subscribers.get(asked.subscriber_id)):
        return UsageError(
            f"This token does not ask to leave: {person.email} asks about their choices.",
            hint=f'See what they get with: newsletter subscribers show "{person.email}"',
        )
    return UsageError("This token is not one of ours.", hint="Copy it whole from the subject of the message.")


@command.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def erase(ctx: click.Context, email: str, yes: bool) -> int:
    """Forget a person. Only a keyed hash of the address stays, so that no import brings them back."""
    from newsletter.errors import Refused

    app = open_app(ctx)
    if not yes and not click.confirm(f"Erase everything held about {email}? This cannot be undone."):
        raise Refused("Nothing was erased.")
    found = app.store.subscribers.erase(email, source="erased on request", at=app.now())
    say(f"{email} is erased." if found else f"{email} was not on the list; the address is now never mailed.")
    return 0
