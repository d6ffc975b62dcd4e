"""newsletter subscribers about: everything held on one person, to hand to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, say

_NONE = "Nothing."


@click.command("about")
@click.argument("email")
@json_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write it there instead: JSON if its name ends in .json, else text.",
)  # fmt: skip
@click.pass_context
def about(ctx: click.Context, email: str, as_json: bool, output: Path | None) -> int:
    """Everything held on one person, for an access request (UK GDPR article 15). Nobody else's data is in it."""
    app = open_app(ctx)
    record = app.store.subscribers.about(email)
    record = {"held_by": app.publication.partnership.name, "at": app.now(), **record}
    if output is not None:
        _write(output, _json(record) if as_json or output.suffix == ".json" else _text(record))
        say(f"Everything held on {email} is in {output}. It is personal data: delete it when it has been handed over.")
    elif as_json:
        answer_json(_plain(record))
    else:
        say(_text(record).rstrip("\n"))
    return 0


def _write(path: Path, text: str) -> None:
    from newsletter.errors import UsageError

    try:
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Name another file or folder.") from None


def _json(record: Mapping[str, Any]) -> str:
    import json

    return json.dumps(_plain(record), ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """With moments as programs read them."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _text(record: Mapping[str, Any]) -> str:
    """For reading and printing."""
    person = record["subscriber"]
    parts = [
        f"What {record['held_by']} holds on {record['asked_for']}",
        f"Drawn up on {_said(record['at'])}.",
        "",
        *_section("The person", [person] if person else [], "Not on the list."),
        *_section("Subscriptions, and the evidence for them", record["subscriptions"]),
        *_section("The log of consent", record["consent_log"]),
        *_section("Never mailed (kept as a keyed hash of the address)", record["suppressions"]),
        *_section("Lists that brought or changed this entry", record["imports"]),
        *_section("Messages", record["deliveries"]),
        *_section("What mail services told of those messages", record["delivery_events"]),
    ]
    return "\n".join(parts) + "\n"


def _section(title: str, rows: Sequence[Mapping[str, Any]], none: str = _NONE) -> list[str]:
    lines = [title, "-" * len(title)]
    for row in rows:
        lines += [f"{name.replace('_', ' ')}: {_said(value)}" for name, value in row.items() if value not in ("", None)]
        lines.append("")
    return lines if rows else [*lines, none, ""]


def _said(value: object) -> str:
    if isinstance(value, datetime):
        from newsletter.models.dates import print_moment

        return print_moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(each)}" for name, each in value.items()) or "nothing"
    return ", ".join(_said(each) for each in value) or "none" if isinstance(value, list) else str(value)
