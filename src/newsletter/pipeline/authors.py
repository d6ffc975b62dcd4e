"""Who wrote for an issue, so that nobody has to approve their own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from newsletter.models.issue import Issue


def wrote(issue: Issue, name: str) -> str:
    """ "the source of 20-bruising.md names them": how this person is an author of the issue; "" if they are none."""
    return next((as_what for author, as_what in _authors(issue) if _same(author, name)), "")


def _authors(issue: Issue) -> Iterator[tuple[str, str]]:
    for item in issue.items:
        if item.front.source and item.front.source.contributor:
            yield item.front.source.contributor, f"the source of {item.origin.file} names them as its contributor"
    if issue.front.sign_off and issue.front.sign_off.name:
        yield issue.front.sign_off.name, "they sign this issue"


def _same(author: str, name: str) -> bool:
    """Whether one name is the other, perhaps with a title, a role or an agency around it."""
    one, other = _words(author), _words(name)
    return _within(other, one) or (len(one) > 1 and _within(one, other))


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return re.findall(r"\w+", "".join(sign for sign in letters if not unicodedata.combining(sign)))


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the words stand in the others, in a row."""
    return bool(part) and any(
        list(whole[start : start + len(part)]) == list(part) for start in range(len(whole) - len(part) + 1)
    )
