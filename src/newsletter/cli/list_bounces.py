"""newsletter subscribers bounces: what came back to the mailbox that the newsletter is sent from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.app import App
    from newsletter.models.events import EventKind
    from newsletter.pipeline.returned import Summary, Told

SHOWN = 20  # addresses of each kind


@click.command("bounces")
@click.argument("mailboxes", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
@click.pass_context
def bounces(ctx: click.Context, mailboxes: tuple[Path, ...], dry_run: bool, as_json: bool) -> int:
    """Read messages that came back: an .eml file, an mbox, a Maildir, or a folder of .eml files.

    Addresses that are no good, and people who complained or asked to leave, are not mailed again. Whoever was in doubt
    is settled. Reading the same file twice changes nothing.
    """
    app = open_app(ctx)
    from newsletter.delivery.bounce_mailbox import messages
    from newsletter.pipeline.returned import fold

    found = (raw for path in mailboxes for raw in messages(path))
    summary = fold(found, app.store.events, _leaving(app, dry_run), now=app.now(), really=not dry_run)
    if as_json:
        answer_json(_document(summary) | {"dry_run": dry_run})
    else:
        _print(summary)
        if dry_run:
            say("This was a dry run: nothing was changed.")
    return 0


def _leaving(app: App, dry_run: bool) -> Callable[[str], bool | None]:
    """What a message with an unsubscribe token does."""

    def leave(token: str) -> bool | None:
        grant = app.signer.read(token, "u")
        if grant is None or not grant.audience:
            return None
        subscribers = app.store.subscribers
        if dry_run:
            person = subscribers.get(grant.subscriber_id)
            return person is not None and grant.audience in person.audiences
        return subscribers.unsubscribe(grant.subscriber_id, grant.audience, source="mailto link", at=app.now())

    return leave


def _print(summary: Summary) -> None:
    from newsletter.delivery.bounces import Sort
    from newsletter.models.events import EventKind

    say(f"{count(summary.messages, 'message')} read.", bold=True)
    _list(summary.of(EventKind.BOUNCED), "address is no good and is never mailed again",
          "addresses are no good and are never mailed again")  # fmt: skip
    _list(summary.of(EventKind.COMPLAINED), "person called it spam and is never mailed again",
          "people called it spam and are never mailed again")  # fmt: skip
    _list(summary.of(EventKind.BLOCKED), "message came back this time; the address stays",
          "messages came back this time; the addresses stay")  # fmt: skip
    _list(summary.of(EventKind.DELIVERED), "report of a delivery", "reports of deliveries")
    lines = {
        "unsubscribed by a message": summary.left,
        "had left already": summary.had_left,
        "in doubt until now, and settled": summary.settled,
        "told already, and counted once": summary.known,
        "of no message of ours": summary.strange,
        "delayed: the server is still trying": summary.sorts[Sort.DELAYED],
        "automatic replies, passed over": summary.sorts[Sort.AUTOMATIC],
        "for you to read: written by a person, or not understood": summary.sorts[Sort.OTHER],
    }
    for words, number in lines.items():
        if number:
            say(f"  {number:>6,}  {words}")


def _list(told: list[Told], one: str, many: str) -> None:
    if told:
        say(f"  {len(told):>6,}  {one if len(told) == 1 else many}")
    for each in told[:SHOWN]:
        say(f"          {each.address or 'somebody erased'}  {_words(each)}".rstrip())
    if len(told) > SHOWN:
        say(f"          and {len(told) - SHOWN:,} more")


def _words(told: Told) -> str:
    from newsletter.models.events import words

    return words(told.reason)[:90]


def _document(summary: Summary) -> dict[str, object]:
    from newsletter.models.events import EventKind

    def listed(kind: EventKind) -> list[dict[str, str]]:
        return [{"address": told.address, "reason": _words(told)} for told in summary.of(kind)]

    kinds = (EventKind.BOUNCED, EventKind.COMPLAINED, EventKind.BLOCKED, EventKind.DELIVERED)
    return {
        "messages": summary.messages,
        **{kind.value: listed(kind) for kind in kinds},
        "unsubscribed": summary.left,
        "had_left": summary.had_left,
        "settled": summary.settled,
        "known": summary.known,
        "of_no_message_of_ours": summary.strange,
        "read": {sort.value: number for sort, number in sorted(summary.sorts.items())},
    }
