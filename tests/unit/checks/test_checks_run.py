"""Running the rules: order, silence, sums, and nothing that breaks or tells a secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import checks
from newsletter.checks import Subject, manual
from newsletter.checks.mending import repairers
from newsletter.checks.registry import STOPPING, known_codes, rules
from newsletter.content.markdown import render
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Body, Issue, IssueFront, Item, Origin
from newsletter.models.items import Link, Review
from newsletter.models.publication import Publication, Series

Make = Callable[[dict[str, Any]], Subject]


def finding(code: str = "NL102", level: Level = Level.FIX, file: str = "a.md", line: int = 1) -> Finding:
    return Finding(code=code, level=level, file=file, line=line, message="It matters.")


def test_findings_are_sorted_by_file_line_and_code(subject_of: Make) -> None:
    body = "Read [more](https://www.example.org/a).\n\nSee [here](https://bit.ly/a) the the policy.\n"
    files = dict.fromkeys(("20-second.md", "10-first.md"), f"---\ntitle: An item\n---\n{body}")
    found = checks.run(subject_of({"files": files}))
    places = [(one.file, one.line, one.code) for one in found]
    assert places == sorted(places)
    assert len(places) >= 8


def test_only_the_codes_asked_for_are_run(subject_of: Make) -> None:
    subject = subject_of({"body": "Read [more](https://bit.ly/a).\n"})
    assert {one.code for one in checks.run(subject, codes={"NL105"})} == {"NL105"}


def test_an_item_silences_a_code_for_itself_alone(subject_of: Make) -> None:
    silent = (
        '---\ntitle: First\nignore: { NL102: "The page has no name" }\n---\nRead [more](https://www.example.org/a).\n'
    )
    loud = "---\ntitle: Second\n---\nRead [more](https://www.example.org/b).\n"
    found = checks.run(subject_of({"files": {"10-first.md": silent, "20-second.md": loud}}), codes={"NL102"})
    assert [one.file for one in found] == ["issues/sample/20-second.md"]


def test_the_issue_silences_a_code_for_all_of_itself(subject_of: Make) -> None:
    case = {"issue": "ignore: { NL102: We know }\n", "body": "Read [more](https://www.example.org/a).\n"}
    assert not checks.run(subject_of(case), codes={"NL102"})


def test_what_stops_a_sending_cannot_be_silenced(subject_of: Make) -> None:
    case = {
        "now": "1 November 2026",
        "issue": "embargo_until: 26 November 2026 10am\nignore: { NL001: We know }\n",
        "front": "ignore: { NL001: We know }\n",
    }
    found = checks.run(subject_of(case), codes={"NL000", "NL001"})
    assert [one.code for one in found].count("NL001") == 1
    assert [one.code for one in found].count("NL000") == 2


def test_the_summary_is_one_sentence_of_what_is_to_be_done() -> None:
    stop, fix, advice = (finding(level=level) for level in (Level.STOP, Level.FIX, Level.ADVICE))
    assert checks.summary([]) == "Nothing to fix. Ready to send."
    assert checks.summary([advice] * 4) == "Nothing to fix, 4 to look at. Ready to send."
    assert checks.summary([fix]) == "1 thing to fix. Not ready to send."
    assert checks.summary([fix, fix, *[advice] * 4]) == "2 things to fix, 4 to look at. Not ready to send."
    assert checks.summary([stop]) == "1 thing stops it. Not ready to send."
    assert checks.summary([stop, stop, fix, advice]) == "2 things stop it, 1 to fix, 1 to look at. Not ready to send."


def test_the_worst_of_each_code_are_kept_in_their_order() -> None:
    advice = [finding("NL108", Level.ADVICE, line=line) for line in range(1, 8)]
    fix = finding("NL108", Level.FIX, line=9)
    other = finding("NL102", line=10)
    assert checks.worst([*advice, fix, other]) == (*advice[:4], fix, other)
    assert checks.worst([*advice, fix], per_code=1) == (fix,)


def test_no_finding_repeats_a_term_of_the_never_publish_list(subject_of: Make) -> None:
    """Other rules quote the words at fault; the term must not slip out through them."""
    case = {
        "never_publish": ["Robin Example", "Zed"],
        "body": "Read about [Robin Example](https://bit.ly/robin-example) here here. ![](images/RobinExample.png)\n\n"
        "**Robín  example**\n\nPlease ring Robin_Example on 01632 9601 or write to robin.example@nsh.net\n",
        "pictures": {"images/RobinExample.png": [10, 10]},
    }
    subject = subject_of(case)
    found = checks.run(subject)
    assert {"NL007", "NL105", "NL107", "NL113", "NL201", "NL202"} <= {one.code for one in found}
    for one in found:
        text = f"{one.file} {one.words} {one.message} {one.fix}".casefold().replace("í", "i")
        assert "robin" not in text, one
    assert "Zed" not in repr(subject)


def test_a_rule_is_a_module_named_after_its_code_with_all_it_needs_to_say() -> None:
    folder = Path(checks.__file__).parent / "rules"
    names = sorted(path.stem for path in folder.glob("nl*.py"))
    assert len(names) == len(rules()) > 30
    for rule, name in zip(rules(), names, strict=True):
        assert name.startswith(rule.CODE.lower() + "_")
        for constant in ("TITLE", "THRESHOLD", "WHY", "SOURCE", "EXAMPLE", "FIX"):
            assert getattr(rule, constant).strip(), f"{name} has no {constant}"
        assert isinstance(rule.LEVEL, Level)
    assert {rule.CODE for rule in rules()} <= known_codes()


def test_codes_that_stop_a_sending_are_known_without_importing_a_rule() -> None:
    assert {rule.CODE for rule in rules() if rule.LEVEL is Level.STOP} == STOPPING


def test_the_page_of_the_manual_tells_of_every_repair() -> None:
    assert all(f"- **{repairer.CODE}**: {repairer.MENDS}\n" in manual.page() for repairer in repairers())


def test_the_page_of_the_manual_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "checks.md"
    command = "from pathlib import Path; from newsletter.checks import manual; manual.write(Path('docs/checks.md'))"
    assert page.read_text("utf-8") == manual.page(), f'Run: python -c "{command}"'


def test_the_page_of_the_manual_tells_of_every_rule() -> None:
    page = manual.page()
    for rule in rules():
        for told in (f"### {rule.CODE}\n", rule.TITLE, rule.WHY, rule.THRESHOLD, rule.SOURCE, rule.EXAMPLE):
            assert told in page


SIGNS = st.text(
    st.one_of(st.sampled_from("aAeE09 .,:;!?()[]{}“”'\"’*_#-–@/%<>|\n\t`~^=+&£…بćŵ"), st.characters(codec="utf-8")),
    max_size=120,
)
PARTS = """click here see: email visit the the MASH (hub) Thursday 27 November 2026 01632 96000 sam.jones@nsh.net
www.example.org https://bit.ly/x [here](x) ![](a.png) ** ## > - | TBC {{x}} “ ” born on 3 May 2014 next week mailto:
tel: + 0 you can"""
WORDS = st.lists(st.sampled_from(PARTS.split()), max_size=40).map(" ".join)


def an_issue(title: str, body: str) -> Issue:
    front = Review(
        kind="review",
        title=title,
        subject="pseudonym",
        published="2026",
        report_url=body.strip() or "x",
        links=(Link(title=title, url=body.strip() or "x"),),
    )
    item = Item(
        slug="item",
        front=front,
        body=Body(markdown=body, html=render(body, "item").html),
        origin=Origin(file="issues/a/10-item.md", body_line=5),
    )
    return Issue(
        series=Series(name="newsletter", folder="issues", title="Newsletter", reading_minutes=1),
        slug="a",
        folder=Path("/nowhere"),
        path="issues/a",
        front=IssueFront(title=title, date="26 November 2026"),
        body=Body(markdown=body, html=render(body, "opening").html),
        items=(item,),
        origin=Origin(file="issues/a/issue.md"),
        lang="en-GB",
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=SIGNS.map(lambda text: " ".join(text.split()).strip() or "Title"), body=st.one_of(SIGNS, WORDS))
def test_no_text_breaks_a_rule_and_every_line_is_one_of_the_file(
    title: str, body: str, publication: Publication
) -> None:
    subject = Subject(
        issue=an_issue(title, body),
        publication=publication,
        now=datetime(2026, 11, 26, tzinfo=UTC),
        never_publish=("Sam Jones", "?", ""),
    )
    last = 5 + body.count("\n")
    for one in checks.run(subject):
        assert 0 <= one.line <= last
        assert one.code in known_codes()


@pytest.mark.parametrize(
    "html", ["", " ", "<", "<html>", "<p>words", "\x00", "<?xml version='1.0' encoding='utf-8'?><p>a</p>"]
)
def test_no_rendition_breaks_a_rule(html: str, subject_of: Make) -> None:
    checks.run(subject_of({"email": html, "text": html, "web": html}))
