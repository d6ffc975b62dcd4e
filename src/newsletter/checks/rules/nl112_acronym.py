"""NL112: acronyms that are never spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.acronyms import acronyms, is_spelt_out
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage
from newsletter.models.finding import Finding, Level

CODE = "NL112"
TITLE = "An acronym that is not spelt out"
LEVEL = Level.ADVICE
THRESHOLD = (
    "First use in an issue, unless it is spelt out there, earlier or in the same item, or stands in [glossary] of"
    " newsletter.toml."
)
WHY = "Readers come from many agencies, and one agency's everyday letters are another's riddle."
SOURCE = "GOV.UK style guide, abbreviations and acronyms"
EXAMPLE = "Refer to the METCO in the first instance."
FIX = (
    "Write it in full the first time, with the letters in brackets: multi-agency safeguarding hub (MASH). Or add "
    "it to [glossary]."
)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each acronym, at its first use."""
    told = {word.casefold() for word in (*subject.issue.glossary, *subject.publication.glossary)}
    told |= {
        word.casefold()
        for word in re.findall(r"\w+", f"{subject.publication.partnership.short_name} {subject.issue.series.title}")
    }
    words = _small_words(subject)
    seen: set[str] = set()
    for piece in subject.pieces:
        for passage in piece.passages:
            for found in acronyms(passage) if _worth_reading(passage) else ():
                letters = found["letters"]
                if letters.casefold() not in told | seen and letters.casefold() not in words:
                    seen.add(letters.casefold())
                    if not is_spelt_out(letters, piece):
                        yield _finding(letters, passage, found)


def _small_words(subject: Subject) -> frozenset[str]:
    """Words of the issue in small letters: PLEASE is a word in capitals if "please" stands somewhere."""
    found = re.findall(r"\b[a-z]{3,}\b", " ".join(passage.text for passage in subject.passages))
    return frozenset(found)


def _worth_reading(passage: Passage) -> bool:
    """Fields of a contact and capitals throughout are no place to look at."""
    return (
        passage.english
        and not passage.role.startswith(("contact", "sign_off", "referral", "tags", "source"))
        and not passage.text.isupper()
    )


def _finding(letters: str, passage: Passage, found: re.Match[str]) -> Finding:
    return Finding(
        code=CODE,
        level=LEVEL,
        **passage.spot(found.start()),
        words=letters,
        message="This acronym is not spelt out where it is first used.",
        fix=FIX.replace("multi-agency safeguarding hub (MASH)", f"full name ({letters})"),
    )
