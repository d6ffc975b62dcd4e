"""Lists from elsewhere: known by their columns, and whoever left there does not come to us."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.errors import UsageError
from newsletter.importing import cells
from newsletter.importing.columns import deletion
from newsletter.importing.subscribers_csv import Reading, look, read_csv, write_csv, write_in_post
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import Evidence, ImportRow, InPost, InvalidRow

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
READING = Reading(("practitioners", "schools"), {"safeguarding news": "practitioners"}, latest=NOW)
MAILCHIMP = (
    "Email Address,First Name,Last Name,Organisation,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CC,REGION,{}LEID,EUID"
)


def read(
    folder: Path, content: str, name: str = "list.csv", reading: Reading = READING
) -> list[ImportRow | InvalidRow]:
    (folder / name).write_text(content, encoding="utf-8")
    return list(read_csv(folder / name, reading))


def only(folder: Path, content: str, name: str = "list.csv", reading: Reading = READING) -> ImportRow:
    (row,) = read(folder, content, name, reading)
    assert isinstance(row, ImportRow), row
    return row


def test_mailchimps_subscribers_come_with_the_evidence_of_their_confirmation(tmp_path: Path) -> None:
    line = "jo@example.org,Jo,Smith,Police,2,2021-03-04 12:00:00,2021-03-04 12:34:56,GB,Eng,11,abc"
    row = only(tmp_path, f"{MAILCHIMP.format('')}\n{line}\n", "subscribed_members_export.csv")
    assert (row.name, row.agency, row.area, row.left) == ("Jo Smith", "Police", "", "")
    assert row.evidence == (Evidence(confirmed_at=datetime(2021, 3, 4, 12, 34, 56, tzinfo=UTC)),)
    assert look(tmp_path / "subscribed_members_export.csv", {}).service == "Mailchimp"


@pytest.mark.parametrize(
    ("extra", "name", "left"),
    [
        ("UNSUB_TIME,UNSUB_REASON,", "x.csv", "unsubscribed"),
        ("CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,", "x.csv", "bounced"),
        ("A,B,", "unsubscribed_members_export_1.csv", "unsubscribed"),
        ("A,B,", "cleaned_members_export_1.csv", "bounced"),
    ],
)
def test_whoever_left_mailchimp_is_not_brought_in(tmp_path: Path, extra: str, name: str, left: str) -> None:
    line = "jo@example.org,Jo,Smith,Police,2,2021-03-04 12:00:00,,GB,Eng,,,11,abc"
    assert only(tmp_path, f"{MAILCHIMP.format(extra)}\n{line}\n", name).left == left


def test_govdeliverys_topics_are_audiences_by_name_or_by_what_the_user_says(tmp_path: Path) -> None:
    content = (
        "Destination,Origin,Topic\njo@example.org,Direct,Safeguarding News\nmo@example.org,Upload,schools\n"
        "7700900123,Direct,schools\nno@example.org,Direct,Bins\n"
    )
    rows = read(tmp_path, content)
    assert [row.audiences for row in rows if isinstance(row, ImportRow)] == [("practitioners",), ("schools",)]
    assert [row.line for row in rows if isinstance(row, InvalidRow)] == [4, 5]
    assert '--topic "Bins=AUDIENCE"' in rows[-1].reason  # type: ignore[union-attr]
    assert look(tmp_path / "list.csv", {}).service == "GovDelivery"


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("By Subscriber", "unsubscribed"),
        ("By Administrator", "unsubscribed"),
        ("Repeated Soft Delivery Failures", "bounced"),
        ("Blacklisted Address", "bounced"),
        ("Spam complaint", "complained"),
        ("", "unsubscribed"),
    ],
)
def test_whoever_was_deleted_at_govdelivery_is_not_brought_in(tmp_path: Path, reason: str, left: str) -> None:
    row = only(tmp_path, f"Date Deleted,Destination,Deletion Reason\n1/2/2026,jo@example.org,{reason}\n")
    assert row.left == left == deletion(reason)


@pytest.mark.parametrize(
    ("status", "left"), [("", ""), ("Subscribed", ""), ("opted-out", "unsubscribed"), ("LEFT", "unsubscribed"),
                         ("Cleaned", "bounced"), ("spam", "complained")],
)  # fmt: skip
def test_a_column_may_say_who_left(tmp_path: Path, status: str, left: str) -> None:
    assert only(tmp_path, f"email,status\njo@example.org,{status}\n").left == left


def test_a_status_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "email,status\njo@example.org,perhaps\n")
    assert isinstance(row, InvalidRow)


def test_the_user_can_say_which_column_is_which(tmp_path: Path) -> None:
    reading = Reading(columns={"email": "work  e-mail of person", "agency": "Who for"})
    row = only(tmp_path, "Email,Work e-mail of person,Who for\nold@x.org,jo@example.org,Police\n", reading=reading)
    assert (row.email, row.agency) == ("jo@example.org", "Police")


@pytest.mark.parametrize(
    ("columns", "told"), [({"email": "Post"}, "has no column 'Post'"), ({"e-mail": "Email"}, "no column 'e-mail'")]
)
def test_a_column_that_is_not_there_is_told(tmp_path: Path, columns: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(tmp_path, "Email\njo@example.org\n", reading=Reading(columns=columns))


def test_a_file_without_known_columns_shows_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, "Person,Their mailbox\nJo,jo@example.org\n")
    assert '--column email="Their mailbox"' in raised.value.hint


def test_columns_that_are_passed_over_are_known(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Email,Shoe size,\njo@example.org,7,\n", encoding="utf-8")
    assert look(tmp_path / "list.csv", {}).unused == ("Shoe size",)


@pytest.mark.parametrize(
    "written", ["2026-01-05", "05/01/2026", "5/1/2026 00:00", "5 January 2026", "2026-01-05T00:00:00+00:00"]
)
def test_a_date_is_read_as_people_and_excel_write_it(tmp_path: Path, written: str) -> None:
    row = only(tmp_path, f"email,confirmed\njo@example.org,{written}\n")
    assert row.evidence[0].confirmed_at == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["yes", "31/02/2026", "2027-01-01", "01/13/2026"])
def test_a_date_that_is_none_or_lies_ahead_is_told(tmp_path: Path, written: str) -> None:
    (row,) = read(tmp_path, f"email,confirmed\njo@example.org,{written}\n")
    assert isinstance(row, InvalidRow)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=";"), max_size=30).map(
    lambda text: " ".join(text.split())
)
EVIDENCE = st.builds(
    Evidence, basis=TEXT, source=TEXT, confirmed_at=st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1),
                                                                           timezones=st.just(UTC)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(evidence=st.tuples(EVIDENCE, EVIDENCE), name=TEXT)
def test_the_evidence_of_each_audience_survives_an_export(
    tmp_path_factory: pytest.TempPathFactory, evidence: tuple[Evidence, Evidence], name: str
) -> None:
    path = tmp_path_factory.mktemp("out") / "out.csv"
    audiences = ("practitioners", "schools")
    person = Subscriber(id=1, email="jo@example.org", name=name, audiences=audiences)
    write_csv(path, [(person, dict(zip(audiences, evidence, strict=True)))])
    (row,) = read_csv(path, READING)
    if isinstance(row, InvalidRow):
        assert any(char in cells._BIDI for char in f"{name}{evidence}")
    else:
        assert tuple(row.evidence_for(audience) for audience in audiences) == evidence
        assert row.name == name


def test_the_list_to_ask_after_can_be_filled_in_and_imported(tmp_path: Path) -> None:
    who = InPost("jo@example.org", "=Jo", "Police", "North", ("schools",), NOW)
    assert write_in_post(tmp_path / "ask.csv", [who]) == 1
    text = (tmp_path / "ask.csv").read_text(encoding="utf-8-sig")
    assert "'=Jo" in text
    filled = text.replace("2026-11-26,,", "2026-11-26,26/11/2026,")
    row = only(tmp_path, filled)
    assert (row.name, row.audiences, row.evidence[0].confirmed_at) == (
        "=Jo", ("schools",), datetime(2026, 11, 26, tzinfo=UTC)
    )  # fmt: skip
    assert only(tmp_path, text.replace("2026-11-26,,", "2026-11-26,,left")).left == "unsubscribed"


LOCALS = st.text("aZ0.!#$%&'*+/=?^_`{|}~-\"@ (),:é\x00", min_size=0, max_size=70)
DOMAINS = st.sampled_from(
    ["example.org", "EXAMPLE.org", "a..b", "x", "exämple.org", "[1.2.3.4]", "-a.org", "a.invalid", ""]
)


@settings(max_examples=300, deadline=None)
@given(LOCALS, DOMAINS)
def test_the_short_way_to_judge_an_address_says_what_the_long_one_says(local: str, domain: str) -> None:
    written = f"{local}@{domain}"
    try:
        validate_email(written, check_deliverability=False)
        valid = True
    except EmailNotValidError:
        valid = False
    if cells._is_plain(written):
        assert valid
