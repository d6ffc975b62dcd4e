"""newsletter db: what the database is at, and PostgreSQL brought up to date before anything else works on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from tests.conftest import Ran
from tests.postgresql_kit import Server

Command = Callable[..., Ran]


@pytest.fixture
def elsewhere(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = postgresql.new(empty=True)
    monkeypatch.setenv("NEWSLETTER_DATABASE", postgresql.url(name))
    yield name
    postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_file_is_brought_up_to_date_by_the_first_command_that_needs_it(newsletter: Command) -> None:
    before = newsletter("db")
    assert before.code == 0
    assert "has no tables yet" in before.out
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    assert "is up to date" in newsletter("db").out
    assert "up to date already" in newsletter("db", "upgrade").out


def test_postgresql_waits_for_a_person_and_then_does_everything_that_a_file_does(
    newsletter: Command, elsewhere: str
) -> None:
    refused = newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    assert refused.code == 2
    assert "has no tables yet" in refused.err
    assert "newsletter db upgrade" in refused.err
    before = newsletter("db", "--json")
    assert (before.code, json.loads(before.out)["ready"]) == (1, False)
    upgraded = newsletter("db", "upgrade")
    assert (upgraded.code, upgraded.err) == (0, "")
    assert f"The database {elsewhere} on " in upgraded.out
    assert newsletter("db").code == 0
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    assert newsletter("subscribers", "health").code == 0
    assert newsletter("subscribers", "export", "out.csv").code == 0
    assert newsletter("subscribers", "undo", "--apply").code == 0
    assert newsletter("status").code == 0


def test_a_list_in_a_file_is_taken_over_whole(
    newsletter: Command, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    before = newsletter("subscribers", "show").out
    name = postgresql.new()
    monkeypatch.setenv("NEWSLETTER_DATABASE", postgresql.url(name))
    copied = newsletter("db", "copy", "--from", "subscribers/newsletter.db")
    assert (copied.code, copied.err) == (0, "")
    assert newsletter("subscribers", "show").out == before
    again = newsletter("db", "copy", "--from", "subscribers/newsletter.db")
    assert again.code == 1
    assert "is not empty" in again.err
    postgresql.give_back(name)


def test_a_server_that_is_down_is_said_without_the_password(
    newsletter: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_DATABASE", "postgresql://jo:very-secret@127.0.0.1:1/newsletter")
    for words in (["db"], ["db", "upgrade"], ["subscribers", "show"], ["status"]):
        ran = newsletter(*words)
        assert ran.code == 2
        assert "does not answer" in ran.err
        assert "very-secret" not in ran.out + ran.err
