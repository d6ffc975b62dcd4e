"""newsletter check: every check, worst first, one closing sentence."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import json_option, open_app
from newsletter.cli.output import answer_json, progress, say

if TYPE_CHECKING:
    from newsletter.models.finding import Finding
    from newsletter.pipeline.editorial import Checked

COLOURS = {"STOP": "red", "FIX": "yellow", "ADVICE": "cyan"}


@click.command("check")
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@json_option
@click.option("--all", "show_all", is_flag=True, help="Show every finding, not the worst five of each code.")
@click.pass_context
def command(ctx: click.Context, issues: tuple[str, ...], as_json: bool, show_all: bool) -> int:
    """Check issues for what would go wrong. Without a name: every issue.

    Exit code 1 when something blocks sending.
    """
    app = open_app(ctx)
    from newsletter.pipeline import editorial

    folders = [app.folder(name) for name in issues] or app.issue_folders()
    with progress(as_json) as show:
        read = editorial.read_issues(app.desk, folders, show)
        checked = []
        for done, issue in enumerate(read):
            show("Checking", done, len(read))
            checked.append(editorial.check(app.desk, issue, app.now()))
    if as_json:
        answer_json({"issues": [_document(one) for one in checked]})
    else:
        for one in checked:
            _print(one, show_all)
    return int(any(one.blocked for one in checked))


def _document(checked: Checked) -> dict[str, object]:
    return {
        "path": checked.issue.path,
        "title": checked.issue.front.title,
        "blocked": checked.blocked,
        "words": checked.edition.words,
        "minutes": checked.edition.minutes,
        "bytes": {name: len(rendition.data) for name, rendition in sorted(checked.edition.renditions.items())},
        "findings": [finding.model_dump(mode="json") for finding in checked.findings],
    }


def _print(checked: Checked, show_all: bool) -> None:
    from newsletter import checks

    say(f"{checked.issue.path}  {checked.issue.front.title}", bold=True)
    kilobytes = len(checked.edition.renditions["email"].data) / 1000
    say(f"{checked.edition.words:,} words, {checked.edition.minutes:g} minutes to read, email of {kilobytes:.0f} KB")
    shown = checked.findings if show_all else checks.worst(checked.findings)
    for code, findings in groupby(sorted(shown, key=_order), key=lambda finding: finding.code):
        group = list(findings)
        say()
        hidden = sum(finding.code == code for finding in checked.findings) - len(group)
        for finding in group:
            _print_finding(finding)
        if hidden:
            say(f"  and {hidden} more of {code} (--all shows them)")
    say()
    say(checks.summary(checked.findings), bold=True, fg="red" if checked.blocked else "green")
    say()


def _order(finding: Finding) -> tuple[int, str, str, int]:
    return (list(COLOURS).index(finding.level), finding.code, finding.file, finding.line)


def _print_finding(finding: Finding) -> None:
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    say(f"{finding.level:<6} {finding.code}  {where}", fg=COLOURS[finding.level])
    if finding.words:
        say(f"  “{finding.words}”")
    say(f"  {finding.message}" + (f" {finding.fix}" if finding.fix else ""))
