"""`newsletter check`: of a 12-item issue, cold; of 200 issues; and the time of each rule, so that a slow one shows.

The issues are copies of the samples under other names: what a rule costs depends on the words, not on their being new.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.timing import interleaved, machine
from newsletter.app import App
from newsletter.checks import Subject
from newsletter.checks.registry import rules
from newsletter.models.issue import Issue
from newsletter.pipeline.sources import sources_of

ROOT = Path(__file__).parents[1]
CLOCK = time.process_time  # says the same on a machine that others use too
ITEMS, ISSUES = 12, 200
AIM_ONE, AIM_EACH, AIM_RULE = 1.2, 0.15, 0.2  # seconds; seconds for each of many; share of one rule in the time of all


def publication(folder: Path) -> Path:
    """The sample publication without its issues."""
    project = folder / "publication"
    project.mkdir()
    shutil.copy2(ROOT / "newsletter.toml", project)
    shutil.copytree(ROOT / "templates", project / "templates")
    return project


def samples() -> list[Path]:
    """Every sample issue and briefing."""
    return sorted(path.parent for name in ("issues", "briefings") for path in (ROOT / name).glob("*/issue.md"))


def twelve_items(project: Path) -> str:
    """An issue of exactly twelve items: the latest newsletter, filled up with those of the other one."""
    first, second = sorted((ROOT / "issues").iterdir(), reverse=True)[:2]
    target = project / "issues" / "twelve"
    shutil.copytree(first, target)
    shutil.copytree(second, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md"))
    own = sorted(path for path in target.glob("*.md") if path.name != "issue.md")
    for path in own[ITEMS:]:
        path.unlink()
    more = (path for path in sorted(second.glob("*.md")) if path.name != "issue.md")
    for number, path in zip(range(ITEMS - len(own)), more, strict=False):
        shutil.copy2(path, target / f"9{number}-again-{path.name}")
    return "issues/twelve"


def many(project: Path) -> None:
    """Copies of the samples under other names, `ISSUES` in all."""
    known = samples()
    for number in range(ISSUES):
        source = known[number % len(known)]
        shutil.copytree(source, project / source.parent.name / f"{source.name}-{number:03}")


def time_of_rules(subjects: Iterable[Subject]) -> dict[str, float]:
    """Seconds of each rule over all subjects, whose pieces were read before."""
    times: dict[str, float] = defaultdict(float)
    for subject in subjects:
        _ = subject.pieces
        for rule in rules():
            start = CLOCK()
            list(rule.check(subject))
            times[rule.CODE] += CLOCK() - start
    return times


def subject_of(app: App, issue: Issue) -> Subject:
    return Subject(
        issue=issue,
        edition=app.render(issue),
        publication=app.publication,
        now=app.now(),
        never_publish=("Robin Example", "943 476 5919"),
        sources=sources_of(issue),
    )


def time_of_stages(project: Path, names: Iterable[str]) -> tuple[Mapping[str, float], list[Subject]]:
    """Seconds of reading, rendering and taking apart, and the subjects, ready for the rules."""
    times: dict[str, float] = defaultdict(float)
    subjects = []
    with App.open(project) as app:
        for name in names:
            start = CLOCK()
            issue = app.read(app.folder(name))
            times["reading"] += CLOCK() - start
            start = CLOCK()
            subject = subject_of(app, issue)
            times["rendering"] += CLOCK() - start
            start = CLOCK()
            _ = subject.pieces
            times["taking apart"] += CLOCK() - start
            subjects.append(subject)
    return times, subjects


def both_times(command: list[str]) -> tuple[float, float]:
    """Seconds on the clock, and seconds at work on a core."""
    start, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - start, cpu


def main() -> None:
    newsletter = str(Path(sys.executable).parent / "newsletter")
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        project = publication(Path(temporary))
        issue = twelve_items(project)
        found = len(list((project / issue).glob("*.md"))) - 1
        command = [newsletter, "--project", str(project)]
        times = interleaved({"check": [*command, "check", issue], "--help": [newsletter, "--help"]})
        print(f"newsletter check, {found} items, cold: {times['check']:.2f} s (aim: below {AIM_ONE:g} s)")
        print(f"newsletter --help, in the same run: {times['--help']:.2f} s")
        many(project)
        wall, cpu = both_times([*command, "check"])
        each = cpu / (ISSUES + 1) * 1000
        print(f"newsletter check, {ISSUES + 1} issues: {wall:.1f} s, {cpu:.1f} s of them at work on a core,")
        print(f"which is {each:.0f} ms for each issue (aim: below {AIM_EACH * 1000:.0f} ms)")
        stages, subjects = time_of_stages(
            project, [issue, *(f"{path.name}-{n:03}" for n, path in enumerate(samples()))]
        )
    report(stages, time_of_rules(subjects), len(subjects))


def report(stages: Mapping[str, float], times: Mapping[str, float], issues: int) -> None:
    """One line for each stage and each rule, the slowest first."""
    print(f"\nmilliseconds for each of {issues} issues")
    for name, seconds in stages.items():
        print(f"  {name:<14}{seconds / issues * 1000:8.2f}")
    total = sum(times.values())
    print(f"  {'all rules':<14}{total / issues * 1000:8.2f}")
    for code, seconds in sorted(times.items(), key=lambda row: -row[1]):
        slow = f"  more than {AIM_RULE:.0%} of all" if seconds > AIM_RULE * total else ""
        print(f"    {code:<12}{seconds / issues * 1000:8.2f}{slow}")


if __name__ == "__main__":
    main()
