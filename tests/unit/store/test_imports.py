"""Lists coming in: what a dry run says, and that doing it does the same and never brings anybody back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, open_store, subscribe

from newsletter.models.lists import DuplicateRow, ImportPlan, ImportRow, InvalidRow
from newsletter.store.schema import import_changes, imports, subscriptions
from newsletter.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def plan(store: Store, *rows: ImportRow | InvalidRow, audience: str = "practitioners") -> ImportPlan:
    return store.subscribers.plan_import(rows, default_audiences=[audience], source="a list", basis="public task")


def row(number: int, **fields: object) -> ImportRow:
    return ImportRow(**({"line": number, "email": f"person{number}@example.org", **fields}))  # type: ignore[arg-type]


def test_planning_changes_nothing(store: Store) -> None:
    assert len(plan(store, row(1), row(2)).new) == 2
    assert store.subscribers.show().subscribers == 0


def test_each_row_falls_into_its_heap(store: Store) -> None:
    subscribe(store, 4)
    left = store.subscribers.find("person3@example.org")
    assert left
    store.subscribers.unsubscribe(left.id, "practitioners", source="link", at=NOW)
    store.subscribers.suppress("person4@example.org", "bounced", source="event", at=NOW)
    shown = plan(
        store,
        row(1, name="Person 1"), row(2, name="Another Name", agency="Police"), row(3), row(4), row(5),
        InvalidRow(6, "no address"), ImportRow(7, "PERSON5@example.org"),
    )  # fmt: skip
    assert shown.unchanged == 1
    assert [(c.row.line, dict(c.fields)) for c in shown.changed] == [
        (2, {"name": ("Person 2", "Another Name"), "agency": ("", "Police")})
    ]
    assert [(skip.row.line, skip.reason) for skip in shown.suppressed] == [(3, "unsubscribed"), (4, "bounced")]
    assert [new.line for new in shown.new] == [5]
    assert list(shown.invalid) == [InvalidRow(6, "no address")]
    assert list(shown.duplicates) == [DuplicateRow(7, 5)]


def test_doing_it_does_what_was_shown(store: Store) -> None:
    subscribe(store, 2)
    shown = plan(store, row(1, area="North"), row(2, name="Person 2"), row(3, shared=True, language="cy"))
    result = store.subscribers.apply_import(shown, NOW)
    assert (result.new, result.changed, result.unchanged, result.suppressed) == (1, 1, 1, 0)
    first, third = store.subscribers.find("person1@example.org"), store.subscribers.find("person3@example.org")
    assert first
    assert third
    assert (first.name, first.area) == ("Person 1", "North")
    assert (third.shared, third.language, third.audiences) == (True, "cy", ("practitioners",))


def test_empty_cells_erase_nothing(store: Store) -> None:
    subscribe(store, 1)
    assert plan(store, row(1, name="", agency="", shared=None)).unchanged == 1


def test_doing_it_twice_changes_nothing(store: Store) -> None:
    shown = plan(store, row(1), row(2))
    store.subscribers.apply_import(shown, NOW)
    again = store.subscribers.apply_import(shown, NOW)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_somebody_who_leaves_between_the_dry_run_and_doing_it_stays_away(store: Store) -> None:
    subscribe(store, 1)
    shown = plan(store, row(1), row(2), audience="schools")
    store.subscribers.unsubscribe_address("person1@example.org", None, source="phone", at=NOW)
    store.subscribers.erase("person2@example.org", source="request", at=NOW)
    result = store.subscribers.apply_import(shown, NOW)
    assert (result.new, result.changed, result.suppressed) == (0, 0, 2)
    assert store.subscribers.count("schools") == 0


def test_somebody_who_left_one_audience_can_still_be_added_to_another(store: Store) -> None:
    subscribe(store, 1)
    left = store.subscribers.find("person1@example.org")
    assert left
    store.subscribers.unsubscribe(left.id, "practitioners", source="link", at=NOW)
    shown = plan(store, row(1, audiences=("practitioners", "schools")))
    assert [change.audiences for change in shown.changed] == [("schools",)]
    assert [skip.audiences for skip in shown.suppressed] == [("practitioners",)]


def test_a_row_without_any_audience_is_not_usable(store: Store) -> None:
    shown = store.subscribers.plan_import([row(1)], default_audiences=(), source="x")
    assert [bad.line for bad in shown.invalid] == [1]


def test_nobody_is_removed_because_they_are_missing_from_the_file(store: Store) -> None:
    subscribe(store, 3)
    store.subscribers.apply_import(plan(store, row(1)), NOW)
    assert store.subscribers.count("practitioners") == 3


def test_an_import_keeps_what_it_needs_to_be_taken_back(store: Store) -> None:
    subscribe(store, 1)
    result = store.subscribers.apply_import(plan(store, row(1, name="New"), row(2), audience="schools"), NOW)
    with store._database.read() as connection:
        kept = connection.execute(select(import_changes).where(import_changes.c.import_id == result.import_id)).all()
        record = connection.execute(select(imports).where(imports.c.id == result.import_id)).one()
        basis = connection.scalars(select(subscriptions.c.basis).where(subscriptions.c.audience == "schools")).all()
    assert sorted((json.loads(k.before), json.loads(k.audiences)) for k in kept if k.before != "{}") == [
        ({"name": ["Person 1", "New"]}, ["schools"])
    ]
    assert (record.added, record.changed, record.source) == (1, 1, "a list")
    assert basis == ["public task", "public task"]


def test_a_long_list_goes_in_whole(store: Store) -> None:
    rows = [row(number) for number in range(1, 1501)]
    store.subscribers.apply_import(plan(store, *rows), NOW)
    assert store.subscribers.count("practitioners") == 1500
    assert plan(store, *rows).unchanged == 1500


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["import", "leave", "stop", "erase", "bounce"]),
        st.sets(st.integers(1, 5), min_size=1, max_size=3),
        st.sampled_from(["practitioners", "schools"]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_order_of_events_brings_back_somebody_who_left(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, set[int], str]]
) -> None:
    left: set[tuple[int, str]] = set()
    with open_store(tmp_path_factory.mktemp("list")) as store:
        for what, numbers, audience in steps:
            for number in sorted(numbers):
                email = f"person{number}@example.org"
                found = store.subscribers.find(email)
                if what == "import":
                    subscribe(store, [email], audience)
                elif what == "leave" and found and audience in found.audiences:
                    store.subscribers.unsubscribe(found.id, audience, source="link", at=NOW)
                    left.add((number, audience))
                elif what == "stop":
                    store.subscribers.unsubscribe_address(email, None, source="phone", at=NOW)
                    left |= {(number, "practitioners"), (number, "schools")}
                elif what == "erase":
                    store.subscribers.erase(email, source="request", at=NOW)
                    left |= {(number, "practitioners"), (number, "schools")}
        for number, audience in left:
            found = store.subscribers.find(f"person{number}@example.org")
            assert found is None or audience not in found.audiences
