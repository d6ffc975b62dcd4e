"""newsletter subscribers import and undo: a list comes in, and goes again. Each first says what it would do."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app, tidy
from newsletter.cli.output import answer_json, progress, say
from newsletter.cli.subscribers import known_audiences

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.importing.columns import Layout
    from newsletter.models.lists import ChangedRow, ImportPlan, Undone

SHOWN = 10  # lines of each sort that a dry run shows
_ASKED = {
    "email": "Which column holds the email addresses?",
    "name": "Which holds the names?",
    "agency": "Which holds the agency?",
    "area": "Which holds the area?",
}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option(
    "--audience", "audiences", multiple=True, metavar="AUDIENCE", help="For rows that name none; may be given again."
)
@click.option(
    "--column", "columns", multiple=True, metavar="COLUMN=TITLE",
    help='Which column is which: email="Work email". May be given again.',
)  # fmt: skip
@click.option(
    "--topic", "topics", multiple=True, metavar="NAME=AUDIENCE",
    help="What another service calls one of our audiences. May be given again.",
)  # fmt: skip
@click.option("--basis", default="", help='Why you may write to them (UK GDPR), for example "public task".')
@click.option("--source", default="", help="Where the list comes from. Default: the name of the file.")
@click.option("--apply", "do_it", is_flag=True, help="Do it. Without this, nothing is changed.")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    audiences: tuple[str, ...],
    columns: tuple[str, ...],
    topics: tuple[str, ...],
    basis: str,
    source: str,
    do_it: bool,
    as_json: bool,
) -> int:
    """Bring a list in from a CSV file. First a dry run; --apply does it.

    Reads what Excel, Mailchimp and GovDelivery write. Nobody who left comes back, and nobody is removed because they
    are missing from the file. People whom Mailchimp or GovDelivery lists as unsubscribed or bounced are never mailed.
    """
    app = open_app(ctx)
    from newsletter.importing.subscribers_csv import Reading, look, read_csv

    known = known_audiences(app.publication, audiences)
    chosen = _pairs(columns, "--column")
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        chosen = _asked(file, chosen)
    layout = look(file, chosen)
    reading = Reading(known, _topics(app, topics), chosen, app.now())
    store = app.store.subscribers
    with tidy(), progress(as_json) as show:
        plan = store.plan_import(
            read_csv(file, reading, lambda done, about: show("Reading the list", done, about)),
            default_audiences=audiences,
            source=source or f"import of {file.name}",
            basis=basis,
            progress=lambda done, total: show("Comparing it", done, total),
        )
        if do_it:
            store.apply_import(plan, app.now(), lambda done, total: show("Writing", done, total))
    if as_json:
        answer_json(_document(plan, layout, do_it))
    else:
        _print_layout(layout)
        _print_plan(plan, do_it, _again(file, audiences, chosen, topics, basis, source))
    return 0


def _again(
    file: Path, audiences: Iterable[str], columns: dict[str, str], topics: Iterable[str], basis: str, source: str
) -> str:
    """The command that does what the dry run showed, with what was answered."""
    options = [("--audience", name) for name in audiences]
    options += [("--column", f"{column}={title}") for column, title in columns.items()]
    options += [("--topic", topic) for topic in topics]
    options += [(name, value) for name, value in (("--basis", basis), ("--source", source)) if value]
    words = [
        "newsletter subscribers import",
        _quoted(str(file)),
        *(f"{name} {_quoted(word)}" for name, word in options),
    ]
    return " ".join([*words, "--apply"])


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w./@=:-]+", word) else f'"{word}"'


def _pairs(words: Iterable[str], option: str) -> dict[str, str]:
    from newsletter.errors import UsageError

    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise UsageError(f"{option} {word!r} has no equals sign between two names.", hint=f'Write {option} "a=b".')
        pairs[name.strip()] = value.strip()
    return pairs


def _topics(app: App, words: tuple[str, ...]) -> dict[str, str]:
    """What each audience may be called: its title, and what the user says."""
    given = {name.casefold(): audience for name, audience in _pairs(words, "--topic").items()}
    known_audiences(app.publication, tuple(given.values()))
    return {audience.title.casefold(): name for name, audience in app.publication.audiences.items()} | given


def _asked(file: Path, chosen: dict[str, str]) -> dict[str, str]:
    """Asks the person at the terminal which column is which, if the addresses would not be found."""
    from newsletter.errors import UsageError
    from newsletter.importing.subscribers_csv import look, titles

    try:
        look(file, chosen)
        return chosen
    except UsageError:
        found = [title.strip() for title in titles(file)]
    if "email" in chosen or not any(found):
        return chosen
    for number, title in enumerate(found, 1):
        say(f"{number:>4}  {title}")
    answers = dict(chosen)
    for column, question in _ASKED.items():
        if column not in answers:
            choice = click.IntRange(1 if column == "email" else 0, len(found))
            hint = "" if column == "email" else " (0 for none)"
            number = click.prompt(
                question + hint, type=choice, default=None if column == "email" else 0, prompt_suffix=" "
            )
            if number:
                answers[column] = found[number - 1]
    return answers


def _document(plan: ImportPlan, layout: Layout, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "service": layout.service,
        "columns": {column: layout.titles[place] for column, place in layout.places.items()},
        "unused_columns": list(layout.unused),
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "leaving": len(plan.leaving),
        "without_basis": plan.without_basis,
        "role_addresses": len(plan.roles),
        "suppressed": [{"line": skipped.row.line, "reason": skipped.reason} for skipped in plan.suppressed],
        "invalid": [{"line": bad.line, "reason": bad.reason} for bad in plan.invalid],
        "duplicates": [{"line": double.line, "first_line": double.first_line} for double in plan.duplicates],
    }


def _print_layout(layout: Layout) -> None:
    if layout.service:
        what = {"unsubscribed": " of people who unsubscribed", "bounced": " of addresses that failed", "": ""}
        deleted = " of people who were deleted" if layout.deleted is not None else what[layout.left]
        say(f"This is an export of {layout.service}{deleted}.")
    if layout.unused:
        say(f"Columns that are not used: {', '.join(layout.unused)}")


def _print_plan(plan: ImportPlan, applied: bool, again: str) -> None:
    quiet = applied  # what was done needs no list; what was not does
    _heap("new", len(plan.new), [f"line {row.line}: {row.email}" for row in plan.new[:SHOWN]], quiet)
    changed = [f"line {change.row.line}: {change.row.email}: {_change(change)}" for change in plan.changed[:SHOWN]]
    _heap("changed", len(plan.changed), changed, quiet)
    leaving = [f"line {gone.row.line}: {gone.row.email}: {gone.row.left}" for gone in plan.leaving[:SHOWN]]
    _heap("will never be mailed, since the list says they left or failed", len(plan.leaving), leaving, quiet)
    skipped = [f"line {skip.row.line}: {skip.row.email}: {skip.reason}" for skip in plan.suppressed[:SHOWN]]
    _heap("left alone, since they left", len(plan.suppressed), skipped)
    _heap("not usable", len(plan.invalid), [f"line {bad.line}: {bad.reason}" for bad in plan.invalid[:SHOWN]])
    doubles = [f"line {double.line} repeats line {double.first_line}" for double in plan.duplicates[:SHOWN]]
    _heap("twice in the file", len(plan.duplicates), doubles)
    roles = [f"line {row.line}: {row.email}" for row in plan.roles[:SHOWN]]
    _heap('of a team, kept (put yes under "shared" if several people read them)', len(plan.roles), roles)
    say(f"{plan.unchanged:>7,} unchanged")
    if plan.without_basis:
        say(
            f"No basis is recorded for {count(plan.without_basis, 'new subscription')}. Say why you may write to these"
            ' people with --basis, for example --basis "public task".',
            bold=True,
        )
    if applied:
        say("Done. To take it back: newsletter subscribers undo", bold=True)
    else:
        say(f"This was a dry run: nothing was changed. To do it: {again}", bold=True)


def _heap(name: str, number: int, lines: Sequence[str], quiet: bool = False) -> None:
    say(f"{number:>7,} {name}", bold=bool(number))
    for line in () if quiet else lines:
        say(f"          {line}")
    if not quiet and number > SHOWN:
        say(f"          and {number - SHOWN:,} more")


def _change(change: ChangedRow) -> str:
    parts = [f"{name} '{before}' becomes '{after}'" for name, (before, after) in change.fields.items()]
    if change.audiences:
        parts.append(f"added to {', '.join(change.audiences)}")
    if change.confirmed:
        parts.append(f"confirmed for {', '.join(change.confirmed)}")
    return "; ".join(parts)


@click.command("undo")
@click.option("--apply", "do_it", is_flag=True, help="Do it. Without this, nothing is changed.")
@json_option
@click.pass_context
def undo(ctx: click.Context, do_it: bool, as_json: bool) -> int:
    """Take the last import (or "add") back. First a dry run; --apply does it.

    Only what that import changed, and nobody changed since. Once more takes back the one before.
    """
    app = open_app(ctx)
    with tidy(), progress(as_json) as show:
        undone = app.store.subscribers.undo_import(
            app.now(), really=do_it, progress=lambda done, total: show("Taking it back", done, total)
        )
    if as_json:
        answer_json({"applied": bool(undone and do_it), "import": _undone(undone) if undone else None})
    elif undone is None:
        say("There is no import to take back.")
    else:
        _print_undone(undone, do_it)
    return 0


def _undone(undone: Undone) -> dict[str, object]:
    return {
        "source": undone.source,
        "at": undone.at.isoformat(),
        "removed": undone.removed,
        "restored": undone.restored,
        "suppressions_lifted": undone.lifted,
        "left_alone": [{"email": left.email, "reason": left.reason} for left in undone.left_alone],
    }


def _print_undone(undone: Undone, applied: bool) -> None:
    from newsletter.models.dates import print_moment

    say(f"The last import: {undone.source}, {print_moment(undone.at)}.")
    say(f"{undone.removed:>7,} people who came with it {'are off the list' if applied else 'would go'}")
    say(f"{undone.restored:>7,} people {'are' if applied else 'would be'} as they were before")
    say(f"{undone.lifted:>7,} addresses it had barred {'may' if applied else 'could'} be mailed again")
    _heap("left alone", len(undone.left_alone), [f"{left.email}: {left.reason}" for left in undone.left_alone[:SHOWN]])
    if applied:
        say("Done.", bold=True)
    else:
        say("This was a dry run: nothing was changed. To do it: newsletter subscribers undo --apply", bold=True)
