"""How `newsletter check` tells what it found: as text, as one JSON document, or as marks in a pull request."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.cli.common import count
from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsletter.checks.answers import LinkResult
    from newsletter.errors import Problem
    from newsletter.models.finding import Finding
    from newsletter.pipeline.editorial import Checked
    from newsletter.pipeline.linkcheck import ArchiveChecked

COLOURS = {"STOP": "red", "FIX": "yellow", "ADVICE": "cyan"}
_ANNOTATIONS = {"STOP": "error", "FIX": "error", "ADVICE": "notice"}


def answer(
    checked: Sequence[Checked],
    answers: Mapping[str, LinkResult] | None,
    mended: list[dict[str, object]] | None,
) -> None:
    """One JSON document."""
    document: dict[str, object] = {"issues": [_document(one) for one in checked]}
    if answers is not None:
        document["links"] = _links(answers)
    if mended is not None:
        document["fixes"] = mended
    answer_json(document)


def _document(checked: Checked) -> dict[str, object]:
    from newsletter.pipeline.measuring import measures

    edition = checked.edition
    return {
        "path": checked.issue.path,
        "title": checked.issue.front.title,
        "blocked": checked.blocked,
        "words": edition.words,
        "minutes": edition.minutes,
        "reading_age": edition.reading_age,
        "bytes": {name: len(rendition.data) for name, rendition in sorted(edition.renditions.items())},
        "items": [asdict(measure) for measure in measures(checked.issue)],
        "findings": [finding.model_dump(mode="json") for finding in checked.findings],
    }


def _links(answers: Mapping[str, LinkResult]) -> list[dict[str, object]]:
    return [result.model_dump(mode="json") for result in answers.values()]


def tell(checked: Sequence[Checked], answers: Mapping[str, LinkResult] | None, *, show_all: bool) -> None:
    """Plain text: each issue with its worst findings and one closing sentence."""
    if answers is not None:
        say(links_line(answers))
        say()
    for one in checked:
        _tell(one, show_all)


def _tell(checked: Checked, show_all: bool) -> None:
    from newsletter import checks

    say(f"{checked.issue.path}  {checked.issue.front.title}", bold=True)
    edition = checked.edition
    kilobytes = len(edition.renditions["email"].data) / 1000
    say(f"{_measure(edition.words, edition.minutes, edition.reading_age)}, email of {kilobytes:.0f} KB")
    if show_all:
        _tell_items(checked)
    tell_findings(checked.findings, show_all=show_all)
    say()
    say(checks.summary(checked.findings), bold=True, fg="red" if checked.blocked else "green")
    say()


def _tell_items(checked: Checked) -> None:
    from newsletter.pipeline.measuring import measures

    for one in measures(checked.issue):
        say(f"  {one.title}: {_measure(one.words, one.minutes, one.reading_age)}")


def _measure(words: int, minutes: float, age: float | None) -> str:
    read = f"{words:,} words, {minutes:g} {'minute' if minutes == 1 else 'minutes'} to read"
    return read if age is None else f"{read}, reading age {age:.0f}"


def tell_findings(findings: Sequence[Finding], *, show_all: bool) -> None:
    """The worst of each code, or all; what stops a sending first."""
    from newsletter import checks

    shown = findings if show_all else checks.worst(findings)
    groups = [list(group) for _, group in groupby(sorted(shown, key=_order), key=lambda finding: finding.code)]
    last = {group[0].code: number for number, group in enumerate(groups)}
    hidden = Counter(finding.code for finding in findings) - Counter(finding.code for finding in shown)
    for number, group in enumerate(groups):
        say()
        for finding in group:
            _tell_finding(finding)
        if (code := group[0].code) in hidden and last[code] == number:
            say(f"  and {hidden[code]} more of {code} (--all shows them)")


def _order(finding: Finding) -> tuple[int, str, str, int, int]:
    return (list(COLOURS).index(finding.level), finding.code, finding.file, finding.line, finding.column)


def _tell_finding(finding: Finding) -> None:
    say(f"{finding.level:<6} {finding.code}  {finding.where}", fg=COLOURS[finding.level])
    if finding.words:
        say(f"  “{finding.words}”")
    say(f"  {finding.message}" + (f" {finding.fix}" if finding.fix else ""))


def links_line(answers: Mapping[str, LinkResult]) -> str:
    """ "48 links asked: 44 answer, 1 is gone, 3 gave no clear answer." """
    states = Counter(str(result.state) for result in answers.values())
    told = [
        f"{states[state]} {one if states[state] == 1 else many}"
        for state, one, many in (
            ("alive", "answers", "answer"),
            ("dead", "is gone", "are gone"),
            ("doubtful", "gave no clear answer", "gave no clear answer"),
            ("refused", "was not asked", "were not asked"),
        )
        if states[state]
    ]
    return f"{count(len(answers), 'link')} looked at" + (f": {', '.join(told)}." if told else ".")


def tell_archive(found: ArchiveChecked, project: Path, *, form: str, show_all: bool) -> None:
    """The archive's links, in the form asked for."""
    findings = found.findings
    if form == "json":
        document = {"pages": found.pages, "findings": [finding.model_dump(mode="json") for finding in findings]}
        answer_json(document if found.answers is None else document | {"links": _links(found.answers)})
        return
    if form == "github":
        _annotate(findings, project, show_all=show_all)
    else:
        if found.answers is not None:
            say(links_line(found.answers))
        tell_findings(findings, show_all=show_all)
        say()
    say(_archive_sentence(found), bold=True, fg="red" if any(one.blocks for one in findings) else "green")


