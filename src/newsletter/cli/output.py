"""How commands speak: plain sentences, colours on a terminal only, one JSON document when asked, progress bars."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newsletter.pipeline.editorial import Progress

_never: tuple[str, ...] = ()  # terms that nothing printed may repeat


def hide(terms: Sequence[str]) -> None:
    """From now on nothing that is printed repeats one of these terms: only its number is told."""
    global _never
    _never = tuple(terms)


def hidden(text: str) -> str:
    """The text as it may be printed."""
    if not _never:
        return text
    from newsletter.checks.terms import mask

    return "\n".join(mask(line, _never) for line in text.split("\n"))


def say(text: str = "", **style: Any) -> None:
    """A line on standard output; `style` as in click.style, shown on a terminal only."""
    text = hidden(text)
    click.echo(click.style(text, **style) if style and coloured(sys.stdout) else text)


def note(text: str) -> None:
    """A line for the person at the terminal: on standard error, so that it never mixes with an answer."""
    click.echo(hidden(text), err=True)


def complain(message: str, hint: str = "") -> None:
    """An error: what was done, where, and what to do next."""
    first, _, rest = hidden(message).partition("\n")
    bold = coloured(sys.stderr)
    click.echo(click.style(first, fg="red", bold=True) if bold else first, err=True)
    for line in (rest, hidden(hint)):
        if line:
            click.echo(line, err=True)


def coloured(stream: Any) -> bool:
    """Whether colours are welcome there."""
    return bool(stream.isatty()) and not _colour_refused()


def _colour_refused() -> bool:
    """NO_COLOR is set (https://no-color.org); read by click, since an error may be told before there are settings."""
    option = click.Option(["--no-color"], envvar="NO_COLOR")
    return bool(option.resolve_envvar_value(click.Context(click.Command("colour"))))


def answer_json(value: Any) -> None:
    """One JSON document on standard output and nothing else there."""
    click.echo(json.dumps(_clean(value) if _never else value, ensure_ascii=False, indent=2, default=str))


def _clean(value: Any) -> Any:
    """The value without terms, in every text of it."""
    if isinstance(value, Mapping):
        return {_clean(key): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float) else hidden(str(value))


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on standard error for what takes more than a moment; nothing when it is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
