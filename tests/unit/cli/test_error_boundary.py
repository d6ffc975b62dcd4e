"""One place prints errors: never a traceback, always what to do, and the right exit code."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from newsletter import cli
from newsletter.errors import (
    ContentError,
    Incomplete,
    NewsletterError,
    OutcomeUnknown,
    Problem,
    Refused,
    SettingsError,
    StoreError,
    TemplateError,
    TransportUnavailable,
    UsageError,
)

PROBLEM = [Problem("issues/a/issue.md", 3, "There is no title.", "Add one.")]


def failing(error: BaseException) -> Callable[..., None]:
    def fail(*words: object, **options: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("No.", hint="Do that."), 2),
        (SettingsError(PROBLEM), 2),
        (ContentError(PROBLEM), 2),
        (TemplateError(PROBLEM), 2),
        (StoreError("No."), 2),
        (Refused("No."), 1),
        (TransportUnavailable("No."), 3),
        (OutcomeUnknown("No.", unknown=1), 3),
        (Incomplete("No."), 3),
        (click.UsageError("No."), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (RuntimeError("a secret"), 2),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_every_error_has_its_exit_code_and_shows_no_traceback(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.group, "main", failing(error))
    assert cli.run(["check"]) == code
    told = capsys.readouterr().err
    assert told.strip()
    assert "Traceback" not in told
    assert "a secret" not in told


def test_debug_shows_the_programs_own_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.group, "main", failing(RuntimeError("why")))
    assert cli.run(["--debug", "check"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_every_error_of_the_tree_is_drawn_at_the_top_of_its_file() -> None:
    from newsletter import errors

    def names(kind: type[NewsletterError]) -> set[str]:
        return {kind.__name__}.union(*(names(below) for below in kind.__subclasses__()))

    drawn = errors.__doc__ or ""
    assert {name for name in names(NewsletterError) if not name.startswith("_") and name not in drawn} == set()


def test_a_problem_says_where_what_and_what_to_do() -> None:
    assert str(PROBLEM[0]) == "issues/a/issue.md:3: There is no title. Add one."
