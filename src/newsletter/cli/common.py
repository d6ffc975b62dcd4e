"""Arguments and helpers that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from newsletter.cli.output import hide

if TYPE_CHECKING:
    from newsletter.app import App

F = TypeVar("F", bound=Callable[..., object])


def json_option(function: F) -> F:
    """`--json`: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")(function)


def open_app(ctx: click.Context, *, content: bool = True) -> App:
    """The publication the user is in or named with --project; closed when the command ends.

    `content`: what the command prints comes from issues, so that no term of the never-publish list may be in it. The
    names of subscribers are another matter: they are shown as they are.
    """
    from newsletter.app import App

    project: Path | None = ctx.find_root().obj
    app = ctx.with_resource(App.open(project))
    hide(app.settings.never_publish if content else ())
    return app


def shown(path: Path, project: Path) -> str:
    """A path as people read it: below the publication where it can be."""
    return path.relative_to(project).as_posix() if path.is_relative_to(project) else str(path)


def count(number: int, one: str, many: str = "") -> str:
    """ "1 issue", "3 issues"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
