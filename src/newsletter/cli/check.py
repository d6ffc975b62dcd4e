"""newsletter check: every check, worst first, one closing sentence. Also the network's word on links, and repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import progress
from newsletter.errors import ContentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from newsletter.app import App
    from newsletter.checks.answers import LinkResult
    from newsletter.models.issue import Issue
    from newsletter.pipeline.editorial import Checked, Progress
    from newsletter.pipeline.linkcheck import Network

FORMATS = ("text", "json", "github")


@click.command("check")
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@json_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="github: marks in a pull request.")
@click.option("--all", "show_all", is_flag=True, help="Show every finding, not the worst five of each code.")
@click.option("--fix", is_flag=True, help="Mend what a machine can: shows the changes, asks, writes.")
@click.option("--yes", is_flag=True, help="With --fix: write without asking.")
@click.option("--links", is_flag=True, help="Ask the network whether links lead somewhere.")
@click.option("--archive", is_flag=True, help="Look at the links of the published pages instead.")
@click.option(
    "--max-age", metavar="HOURS", type=click.IntRange(0, 8760), default=24, help="Ask again after so long (24)."
)
@click.option("--allow-private", is_flag=True, help="With --links: ask sites of your own network as well.")
@click.pass_context
def command(
    ctx: click.Context,
    issues: tuple[str, ...],
    as_json: bool,
    form: str,
    show_all: bool,
    fix: bool,
    yes: bool,
    links: bool,
    archive: bool,
    max_age: int,
    allow_private: bool,
) -> int:
    """Check issues for what would go wrong. Without a name: every issue.

    Exit code 1 when something blocks sending, or when there is something to mend that was not.
    """
    app = open_app(ctx)
    form = "json" if as_json else form
    network = _network(app, max_age, allow_private) if links else None
    if archive:
        if issues or fix:
            raise UsageError("--archive looks at every published page.", hint="Leave out --fix and the issues' names.")
        return _archive(app, network, form, show_all)
    folders = [app.folder(name) for name in issues] or app.issue_folders()
    read = _read(app, folders, form)
    answers = _ask(app, read, network, form) if network else None
    mended: list[dict[str, object]] | None = None
    if fix:
        from newsletter.cli import check_fix

        mended, done = check_fix.run(app, read, answers, form=form, yes=yes)
        if not done:
            return 1
        read = _read(app, folders, form)
        answers = _ask(app, read, network, form) if network else None  # the mended links are others
    return _report(app, read, answers, mended, form=form, show_all=show_all)


def _read(app: App, folders: Sequence[Path], form: str) -> list[Issue]:
    from newsletter.pipeline import editorial

    try:
        with progress(form != "text") as show:
            return editorial.read_issues(app.desk, folders, show)
    except ContentError as error:
        if form == "github":
            from newsletter.cli import check_report

            check_report.annotate_problems(error.problems, app.project)
        raise


def _network(app: App, hours: int, allow_private: bool) -> Network:
    from datetime import timedelta

    from newsletter.pipeline.linkcheck import Network

    return Network(app.settings.build, app.now(), timedelta(hours=hours), allow_private)


def _ask(app: App, read: Sequence[Issue], network: Network, form: str) -> Mapping[str, LinkResult]:
    from newsletter.pipeline import linkcheck

    with progress(form != "text") as show:
        return linkcheck.ask_issues(app.desk, read, network, lambda done, total: show("Asking", done, total))


def _check(app: App, read: Sequence[Issue], answers: Mapping[str, LinkResult] | None, show: Progress) -> list[Checked]:
    from newsletter.pipeline import editorial

    checked = []
    for done, issue in enumerate(read):
        show("Checking", done, len(read))
        checked.append(editorial.check(app.desk, issue, app.now(), link_results=answers))
    return checked


def _report(
    app: App,
    read: Sequence[Issue],
    answers: Mapping[str, LinkResult] | None,
    mended: list[dict[str, object]] | None,
    *,
    form: str,
    show_all: bool,
) -> int:
    from newsletter.cli import check_report

    with progress(form != "text") as show:
        checked = _check(app, read, answers, show)
    if form == "json":
        check_report.answer(checked, answers, mended)
    elif form == "github":
        check_report.annotate(checked, app.project, show_all=show_all)
    else:
        check_report.tell(checked, answers, show_all=show_all)
    return int(any(one.blocked for one in checked))


def _archive(app: App, network: Network | None, form: str, show_all: bool) -> int:
    from newsletter.cli import check_report
    from newsletter.pipeline import linkcheck

    with progress(form != "text") as show:
        found = linkcheck.check_archive(app.desk, app.public, network, lambda done, total: show("Asking", done, total))
    check_report.tell_archive(found, app.project, form=form, show_all=show_all)
    return int(any(finding.blocks for finding in found.findings))
