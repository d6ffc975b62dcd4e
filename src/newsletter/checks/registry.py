"""Finds the rules: every module of `rules/` named after its code."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol, cast

from newsletter.checks import rules as folder
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

# Codes of rules whose findings stop a sending: known without importing a rule, for those who ask for these alone.
STOPPING = frozenset({
    "NL001", "NL002", "NL003", "NL005", "NL006", "NL007", "NL117", "NL203", "NL204", "NL205", "NL209", "NL305", "NL306",
})  # fmt: skip
# Of these, what is about the mailing or the house style: no issue is kept out of the archive for it.
OF_THE_MAILING = frozenset({"NL002", "NL203", "NL205", "NL305", "NL306"})


class Rule(Protocol):
    """The one shape of every module in `rules/`."""

    CODE: str  # "NL102"
    TITLE: str  # what is looked for, a few words
    LEVEL: Level  # of its findings, unless one says otherwise
    THRESHOLD: str  # where it starts to speak; "" if any is too much
    WHY: str  # what goes wrong for a reader or the partnership
    SOURCE: str  # the rule, standard or guidance it rests on
    EXAMPLE: str  # what it finds
    FIX: str  # how to mend it

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Everything it finds. Never raises, whatever the text."""


@cache
def rules(codes: frozenset[str] | None = None) -> tuple[Rule, ...]:
    """Every rule, or those of `codes`, by code. No other is imported."""
    names = sorted(
        found.name for found in pkgutil.iter_modules(folder.__path__) if re.fullmatch(r"nl\d{3}_\w+", found.name)
    )
    names = [name for name in names if codes is None or name[:5].upper() in codes]
    return tuple(cast(Rule, importlib.import_module(f"{folder.__name__}.{name}")) for name in names)


@cache
def known_codes() -> frozenset[str]:
    """Codes that an `ignore` may name."""
    return frozenset(rule.CODE for rule in rules())
