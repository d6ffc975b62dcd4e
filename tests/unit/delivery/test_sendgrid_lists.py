"""SendGrid's lists of addresses that it does not send to: read to the end, and taken over once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.delivery.sending_kit import NOW, open_store, subscribe

from newsletter.delivery.transport import parse_dsn
from newsletter.delivery.transports.sendgrid import lists
from newsletter.errors import TransportUnavailable, UsageError
from newsletter.models.events import EventKind
from newsletter.pipeline.syncing import sync
from newsletter.store.store import Store
from newsletter.testing import FakeSendGrid

CREATED = int((NOW - timedelta(days=3)).timestamp())
GROUP = 42


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid() as server:
        server.groups[GROUP] = []
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        subscribe(opened, 6, "practitioners", "schools")
        yield opened


def person(number: int, **values: Any) -> dict[str, Any]:
    return {"email": f"person{number}@example.org", "created": CREATED, "reason": "550 unknown", **values}


def taken_over(fake: FakeSendGrid, store: Store, group: int | None = GROUP) -> tuple[dict[str, int], dict[str, int]]:
    synced = sync(parse_dsn(fake.dsn, Path()), group, store.events, NOW)
    return {kind.value: n for kind, n in synced.listed.items()}, {kind.value: n for kind, n in synced.new.items() if n}


def suppressed(store: Store) -> list[str]:
    found = (store.subscribers.about(f"person{number}@example.org")["subscriber"] for number in range(1, 7))
    return [each["suppressed"] for each in found]


def fill(fake: FakeSendGrid) -> None:
    for number, name in enumerate(("bounces", "invalid_emails", "spam_reports", "unsubscribes", "blocks"), 1):
        fake.lists[name] = [person(number)]
    fake.groups[GROUP] = ["PERSON6@example.org"]


def test_each_list_means_what_it_says(fake: FakeSendGrid, store: Store) -> None:
    fill(fake)
    listed, new = taken_over(fake, store)
    assert suppressed(store) == ["bounced", "bounced", "complained", "unsubscribed", "", "unsubscribed"]
    assert listed == {"bounced": 2, "complained": 1, "unsubscribed": 2, "blocked": 1}
    assert new == {"bounced": 2, "complained": 1, "unsubscribed": 2}
    found = store.subscribers.about("person4@example.org")
    assert [bar["reason"] for bar in found["suppressions"]] == ["unsubscribed"] * 3  # everything, and each audience
    assert {bar["at"].timestamp() for bar in found["suppressions"]} == {CREATED}
    assert found["consent_log"][-1]["source"] == lists.SOURCE


def test_the_same_lists_again_are_no_news(fake: FakeSendGrid, store: Store) -> None:
    fill(fake)
    taken_over(fake, store)
    before = [store.subscribers.about(f"person{number}@example.org") for number in range(1, 7)]
    _, new = taken_over(fake, store)
    assert new == {}
    assert [store.subscribers.about(f"person{number}@example.org") for number in range(1, 7)] == before


def test_a_harder_reason_replaces_a_wish(fake: FakeSendGrid, store: Store) -> None:
    fake.groups[GROUP] = ["person1@example.org"]
    taken_over(fake, store)
    fake.lists["spam_reports"] = [person(1)]
    assert taken_over(fake, store)[1] == {"complained": 1}
    assert suppressed(store)[0] == "complained"


def test_nobody_is_brought_back_when_a_list_is_emptied(fake: FakeSendGrid, store: Store) -> None:
    fill(fake)
    taken_over(fake, store)
    before = suppressed(store)
    fake.lists = {name: [] for name in fake.lists}
    fake.groups[GROUP] = []
    taken_over(fake, store)
    assert suppressed(store) == before


@pytest.mark.parametrize("length", [0, 1, 499, 500, 501, 1000, 1234])
def test_a_long_list_is_read_to_its_end(fake: FakeSendGrid, length: int) -> None:
    fake.lists["unsubscribes"] = [person(number) for number in range(length)]

    def get(path: str, query: Mapping[str, int]) -> bytes:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return json.dumps(fake.listed(f"/v3/{path}?{asked}")).encode()

    found = [event.addresses[0] for event in lists.read(get, None, NOW)]
    assert found == [f"person{number}@example.org" for number in range(length)]


def test_the_pages_are_asked_for_over_http(fake: FakeSendGrid, store: Store) -> None:
    fake.lists["bounces"] = [person(number) for number in range(1, 502)]
    listed, _ = taken_over(fake, store)
    assert listed == {"bounced": 501}
    asked = Counter(path.partition("?")[0] for path in fake.asked)
    assert asked["/v3/suppression/bounces"] == 2
    assert asked[f"/v3/asm/groups/{GROUP}/suppressions"] == 1
    assert len(asked) == 6


def test_a_service_that_gives_the_same_page_for_ever_is_not_asked_for_ever() -> None:
    page = json.dumps([person(number) for number in range(500)]).encode()
    with pytest.raises(TransportUnavailable, match="cannot be read"):
        list(lists.read(lambda path, query: page, None, NOW))


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"<html>", b"[" * 100_000])
def test_an_answer_that_is_no_list_is_unavailable(body: bytes) -> None:
    with pytest.raises(TransportUnavailable, match="cannot be read"):
        list(lists.read(lambda path, query: body, None, NOW))


def test_strange_entries_cost_the_others_nothing() -> None:
    strange = [7, None, {}, *({"email": email} for email in (7, "a b@x.org", "\ud800@x.org", "x@y.org\n"))]
    entries = [*strange, person(1, created="soon"), person(2, created=True), person(3, created=10**20, reason="\ud800")]

    def get(path: str, query: Mapping[str, int]) -> bytes:
        return json.dumps(entries if path == "suppression/bounces" else []).encode()

    found = list(lists.read(get, None, NOW))
    assert [event.addresses for event in found] == [(f"person{number}@example.org",) for number in (1, 2, 3)]
    assert {(event.at, event.kind) for event in found} == {(NOW, EventKind.BOUNCED)}


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "not valid"), (403, "let it read Suppressions"), (404, "number of your"), (500, "later")]
)
def test_a_list_that_cannot_be_read_says_what_to_do(fake: FakeSendGrid, store: Store, status: int, hint: str) -> None:
    fake.list_status = status
    with pytest.raises(TransportUnavailable, match=str(status)) as caught:
        taken_over(fake, store)
    assert hint in caught.value.hint
    assert fake.key not in caught.value.message + caught.value.hint


def test_an_unknown_group_is_told(fake: FakeSendGrid, store: Store) -> None:
    with pytest.raises(TransportUnavailable, match="groups/7") as caught:
        taken_over(fake, store, group=7)
    assert "group = ..." in caught.value.hint


def test_a_service_that_is_not_there_is_unavailable(store: Store) -> None:
    with FakeSendGrid() as gone:
        dsn = parse_dsn(gone.dsn, Path())
    with pytest.raises(TransportUnavailable, match="cannot be reached"):
        sync(dsn, None, store.events, NOW)


def test_other_transports_keep_no_lists(store: Store) -> None:
    with pytest.raises(UsageError, match="keeps no lists"):
        sync(parse_dsn("outbox:outbox", Path()), None, store.events, NOW)
