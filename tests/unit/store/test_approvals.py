"""Approvals: bound to one edition, one for each person, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from tests.unit.delivery.sending_kit import NOW, open_store

from newsletter.store.approvals import Approvals
from newsletter.store.database import Database
from newsletter.store.migrate import MIGRATIONS


@pytest.fixture
def approvals(tmp_path: Path) -> Iterator[Approvals]:
    with open_store(tmp_path) as store:
        yield store.approvals


def add(approvals: Approvals, name: str = "Jo Smith", edition: str = "a" * 64) -> None:
    approvals.add(edition, "issues/x", name=name, role="Chair", at=NOW, accepted={"NL102": "the page is called that"})


def test_an_approval_says_who_when_and_what_was_let_stand(approvals: Approvals) -> None:
    add(approvals)
    (held,) = approvals.list_for("a" * 64)
    assert (held.name, held.role, held.at, held.accepted, held.holds) == (
        "Jo Smith", "Chair", NOW, {"NL102": "the page is called that"}, True,
    )  # fmt: skip


def test_an_approval_holds_for_its_own_edition_only(approvals: Approvals) -> None:
    add(approvals)
    assert approvals.list_for("b" * 64) == ()
    assert len(approvals.list_for_issue("issues/x")) == 1


@pytest.mark.parametrize("again", ["Jo Smith", "JO SMITH", " jo smith "])
def test_one_person_is_one_approval(approvals: Approvals, again: str) -> None:
    add(approvals)
    add(approvals, again)
    assert len(approvals.list_for("a" * 64)) == 1
    assert len(approvals.list_for_issue("issues/x")) == 2


def test_a_withdrawn_approval_no_longer_holds_and_is_not_forgotten(approvals: Approvals) -> None:
    add(approvals, "Élise")
    assert approvals.withdraw("a" * 64, "ÉLISE", at=NOW + timedelta(days=1))
    assert not approvals.withdraw("a" * 64, "Élise", at=NOW)
    assert approvals.list_for("a" * 64) == ()
    (kept,) = approvals.list_for_issue("issues/x")
    assert kept.withdrawn_at == NOW + timedelta(days=1)


def test_what_the_edition_was_made_from_is_kept_with_it(approvals: Approvals) -> None:
    approvals.add("a" * 64, "issues/x", name="Jo", role="Chair", at=NOW, sources={"issues/x/20-é.md": "b" * 64})
    (held,) = approvals.list_for("a" * 64)
    assert held.sources == {"issues/x/20-é.md": "b" * 64}


@pytest.mark.sqlite
def test_approvals_of_an_earlier_version_hold_and_know_no_files(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/newsletter.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO approvals (edition_hash, issue_path, name, role, at, accepted)"
            " VALUES (?, 'issues/x', 'Jo', 'Chair', '2026-11-20 10:00:00', '{}')",
            ("a" * 64,),
        )
    database.close()
    with open_store(tmp_path) as store:
        (held,) = store.approvals.list_for("a" * 64)
        assert (held.name, held.holds, held.sources) == ("Jo", True, {})
