"""newsletter subscribers health and in-post: whom the list reaches, where nobody is, and whom to ask after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, json_option, open_app
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.models.lists import GroupHealth


@click.command("health")
@json_option
@click.pass_context
def health(ctx: click.Context, as_json: bool) -> int:
    """The list by agency and area, for the board's report: who is reached, who bounced, and where nobody is.

    Which agencies and areas there should be stands in newsletter.toml, under [report].
    """
    app = open_app(ctx)
    expected = app.publication.report
    found = app.store.subscribers.health(agencies=expected.agencies, areas=expected.areas)
    if as_json:
        answer_json({
            "agencies": [asdict(group) for group in found.agencies],
            "areas": [asdict(group) for group in found.areas],
            "gaps": {"agencies": list(found.agency_gaps), "areas": list(found.area_gaps)},
        })  # fmt: skip
        return 0
    _print_groups("Agency", found.agencies)
    _print_groups("Area", found.areas)
    if not (expected.agencies or expected.areas):
        say('To see where nobody is reached, name your agencies in newsletter.toml: [report] agencies = ["…"]')
    else:
        gaps = [*found.agency_gaps, *found.area_gaps]
        say(f"Nobody is reached in: {', '.join(gaps)}" if gaps else "Every agency and area is reached.", bold=True)
    return 0


def _print_groups(title: str, groups: Sequence[GroupHealth]) -> None:
    width = max([len(title), 12, *(len(group.name) for group in groups)])
    say(f"{title:<{width}} {'people':>7} {'reached':>8} {'bounced':>8} {'left all':>9} {'complained':>11}", bold=True)
    for group in groups:
        say(
            f"{group.name or '(not known)':<{width}} {group.people:>7,} {group.reachable:>8,} {group.bounced:>8,}"
            f" {group.unsubscribed:>9,} {group.complained:>11,}"
        )
        if group.audiences:
            say("    " + ", ".join(f"{name} {number:,}" for name, number in group.audiences.items()))
    say()


@click.command("in-post")
@click.option("--older-than", "months", type=click.IntRange(1, 120), default=12, show_default=True, metavar="MONTHS",
              help="Not confirmed for so many months.")  # fmt: skip
@click.option("--area", default="", help="Only this area.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.csv",
              help="The file to write.")  # fmt: skip
@click.pass_context
def in_post(ctx: click.Context, months: int, area: str, output: Path) -> int:
    """Write a list of people not confirmed for a year: are they still in post?

    Send each agency its part. Put a date under "confirmed" for those who are still there, "left" under "status" for
    those who are not, and import the file.
    """
    app = open_app(ctx)
    from newsletter.importing.subscribers_csv import write_in_post
    from newsletter.models.days import months_before

    total = write_in_post(output, app.store.subscribers.in_post(months_before(app.now(), months), area))
    say(f"{count(total, 'person', 'people')} not confirmed for {count(months, 'month')}, written to {output}.")
    say("It holds personal data: keep it out of shared folders and Git.")
    return 0
