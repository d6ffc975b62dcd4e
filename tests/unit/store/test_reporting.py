"""Counts for the board's report come out the same on either database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.delivery.sending_kit import open_store
from tests.unit.pipeline.report_kit import AGENCIES, END, PEOPLE, START, a_year


def test_a_year_is_counted_whichever_database_holds_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        a_year(store)
        sent = store.reports.sent(START, END)
        agencies = {part.name: part.people for part in store.reports.by_agency(list(sent))}
        domains = {part.name for part in store.reports.by_domain(list(sent))}
        months = store.reports.months(date(2026, 1, 1), END.date())
        assert store.reports.people() == PEOPLE
    assert [(one.title, one.bounced, one.refused, one.complained, one.unsubscribed) for one in sent.values()] == [
        ("Spring", 2, 2, 1, 2), ("Summer", 5, 2, 1, 2), ("Autumn", 9, 2, 1, 2), ("Winter", 11, 2, 1, 2),
    ]  # fmt: skip
    assert agencies == {name: number + 9 * (name == "Health") for name, number in AGENCIES}
    assert "northshirepo.example.org" in domains
    assert months[-1].size == PEOPLE
