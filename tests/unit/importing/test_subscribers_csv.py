"""Lists as spreadsheets write them: read whatever the encoding, and refused by line and reason, never by traceback."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import UsageError
from newsletter.importing.subscribers_csv import Reading, read_csv, write_csv
from newsletter.models.delivery import Subscriber
from newsletter.models.lists import Evidence, ImportRow, InvalidRow

KNOWN = ("practitioners", "schools")


def read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> list[ImportRow | InvalidRow]:
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return list(read_csv(path, Reading(KNOWN)))


def only(folder: Path, content: str) -> ImportRow:
    (row,) = read(folder, content)
    assert isinstance(row, ImportRow), row
    return row


def reason(folder: Path, content: str) -> str:
    (row,) = read(folder, content)
    assert isinstance(row, InvalidRow), row
    return row.reason


def test_every_column_is_read(tmp_path: Path) -> None:
    row = only(
        tmp_path,
        "email,name,agency,area,audiences,shared,language\n"
        "jo@example.org,Jo Smith,Police,North,practitioners; schools,yes,cy\n",
    )
    assert row == ImportRow(
        2, "jo@example.org", "Jo Smith", "Police", "North", ("practitioners", "schools"), True, "cy"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_spreadsheets_file_is_read(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    lines = [separator.join(cells) for cells in (("Email", "Name"), ("jo@example.org", "Zoë Müller"), ("", ""))]
    rows = read(tmp_path, end.join(lines) + end, encoding)
    assert rows == [ImportRow(2, "jo@example.org", "Zoë Müller")]


def test_excels_own_word_on_the_separator_is_heeded(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=;\r\nemail;name\r\njo@example.org;Smith, Jo\r\n") == [
        ImportRow(3, "jo@example.org", "Smith, Jo")
    ]


@pytest.mark.parametrize("title", ["email", "E-Mail", "EMAIL ADDRESS", " e_mail ", "E-mail address:", "\ufeffEmail"])
def test_the_column_of_addresses_goes_by_many_names(tmp_path: Path, title: str) -> None:
    assert only(tmp_path, f"x,{title}\n1,jo@example.org\n").email == "jo@example.org"


def test_a_first_and_a_last_name_make_a_name(tmp_path: Path) -> None:
    assert only(tmp_path, "Email,First name,Surname\njo@example.org,Jo,Smith\n").name == "Jo Smith"
    assert only(tmp_path, "Email,First name,Surname\njo@example.org,,Smith\n").name == "Smith"


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("mailto:jo@example.org", "jo@example.org", ""),
        ("Jo Smith <jo@example.org>", "jo@example.org", "Jo Smith"),
        ("<jo@example.org>", "jo@example.org", ""),
        ("Zoë <zoe@exämple.org>", "zoe@exämple.org", "Zoë"),
        ("safeguarding@example.org", "safeguarding@example.org", ""),
        ("jö@example.org", "jö@example.org", ""),
        ("Jo.Smith+news@Example.ORG", "Jo.Smith+news@Example.ORG", ""),
    ],
)
def test_addresses_as_people_write_them(tmp_path: Path, cell: str, email: str, name: str) -> None:
    row = only(tmp_path, f"email\n{cell}\n")
    assert (row.email, row.name) == (email, name)


@pytest.mark.parametrize(
    "cell", ["jo", "jo@", "@example.org", "jo@example", "jo smith@example.org", "a@b@example.org", "jo@ex_ample..org"]
)
def test_what_is_no_address_is_told_with_its_line(tmp_path: Path, cell: str) -> None:
    assert "is not an email address" in reason(tmp_path, f"email,name\n{cell},Jo\n")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",Jo,,,", "no email address"),
        ('jo@example.org,"Jo\r\nBcc: all@example.org",,,', "line break"),
        ("jo@example.org,Jo\x00,,,", "line break or another invisible sign"),
        ("jo@example.org,\u202eoJ,,,", "invisible sign"),
        (f"jo@example.org,{'x' * 300},,,", "longer than 200"),
        ("jo@example.org,Jo,nobody,,", "audience 'nobody' is not in newsletter.toml. Known: practitioners, schools"),
        ("jo@example.org,Jo,,maybe,", "neither yes nor no"),
        ("jo@example.org,Jo,,,Welsh language", "not a language"),
        ("jo@example.org,Smith, Jo,schools,no,en", "more cells than there are columns"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(tmp_path: Path, row: str, told: str) -> None:
    rows = read(tmp_path, f"email,name,audiences,shared,language\n{row}\nok@example.org,,,,\n")
    assert told in next(bad.reason for bad in rows if isinstance(bad, InvalidRow))
    assert [good.email for good in rows if isinstance(good, ImportRow)] == ["ok@example.org"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    content = 'email,name\na@example.org,A\n\n"b@example.org","B\nB"\nc@example.org,C\n,,\nd\n'
    assert [(row.line, type(row)) for row in read(tmp_path, content)] == [
        (2, ImportRow), (4, InvalidRow), (6, ImportRow), (8, InvalidRow),
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "name,agency\nJo,Police\n", "jo@example.org\nmo@example.org\n", "\n\n"])
def test_a_file_without_a_column_of_addresses_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="no column of the first line is called email"):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_csv(tmp_path / "none.csv", Reading(KNOWN)))
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_csv(tmp_path, Reading(KNOWN)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(tmp_path: Path, content: bytes) -> None:
    for start in (b"", b"email,name\n", b"email;audiences\r\n"):
        with contextlib.suppress(UsageError):
            read(tmp_path, start + content)


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, agency=st.sampled_from(["=1+1", "@SUM(A1)", "+44", "-2", "Police", "'=x", ""]))
def test_an_exported_list_is_read_back_as_it_was_and_runs_nothing(tmp_path: Path, name: str, agency: str) -> None:
    person = Subscriber(id=1, email="jo@example.org", name=name, agency=agency, audiences=("schools",), language="cy")
    write_csv(tmp_path / "out.csv", [(person, {"schools": Evidence()})])
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in text.replace('"', "").split(","))
    (row,) = read_csv(tmp_path / "out.csv", Reading(KNOWN))
    if isinstance(row, ImportRow):
        assert (row.email, row.audiences, row.language) == (person.email, person.audiences, person.language)
        assert (row.name, row.agency) == (name, agency)