def _archive_sentence(found: ArchiveChecked) -> str:
    dead = sum(finding.blocks for finding in found.findings)
    looks = len(found.findings) - dead
    parts = [f"{count(dead, 'link')} {'leads' if dead == 1 else 'lead'} nowhere" if dead else "No link leads nowhere"]
    parts += [f"{looks} to look at"] if looks else []
    return f"{', '.join(parts)}, in {count(found.pages, 'page')} of the archive."


def annotate(checked: Sequence[Checked], project: Path, *, show_all: bool) -> None:
    """Workflow commands of GitHub Actions, which marks the lines in a pull request; one sentence for each issue."""
    from newsletter import checks

    for one in checked:
        _annotate(one.findings, project, show_all=show_all)
        say(f"{one.issue.path}: {checks.summary(one.findings)}")


def annotate_problems(problems: Iterable[Problem], project: Path) -> None:
    """The same for what cannot be read."""
    for problem in problems:
        message = f"{problem.message} {problem.fix}".strip()
        say(_annotation("error", problem.file, problem.line, 0, "Cannot be read", message, project))


def _annotate(findings: Sequence[Finding], project: Path, *, show_all: bool) -> None:
    from newsletter import checks

    for one in sorted(findings if show_all else checks.worst(findings), key=_order):
        message = "\n".join(filter(None, (f"“{one.words}”" if one.words else "", f"{one.message} {one.fix}".strip())))
        say(_annotation(_ANNOTATIONS[one.level], one.file, one.line, one.column, one.code, message, project))


def _annotation(kind: str, file: str, line: int, column: int, title: str, message: str, project: Path) -> str:
    """::error file=...,line=...,col=...,title=NL102::message

    Source: GitHub Docs, workflow commands for GitHub Actions; escaping as in actions/toolkit, core/src/command.ts.
    """
    places = {"file": _in_the_repository(file, project), "line": line, "col": column, "title": title}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value)
    return f"::{kind} {told}::{_data(message)}"


def _in_the_repository(file: str, project: Path) -> str:
    """A file's path below the repository, which GitHub reckons from; the publication may be a folder of it."""
    root = next((folder for folder in (project, *project.parents) if (folder / ".git").exists()), project)
    return (project.relative_to(root) / file).as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
