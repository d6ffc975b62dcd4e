"""An import that says who left, and one that is taken back: nothing but what it did, and never against a wish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, open_store, subscribe

from newsletter.models.lists import Evidence, ImportPlan, ImportRow, InvalidRow, Undone
from newsletter.store.schema import consent_events, import_changes, subscribers, subscriptions, suppressions
from newsletter.store.staging import Staging
from newsletter.store.store import Store

LATER = NOW + timedelta(hours=1)
TABLES = (subscribers, subscriptions, suppressions)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def email(number: int) -> str:
    return f"person{number}@example.org"


def plan(store: Store, *rows: ImportRow | InvalidRow, audience: str = "practitioners") -> ImportPlan:
    audiences = [audience] if audience else []
    return store.subscribers.plan_import(rows, default_audiences=audiences, source="a list", basis="public task")


def bring(store: Store, *rows: ImportRow, audience: str = "practitioners", at: datetime = NOW) -> ImportPlan:
    shown = plan(store, *rows, audience=audience)
    store.subscribers.apply_import(shown, at)
    return shown


def undo(store: Store, at: datetime = LATER) -> Undone:
    done = store.subscribers.undo_import(at, really=True)
    assert done is not None
    return done


def snapshot(store: Store) -> list[list[tuple[object, ...]]]:
    with store._database.read() as connection:
        return [sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in TABLES]


def audiences(store: Store, number: int) -> tuple[str, ...]:
    found = store.subscribers.find(email(number))
    return found.audiences if found else ()


def test_somebody_who_left_elsewhere_is_ended_and_barred(store: Store) -> None:
    subscribe(store, 1, "practitioners", "schools")
    shown = bring(store, ImportRow(2, email(1), left="unsubscribed"), ImportRow(3, email(2), left="unsubscribed"))
    assert [(gone.scopes, gone.ending) for gone in shown.leaving] == [
        (("practitioners",), ("practitioners",)), (("practitioners",), ())
    ]  # fmt: skip
    assert audiences(store, 1) == ("schools",)
    subscribe(store, 2, "practitioners")
    assert store.subscribers.count("practitioners") == 0


def test_without_an_audience_they_have_left_everything(store: Store) -> None:
    subscribe(store, 1, "practitioners", "schools")
    bring(store, ImportRow(2, email(1), left="unsubscribed"), audience="")
    assert audiences(store, 1) == ()
    subscribe(store, 1, "another")
    assert audiences(store, 1) == ()


@pytest.mark.parametrize("left", ["bounced", "complained"])
def test_an_address_that_failed_elsewhere_fails_for_every_audience(store: Store, left: str) -> None:
    subscribe(store, 1, "schools")
    bring(store, ImportRow(2, email(1), left=left))
    assert store.subscribers.show().audiences[0].suppressed == 1
    assert [skip.reason for skip in plan(store, ImportRow(2, email(1))).suppressed] == [left]


def test_who_is_barred_already_is_left_as_they_are(store: Store) -> None:
    store.subscribers.unsubscribe_address(email(1), None, source="phone", at=NOW)
    before = snapshot(store)
    assert plan(store, ImportRow(2, email(1), left="bounced")).unchanged == 1
    bring(store, ImportRow(2, email(1), left="bounced"))
    assert snapshot(store) == before


@pytest.mark.parametrize("turn", [1, -1])
def test_a_file_that_says_both_does_not_bring_them_back(store: Store, turn: int) -> None:
    rows = [ImportRow(2, email(1)), ImportRow(3, email(1), left="unsubscribed")][::turn]
    assert len(plan(store, *rows).suppressed) == 1
    bring(store, *rows)
    assert audiences(store, 1) == ()


def test_lines_of_one_address_are_put_together(store: Store) -> None:
    rows = (
        ImportRow(2, email(1), audiences=("practitioners",), evidence=(Evidence("consent"),)),
        ImportRow(3, email(1).upper(), audiences=("schools",)),
    )
    shown = bring(store, *rows, audience="")
    assert (len(shown.new), len(shown.duplicates)) == (1, 1)
    assert audiences(store, 1) == ("practitioners", "schools")
    ((_, evidence),) = store.subscribers.each_with_evidence()
    assert {name: one.basis for name, one in evidence.items()} == {"practitioners": "consent", "schools": "public task"}


def test_a_line_that_names_no_audience_keeps_the_default_one_beside_another(store: Store) -> None:
    bring(store, ImportRow(2, email(1)), ImportRow(3, email(1), audiences=("schools",)))
    assert audiences(store, 1) == ("practitioners", "schools")


def test_a_later_confirmation_is_kept_and_an_earlier_one_is_not(store: Store) -> None:
    subscribe(store, 1)
    assert len(bring(store, ImportRow(2, email(1), evidence=(Evidence(confirmed_at=NOW),))).changed) == 1
    assert plan(store, ImportRow(2, email(1), evidence=(Evidence(confirmed_at=NOW),))).unchanged == 1
    earlier = Evidence(confirmed_at=NOW - timedelta(days=1))
    assert plan(store, ImportRow(2, email(1), evidence=(earlier,))).unchanged == 1


def test_addresses_of_teams_are_kept_and_told(store: Store) -> None:
    rows = [ImportRow(number, who) for number, who in enumerate(
        ("office@a.org", "safeguarding.team@a.org", "officer.dibble@a.org", "jo@a.org"), 2)]  # fmt: skip
    shown = plan(store, *rows, ImportRow(9, "info@a.org", shared=True))
    assert (len(shown.new), [row.line for row in shown.roles]) == (5, [2, 3])


def test_a_missing_basis_is_counted_for_each_subscription(store: Store) -> None:
    rows = (ImportRow(2, email(1)), ImportRow(3, email(2), evidence=(Evidence("consent"),)))
    shown = store.subscribers.plan_import(rows, default_audiences=["schools", "practitioners"], source="x")
    assert shown.without_basis == 2


def test_a_list_on_disk_can_be_read_as_one_in_memory() -> None:
    staging = Staging()
    heap = staging.heap("numbers", int)
    for number in range(1200):
        heap.add(number)
    assert (len(heap), list(heap), heap[-1], list(heap[10:12])) == (1200, list(range(1200)), 1199, [10, 11])
    with pytest.raises(IndexError):
        heap[1200]


def test_without_an_import_there_is_nothing_to_take_back(store: Store) -> None:
    assert store.subscribers.undo_import(NOW, really=True) is None


def test_a_dry_run_of_taking_back_says_what_would_happen_and_changes_nothing(store: Store) -> None:
    subscribe(store, 2)
    before = snapshot(store)
    told = store.subscribers.undo_import(LATER, really=False)
    assert snapshot(store) == before
    assert undo(store) == told
    assert store.subscribers.show().subscribers == 0


def test_imports_are_taken_back_one_after_the_other(store: Store) -> None:
    subscribe(store, 1)
    bring(store, ImportRow(2, email(1), name="New name"), ImportRow(3, email(2)), audience="schools")
    assert (undo(store).restored, audiences(store, 1)) == (1, ("practitioners",))
    found = store.subscribers.find(email(1))
    assert found is not None
    assert found.name == "Person 1"
    assert undo(store).removed == 1
    assert store.subscribers.undo_import(LATER, really=True) is None


def test_who_left_since_is_left_alone_and_named(store: Store) -> None:
    subscribe(store, 2)
    found = store.subscribers.find(email(1))
    assert found is not None
    store.subscribers.unsubscribe(found.id, "practitioners", source="link", at=LATER)
    done = undo(store)
    assert (done.removed, [left.email for left in done.left_alone]) == (1, [email(1)])
    assert [skip.reason for skip in plan(store, ImportRow(2, email(1))).suppressed] == ["unsubscribed"]


def test_who_chose_another_audience_since_stays_with_it(store: Store) -> None:
    subscribe(store, 1)
    found = store.subscribers.find(email(1))
    assert found is not None
    store.subscribers.set_audiences(found.id, {"schools": True}, source="preferences", at=LATER)
    assert len(undo(store).left_alone) == 1
    assert audiences(store, 1) == ("schools",)


def test_who_left_and_came_back_by_themselves_stays(store: Store) -> None:
    subscribe(store, 1)
    found = store.subscribers.find(email(1))
    assert found is not None
    store.subscribers.unsubscribe(found.id, "practitioners", source="link", at=LATER)
    store.subscribers.resubscribe(found.id, "practitioners", source="undo", at=LATER)
    assert len(undo(store, LATER + timedelta(hours=1)).left_alone) == 1
    assert audiences(store, 1) == ("practitioners",)


@pytest.mark.parametrize("audience", ["practitioners", ""])
def test_a_wish_said_again_since_outlives_the_import_that_said_it_first(store: Store, audience: str) -> None:
    subscribe(store, 1)
    found = store.subscribers.find(email(1))
    assert found is not None
    bring(store, ImportRow(2, email(1), left="unsubscribed"), audience=audience, at=NOW + timedelta(minutes=1))
    store.subscribers.unsubscribe(found.id, "practitioners", source="link", at=LATER)
    undo(store, LATER + timedelta(hours=1))
    assert audiences(store, 1) == ()
    assert [skip.reason for skip in plan(store, ImportRow(2, email(1))).suppressed] == ["unsubscribed"]


def test_an_erasure_outlives_taking_the_import_back(store: Store) -> None:
    subscribe(store, 1)
    bring(store, ImportRow(2, email(1), left="bounced"), at=NOW + timedelta(minutes=1))
    store.subscribers.erase(email(1), source="request", at=LATER)
    undo(store, LATER + timedelta(hours=1))
    assert len(plan(store, ImportRow(2, email(1))).suppressed) == 1


def test_what_was_taken_back_leaves_nothing_of_the_people_behind(store: Store) -> None:
    subscribe(store, 3)
    undo(store)
    with store._database.read() as connection:
        for table in (*TABLES, consent_events, import_changes):
            assert connection.execute(select(table)).all() == []


ROWS = st.lists(
    st.builds(
        lambda number, audience, name, left, confirmed: ImportRow(
            0,
            email(number),
            name=name,
            audiences=audience,
            left=left,
            evidence=(Evidence(confirmed_at=NOW - timedelta(days=confirmed)),) if confirmed else (),
        ),
        st.integers(1, 5),
        st.sampled_from([(), ("practitioners",), ("schools",), ("practitioners", "schools")]),
        st.sampled_from(["", "Zoë", "Ψυχή", "李"]),
        st.sampled_from(["", "", "unsubscribed", "bounced"]),
        st.integers(0, 3),
    ),
    max_size=8,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["import", "leave", "stop", "bounce", "choose"]), st.integers(1, 5), ROWS), max_size=6
)


def act(store: Store, what: str, number: int, rows: Sequence[ImportRow], at: datetime) -> None:
    found = store.subscribers.find(email(number))
    if what == "import":
        bring(store, *rows, at=at)
    elif what == "stop":
        store.subscribers.unsubscribe_address(email(number), None, source="phone", at=at)
    elif what == "bounce":
        store.subscribers.suppress(email(number), "bounced", source="event", at=at)
    elif found and what == "leave":
        store.subscribers.unsubscribe(found.id, "practitioners", source="link", at=at)
    elif found:
        store.subscribers.set_audiences(found.id, {"schools": True}, source="preferences", at=at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, ROWS)
def test_an_import_that_is_taken_back_leaves_the_list_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, list[ImportRow]]], rows: list[ImportRow]
) -> None:
    with open_store(tmp_path_factory.mktemp("list")) as store:
        for minute, (what, number, earlier) in enumerate(steps):
            act(store, what, number, earlier, NOW + timedelta(minutes=minute))
        before = snapshot(store)
        bring(store, *rows, at=LATER)
        done = undo(store, LATER + timedelta(hours=1))
        assert snapshot(store) == before
        assert list(done.left_alone) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.sets(st.integers(0, 6)))
def test_whatever_is_imported_and_taken_back_nobody_gets_what_they_left(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, list[ImportRow]]], undone: set[int]
) -> None:
    left: set[tuple[int, str]] = set()
    with open_store(tmp_path_factory.mktemp("list")) as store:
        for minute, (what, number, rows) in enumerate(steps):
            at = NOW + timedelta(minutes=2 * minute)
            if what == "leave" and store.subscribers.find(email(number)):
                had = "practitioners" in audiences(store, number)
                left |= {(number, "practitioners")} if had else set()
            elif what == "stop":
                left |= {(number, "practitioners"), (number, "schools")}
            elif what == "choose":
                left.discard((number, "schools"))
            act(store, what, number, rows, at)
            if minute in undone:
                store.subscribers.undo_import(at + timedelta(minutes=1), really=True)
        for number, audience in left:
            assert audience not in audiences(store, number)
            assert plan(store, ImportRow(1, email(number)), audience=audience).suppressed
