"""Every rule finds what it is for, at the right place, and leaves its near misses alone.

A file of cases/ holds the cases of one rule; a mark at the end of a line says that something must be found there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter import checks
from newsletter.checks import Subject
from newsletter.checks.places import WORD, lines_of
from newsletter.checks.registry import Rule, rules
from newsletter.models.finding import Finding, Level

CASES = Path(__file__).parent / "cases"


WORDS_OF_SOMETHING_ELSE = {"NL003", "NL004", "NL005", "NL007", "NL109"}  # they tell of what a field stands for


def assert_columns_point_at_the_words(subject: Subject, found: Sequence[Finding]) -> None:
    """Where a finding names a column, the words there are among the words at fault."""
    for one in found:
        if one.column:
            text = {**subject.sources, **subject.templates}[one.file]
            there = lines_of(text)[one.line - 1][one.column - 1 :]
            assert any(word in f"{one.words} {one.message}" for word in WORD.findall(there)[:2]), (there, one)


def load() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case) for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("code", "case"), load(), ids=lambda value: value if isinstance(value, str) else value["name"])
def test_a_rule_finds_what_it_is_for_and_nothing_else(
    code: str,
    case: dict[str, Any],
    subject_of: Callable[[dict[str, Any]], Subject],
    expected_of: Callable[[dict[str, Any]], list[tuple[str, int]]],
) -> None:
    subject = subject_of(case)
    found = checks.run(subject, codes={code})
    expected = expected_of(case)
    assert {(one.file, one.line) for one in found} == set(expected), found
    assert bool(case.get("clean")) is not bool(expected), "a case is either clean or has a mark"
    assert len(found) >= len(expected)
    for one in found:
        assert one.code == code
        assert one.message
        assert one.fix
    if code not in WORDS_OF_SOMETHING_ELSE:
        assert_columns_point_at_the_words(subject, found)
    if "column" in case:
        assert case["column"] in {one.column for one in found}
    if "words" in case:
        assert any(case["words"] in one.words for one in found)
    if "level" in case:
        assert {one.level for one in found} == {Level(case["level"])}
    if "fix" in case:
        assert any(case["fix"] in one.fix for one in found)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.CODE)
def test_every_rule_has_a_case_that_it_finds_and_a_near_miss(rule: Rule) -> None:
    mine = [case for code, case in load() if code == rule.CODE]
    assert any(not case.get("clean") for case in mine), f"cases/{rule.CODE}.yaml has nothing to find"
    assert any(case.get("clean") for case in mine), f"cases/{rule.CODE}.yaml has no near miss (clean: true)"


def test_every_file_of_cases_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == {rule.CODE for rule in rules()}
