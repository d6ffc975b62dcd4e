"""NL208: parts in another language that do not say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.checks.text import shorten, word_set
from newsletter.models.finding import Finding, Level

CODE = "NL208"
TITLE = "A part in another language without lang"
LEVEL = Level.ADVICE
FEWEST = 4  # words
THRESHOLD = f"Passages of {FEWEST} words or more in Welsh, Polish or Arabic script (Urdu, Arabic and others)."
WHY = "A screen reader reads Welsh with English sounds unless it is told; Urdu is set from the wrong side."
SOURCE = "WCAG 2.2 SC 3.1.2 (language of parts), level AA"
EXAMPLE = "Mae diogelu plant yn fusnes i bawb, in an English item"
FIX = "Put it into an item of its own with lang: cy (Welsh), pl (Polish) or ur (Urdu)."

_COMMON = {
    "cy": word_set(
        "y yr yn ac i ar mae ein eich gyda plant diogelu am wedi bod gan neu ei eu sydd nad fel hyn hwn hon"
        " bydd yw oedd ydych chi ni pawb os dros at drwy gwybodaeth gwasanaeth pobl teulu o"
    ),
    "pl": word_set(
        "w i na się nie jest dla oraz czy do z że jak są lub przez od po ten tym tej to dzieci dziecko rodzina"
        " pomoc jeśli można o za ze co"
    ),
}
_NAMES = {"cy": "Welsh", "pl": "Polish", "ur": "Urdu or another language in Arabic script"}
_ENGLISH = word_set(
    "the a of and to in is for with on that are be this by at from as it or we you your our their have has will can"
    " not an if all was"
)
_POLISH_SIGNS = re.compile("[ąćęłńśźż]", re.I)
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]{2,}")
_SHARE = 0.3  # of the words of a passage


def check(subject: Subject) -> Iterator[Finding]:
    """Passages whose words belong to another language than the one they are marked as."""
    for passage in subject.passages:
        if passage.marked:
            continue
        tag = _language(passage.text)
        if tag and tag != passage.lang.lower().split("-")[0] and not _same_script(tag, passage.lang):
            yield Finding(
                code=CODE,
                level=LEVEL,
                **passage.spot(),
                words=shorten(passage.text, 60),
                message=f"This seems to be {_NAMES[tag]}, and nothing says so.",
                fix=f"Put it into an item of its own with lang: {tag}.",
            )


def _language(text: str) -> str:
    """The tag of the language a text seems to be in, if it is one of those looked for."""
    if len(_ARABIC.findall(text)) >= FEWEST - 1:
        return "ur"
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < FEWEST or sum(word in _ENGLISH for word in words) > len(words) * 0.15:
        return ""
    for tag, common in _COMMON.items():
        hits = sum(word in common for word in words)
        sure = hits >= 2 and hits / len(words) >= _SHARE
        if sure or (tag == "pl" and len(_POLISH_SIGNS.findall(text)) >= FEWEST and hits):
            return tag
    return ""


def _same_script(tag: str, lang: str) -> bool:
    return tag == "ur" and lang.lower().split("-")[0] in ("ar", "fa", "ps", "ku", "sd", "ug")
