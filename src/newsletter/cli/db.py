"""newsletter db: what the database is at, and bringing it up to date."""

from __future__ import annotations

from pathlib import Path

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, say


@click.group("db", invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int | None:
    """Show which database is used and whether it is up to date with this version of newsletter."""
    if ctx.invoked_subcommand is not None:
        return None
    state = open_app(ctx).database_state()
    if as_json:
        answer_json({"database": state.name, "version": state.version, "newest": state.newest, "ready": state.ready})
    else:
        say(f"{state.name} {_words(state.version, state.newest)}.")
        if not state.ready:
            by_itself = "The next command that needs it brings it up to date by itself."
            say(by_itself if state.by_itself else "Run: newsletter db upgrade")
    return int(not state.ready and not state.by_itself)


def _words(version: str, newest: str) -> str:
    if not version:
        return "has no tables yet"
    return f"is up to date (version {version})" if version == newest else f"is at version {version}, not {newest}"


@command.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> int:
    """Bring the database up to date: all of it or nothing. Stop commands and workers of an older version first."""
    app = open_app(ctx)
    before, after = app.upgrade_database()
    if before.version == after.version:
        say(f"{after.name} was up to date already (version {after.version}).")
    else:
        earlier = f" It was at version {before.version}." if before.version else ""
        say(f"{after.name} is up to date now (version {after.version}).{earlier}")
    return 0


@command.command("copy")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that holds the list now, such as subscribers/newsletter.db.",
)
@click.pass_context
def copy(ctx: click.Context, file: Path) -> int:
    """Take everything over from a file into the (empty) database of NEWSLETTER_DATABASE: list, consent, campaigns.

    The file is only read, and stays. All of it is copied or nothing.
    """
    app = open_app(ctx)
    copied = app.copy_database(file.resolve(), lambda table, rows: None)
    people, sent = count(copied["subscribers"], "subscriber"), count(copied["campaigns"], "campaign")
    say(f"Copied {people} and {sent}, with {copied['suppressions']:,} addresses that are never mailed.")
    say("Use it from now on, and keep the file as a copy of how it was.")
    return 0
