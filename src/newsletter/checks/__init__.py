"""Issue and edition in, findings out. Rules are the modules of `rules/`; this runs them and sums up what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from newsletter.checks.registry import rules
from newsletter.checks.subject import Subject
from newsletter.checks.terms import masked
from newsletter.models.finding import Finding, Level

__all__ = ["Subject", "run", "summary", "worst"]

_ORDER = {Level.STOP: 0, Level.FIX: 1, Level.ADVICE: 2}


def run(subject: Subject, codes: Collection[str] | None = None) -> tuple[Finding, ...]:
    """What every rule, or those named by `codes`, says of an issue; sorted by file, line and code.

    Findings that the issue or the item silences (`ignore: {NL104: "the policy has no web page yet"}`) are left out,
    except those that stop a sending. No finding repeats a term of the never-publish list.
    """
    found: dict[tuple[str, ...], Finding] = {}
    for rule in rules(None if codes is None else frozenset(codes)):
        for finding in rule.check(subject):
            if not _silenced(finding, subject):
                _keep(found, masked(finding, subject.never_publish))
    return tuple(sorted(found.values(), key=_place))


def _keep(found: dict[tuple[str, ...], Finding], finding: Finding) -> None:
    """The same words at fault twice in one line are one finding: where they stand first."""
    key = (finding.code, finding.level, finding.file, str(finding.line), finding.words, finding.message, finding.fix)
    known = found.get(key)
    if known is None or (0 < finding.column < known.column):
        found[key] = finding


def _place(finding: Finding) -> tuple[str, int, int, str, str, str]:
    return (finding.file, finding.line, finding.column, finding.code, finding.words, finding.message)


def _silenced(finding: Finding, subject: Subject) -> bool:
    """Whether somebody gave a reason for it: the issue for all of itself, an item for itself."""
    if finding.level is Level.STOP:
        return False
    silent = finding.code in subject.issue.front.ignore
    return silent or any(
        finding.code in item.front.ignore for item in subject.issue.items if item.origin.file == finding.file
    )


def worst(findings: Sequence[Finding], per_code: int = 5) -> tuple[Finding, ...]:
    """The worst of each code, in the order given: what stops first, then what must be mended, then the rest."""
    kept: set[int] = set()
    counts: Counter[str] = Counter()
    for place in sorted(range(len(findings)), key=lambda place: _ORDER[findings[place].level]):
        code = findings[place].code
        counts[code] += 1
        if counts[code] <= per_code:
            kept.add(place)
    return tuple(finding for place, finding in enumerate(findings) if place in kept)


def summary(findings: Iterable[Finding]) -> str:
    """One sentence: "2 things to fix, 4 to look at. Not ready to send."."""
    levels = Counter(finding.level for finding in findings)
    stops, fixes, looks = levels[Level.STOP], levels[Level.FIX], levels[Level.ADVICE]
    parts = []
    if stops:
        parts.append("1 thing stops it" if stops == 1 else f"{stops} things stop it")
    if fixes:
        noun = "" if stops else " thing" if fixes == 1 else " things"
        parts.append(f"{fixes}{noun} to fix")
    if looks:
        parts.append(f"{looks} to look at")
    blocked = bool(stops or fixes)
    if not parts:
        return "Nothing to fix. Ready to send."
    if not blocked:
        parts.insert(0, "Nothing to fix")
    return f"{', '.join(parts)}. {'Not ready to send.' if blocked else 'Ready to send.'}"
