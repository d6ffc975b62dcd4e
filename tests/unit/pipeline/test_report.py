"""The board's report: numbers that add up, no person in them, and plots that say what their table says."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import html
from tests.unit.delivery.sending_kit import open_store, publication
from tests.unit.pipeline.report_kit import AGENCIES, END, ISSUES, PEOPLE, a_year, join, send

from newsletter.models.report import SMALLEST, Report
from newsletter.models.sending_settings import ReportSettings
from newsletter.pipeline import report, report_page
from newsletter.rendering.templates import Templates
from newsletter.store.store import Store

ROOT = Path(__file__).parents[3]
EXPECTED = ReportSettings(agencies=("Northshire Police", "Fire and rescue"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("report")) as opened:
        a_year(opened)
        yield opened


TODAY = END.date()


def made(store: Store, since: date = date(2025, 12, 1), until: date = TODAY, issue: str = "") -> Report:
    return report.make(store, EXPECTED, since=since, until=until, now=END, issue=issue)


def page(found: Report) -> str:
    settings = publication()
    return report_page.page(found, settings, Templates([ROOT / "templates"], settings).render)


def test_every_sending_adds_up_and_stands_in_its_order(store: Store) -> None:
    sent = made(store).sent
    assert [one.title for one in sent] == ["Spring", "Summer", "Autumn", "Winter"]
    for one, (_, bounced) in zip(sent, ISSUES, strict=True):
        assert one.recipients == one.accepted + one.refused + one.excluded + one.uncertain + one.waiting
        assert (one.bounced, one.refused, one.complained, one.unsubscribed) == (bounced, 2, 1, 2)
        assert one.reached + one.failed == one.accepted + one.refused
        assert (one.approvals, one.approved_by) == (1, ("Independent Scrutineer",))


def test_leaving_long_after_an_issue_is_not_counted_with_it(store: Store) -> None:
    found = made(store)
    assert found.totals["unsubscribed"] == 8
    assert sum(month.left for month in found.months) == 9, "one left between two issues"


def test_agencies_and_domains_hold_every_message_once_and_no_small_group_is_told(store: Store) -> None:
    found = made(store)
    offered = sum(one.accepted + one.refused for one in found.sent)
    failed = sum(one.failed for one in found.sent)
    small = [name for name, people in AGENCIES if people < SMALLEST]
    for parts in (found.agencies, found.domains):
        assert (sum(part.offered for part in parts), sum(part.failed for part in parts)) == (offered, failed)
        assert parts[-1].name == "Smaller groups"
        assert parts[-1].people == sum(people for _, people in AGENCIES if people < SMALLEST)
    told = "".join([*report.as_text(found), report.as_csv(found), page(found), found.model_dump_json()])
    for name in small:
        assert name not in told
        assert re.sub("[^a-z]", "", name.lower())[:12] not in told


def test_nobody_is_in_it_by_address_or_name(store: Store) -> None:
    found = made(store)
    told = "".join([*report.as_text(found), report.as_csv(found), page(found), found.model_dump_json()])
    assert "Sam Rivers" not in told
    assert re.findall(r"[\w.-]+@[\w.-]+", re.sub(r"@(?:media|page)\b", "", told)) == []


def test_the_list_grows_from_month_to_month_to_what_it_is_now(store: Store) -> None:
    months = made(store).months
    assert months[0].first_day == date(2025, 12, 1)
    for before, month in itertools.pairwise(months):
        assert month.size == before.size + month.joined - month.left
    assert months[-1].size == PEOPLE == made(store).people
    later = made(store, since=date(2026, 9, 1)).months
    assert later == months[9:], "what came before is in its first size"


def test_only_what_was_started_in_those_days_counts_both_included(store: Store) -> None:
    first, last = date(2026, 5, 12), date(2026, 9, 12)
    assert [one.title for one in made(store, first, last).sent] == ["Summer", "Autumn"]
    day = timedelta(days=1)
    assert [one.title for one in made(store, first + day, last - day).sent] == []
    assert "Nothing was sent in this time." in page(made(store, first + day, last - day))


def test_one_issue_is_reported_whenever_it_was_sent(store: Store) -> None:
    found = made(store, END.date(), END.date(), issue="issues/2026-02-spring")
    assert [one.title for one in found.sent] == ["Spring"]
    assert found.months == ()
    assert "Report on Spring" in page(found)


def test_where_nobody_is_reached_is_named(store: Store) -> None:
    assert made(store).gaps == ("Fire and rescue",)


def test_the_plots_say_what_the_table_says(store: Store) -> None:
    found = made(store)
    tree = html.fromstring(page(found))
    shapes = tree.cssselect("figure")[0].cssselect(".bars svg rect")
    most = max(one.reached + one.failed for one in found.sent)
    drawn = [round(float(shape.get("width") or 0) * most / 100) for shape in shapes]
    assert drawn == [number for one in found.sent for number in (one.reached, one.failed)]
    line = tree.cssselect("polyline")[0].get("points") or ""
    heights = [float(pair.partition(",")[2]) for pair in line.split()]
    assert [round(250 * (100 - height) / 100) for height in heights] == [month.size for month in found.months]
    assert all(svg.get("aria-hidden") == "true" for svg in tree.cssselect("svg")), "the words stand beside each"


def test_a_handful_who_left_does_not_look_like_everybody(store: Store) -> None:
    tree = html.fromstring(page(made(store)))
    leaving = [float(shape.get("width") or 0) for shape in tree.cssselect("figure")[2].cssselect("rect.second")]
    assert leaving
    assert all(0 < width < 25 for width in leaving), "two of 220"


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(store: Store) -> None:
    text = page(made(store))
    assert "http:" not in text
    assert "https:" not in text
    assert "<script" not in text
    assert "url(" not in text


def test_a_title_is_text_whatever_stands_in_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        join(store, "x", 6, "=HYPERLINK(1)", END - timedelta(days=9))
        send(store, '2026-11-=cmd("<b>', END, refused=1, bounced=0, complained=0)
        found = made(store, until=END.date())
        rows = list(csv.reader(io.StringIO(report.as_csv(found))))
        text = page(found)
    assert rows[1][rows[0].index("title")].startswith("'=")
    assert "<b>" not in text.casefold()
    assert "=HYPERLINK(1)" in text


def test_a_publication_that_sent_nothing_has_a_report_too(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        found = made(store)
        text = page(found)
    assert (found.sent, found.people, found.totals["recipients"]) == ((), 0, 0)
    assert "Nothing was sent in this time." in text
    assert "\n".join(report.as_text(found)).startswith("0 sendings")


@pytest.mark.parametrize(("size", "top"), [(1, 1), (3, 3), (9, 10), (11, 15), (218, 250), (999, 1000), (8001, 10000)])
def test_a_scale_ends_at_a_number_that_people_read_easily(size: int, top: int) -> None:
    assert report_page._round_up(size) == top
