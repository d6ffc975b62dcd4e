"""Arguments and helpers that several commands share."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from newsletter.cli.output import hide

if TYPE_CHECKING:
    from newsletter.app import App

ON_PEOPLE = "subscribers"  # the commands that speak of readers, not of issues
F = TypeVar("F", bound=Callable[..., object])


def json_option(function: F) -> F:
    """`--json`: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document, for another program.")(function)


def open_app(ctx: click.Context) -> App:
    """The publication the user is in or named with --project; closed when the command ends.

    From then on nothing printed repeats a term of the never-publish list. The names of subscribers are another matter:
    a reader may be called like anybody, so the commands on the list show them as they are.
    """
    from newsletter.app import App

    project: Path | None = ctx.find_root().obj
    app = ctx.with_resource(App.open(project))
    hide(() if ON_PEOPLE in ctx.command_path.split() else app.settings.never_publish)
    return app


@contextmanager
def tidy() -> Iterator[None]:
    """For work that goes on for long, or page by page: it leaves garbage, and `main` collects it rarely."""
    before = gc.get_threshold()
    gc.set_threshold(1_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def shown(path: Path, project: Path) -> str:
    """A path as people read it: below the publication where it can be."""
    return path.relative_to(project).as_posix() if path.is_relative_to(project) else str(path)


def count(number: int, one: str, many: str = "") -> str:
    """ "1 issue", "3 issues"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
