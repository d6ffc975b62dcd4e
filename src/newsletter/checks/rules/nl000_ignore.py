"""NL000: reasons for silencing a check that silence nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from newsletter.checks.registry import known_codes, rules
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL000"
TITLE = "An ignore that does nothing"
LEVEL = Level.ADVICE
THRESHOLD = "A code that no check has, or one that stops a sending."
WHY = "Somebody believes that a finding is settled, and it is not."
SOURCE = "The manual, silencing a check"
EXAMPLE = 'ignore: { NL1O2: "the page has no other name" }'
FIX = "Write the code as the check prints it, such as NL102. What stops a sending has to be mended."


def check(subject: Subject) -> Iterator[Finding]:
    """Every code of every `ignore`."""
    stopping = {rule.CODE for rule in rules() if rule.LEVEL is Level.STOP}
    for piece in subject.pieces:
        for code in piece.front.ignore:
            if code not in known_codes():
                close = difflib.get_close_matches(code.upper(), sorted(known_codes()), n=1)
                message, fix = "No check has this code.", f"Did you mean {close[0]}?" if close else FIX
            elif code in stopping:
                message, fix = (
                    "What this check finds cannot be silenced: it stops a sending.",
                    "Mend what it finds, and take this line out.",
                )
            else:
                continue
            yield Finding(
                code=CODE,
                level=LEVEL,
                **piece.name_spot("ignore", code),
                words=code,
                message=message,
                fix=fix,
            )
