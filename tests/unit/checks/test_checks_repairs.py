"""Every repair mends what it is for, exactly, leaves its near misses alone, and has nothing left to do afterwards.

A file of repairs/ holds the cases of one module of the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter.checks import Subject, mending
from newsletter.checks.mending import repairers
from newsletter.checks.registry import rules
from newsletter.checks.repair import Repair

CASES = Path(__file__).parent / "repairs"
Make = Callable[[dict[str, Any]], Subject]
ITEM = "issues/sample/10-item.md"


def load() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case) for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))
    ]


def text(case: dict[str, Any], front: str, body: str) -> str:
    return f"---\ntitle: {case.get('title', 'An item')}\n{case.get(front, '')}---\n{case.get(body, 'Words.')}"


def mended(subject: Subject) -> str:
    repairs = [repair for repair in mending.propose(subject) if repair.file == ITEM]
    source = subject.sources[ITEM]
    return mending.splice(source, mending.spans(source, mending.compatible(repairs)))


@pytest.mark.parametrize(("name", "case"), load(), ids=lambda value: value if isinstance(value, str) else value["name"])
def test_a_repair_mends_exactly_what_it_is_for(name: str, case: dict[str, Any], subject_of: Make) -> None:
    before = text(case, "front", "body")
    after = text(
        case, "becomes_front" if "becomes_front" in case else "front", "becomes" if "becomes" in case else "body"
    )
    assert bool(case.get("clean")) is (before == after)
    assert mended(subject_of(case | {"files": {"10-item.md": before}})) == after
    assert mended(subject_of(case | {"files": {"10-item.md": after}})) == after, "there is something left to mend"


@pytest.mark.parametrize("name", sorted({name for name, _ in load()}))
def test_every_repair_has_a_case_that_it_mends_and_a_near_miss(name: str) -> None:
    mine = [case for code, case in load() if code == name]
    assert any(not case.get("clean") for case in mine)
    assert any(case.get("clean") for case in mine)


def test_a_repair_is_a_module_named_after_its_check_with_cases_and_words_for_the_manual() -> None:
    names = sorted(path.stem for path in (Path(mending.__file__).parent / "repairs").glob("nl*.py"))
    assert names == sorted(path.stem for path in CASES.glob("*.yaml"))
    assert len(names) == len(repairers())
    for repairer, name in zip(repairers(), names, strict=True):
        assert name.startswith(repairer.CODE.lower() + "_")
        assert repairer.MENDS.strip()
        assert repairer.CODE in {rule.CODE for rule in rules()}


def test_where_other_words_stand_nothing_is_changed(subject_of: Make) -> None:
    subject = subject_of({"body": "Ask the the team.\n"})
    moved = Subject(
        issue=subject.issue,
        publication=subject.publication,
        now=subject.now,
        sources={ITEM: subject.sources[ITEM].replace("Ask", "Do ask")},
    )
    assert {(one.line, one.column) for one in mending.propose(moved)} <= {(4, 8)}
    changed = Subject(
        issue=subject.issue, publication=subject.publication, now=subject.now, sources={ITEM: "---\n\n\nshort\n"}
    )
    assert mending.propose(changed) == ()
    assert mending.propose(Subject(issue=subject.issue, publication=subject.publication, now=subject.now)) == ()


def test_of_two_repairs_that_overlap_the_first_is_made() -> None:
    first, second = (Repair("a.md", 1, column, "bcd"[column - 2 :], "X", "NL113", "") for column in (2, 3))
    apart = Repair("a.md", 2, 1, "e", "Y", "NL113", "")
    kept = mending.compatible([second, apart, first])
    assert kept == [first, apart]
    assert mending.splice("abcd\r\ne", mending.spans("abcd\r\ne", kept)) == "aX\r\nY"
