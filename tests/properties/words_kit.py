"""Words: those that examples are made of, and those that are found again in what was rendered."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from hypothesis import strategies as st

ODD = {  # as pasted from elsewhere -> as readers get it
    "zero\u200bwidth": "zerowidth",
    "soft\u00adhyphen": "softhyphen",
    "no\u00a0break": "no break",
    "bell\x07": "bell",
    "\ufeffmark": "mark",
    "turned\u202eround": "turnedround",
    "\ufb01ne": "fine",
    "non\u2011breaking": "non-breaking",
    "joined\u200dwords": "joinedwords",
    "next\u0085line": "next line",
    "\ue000private": "private",
}
PLAIN = (
    *("child", "the", "school", "Ring", "multi-agency", "it's", "o’clock", "R&D", "a < b", "<3", "5>4", "Half/full"),
    *("1,204", "2026", "10th", "50%", "#hashtag", "@handle", "e.g.", "why?", '"quoted"', "(bracketed)", "co:lon"),
    *("tŷ", "ŵyn", "Źdźbło", "żółw", "naïve", "Straße", "ΑΒΓ", "Привет", "ĲSSEL"),
    *("بچوں", "تحفظ", "مَدرَسَہ", "שלום", "बच्चा", "สวัสดี", "می‌خواهم"),
    *("漢字", "かな", "한국어", "e\u0301te\u0301", "n\u0308", "𝔘nicode", "🎉", "👨‍👩‍👧", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👋🏽", "❤️"),
    *("{{ name }}", "{% if x %}", "*|FNAME|*", "%%other%%", "⟦0⟧", "⟦0.1⟧", "$x", "[sic]", "--", "...", "–"),
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
)

word = st.sampled_from((*PLAIN, *ODD))
spoken = st.sampled_from([text for text in PLAIN if any(sign.isalpha() for sign in text) and "|" not in text])


def phrase(least: int = 1, most: int = 5) -> st.SearchStrategy[str]:
    """Some words on one line, with one at least that can be said aloud."""
    return st.builds(
        lambda first, more: " ".join([first, *more]), spoken, st.lists(word, min_size=least - 1, max_size=most - 1)
    )


def plain(text: str) -> str:
    """The words as readers get them."""
    for odd, read in ODD.items():
        text = text.replace(odd, read)
    return text


# Signs of wide scripts one by one, since their words may be broken anywhere; figures apart from letters, since a raised
# one may or may not stand apart.
_TOKEN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\U0001f000-\U0001faff]|\d+|[^\W\d_]+")


def tokens(texts: Iterable[str]) -> Counter[str]:
    """The words in these texts, however they are set: without punctuation, in small letters."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))
    return found


def squashed(text: str) -> str:
    """The text with one blank for each run of white space."""
    return " ".join(text.split())
