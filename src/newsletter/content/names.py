"""Names of folders and files: which files are items, in which order, and what their anchors are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

ISSUE_FILE = "issue.md"
_TAKEN = ("opening",)  # the prefix of the ids in issue.md's own body
_MISNAMED = re.compile(r"(?i)(?P<stem>.+?)(?:\.md\.txt|\.markdown|\.mdown|\.mkd)$")


def is_ignored(name: str) -> bool:
    """Notes to oneself (_ and .) and what office programs and Windows leave behind."""
    return name.startswith(("_", ".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")


def is_markdown(name: str) -> bool:
    """Whether the file is read. On Windows a name may end in .MD."""
    return name.lower().endswith(".md") and not is_ignored(name)


def right_name(name: str) -> str | None:
    """What a Markdown file that would not be read should be called ("10-news.md.txt"); None for all others."""
    found = None if is_ignored(name) else _MISNAMED.match(name)
    return f"{found['stem']}.md" if found else None


def in_order(names: Iterable[str]) -> list[str]:
    """As file managers show them: by the number at the start, then by the rest."""

    def key(name: str) -> tuple[int, int, str]:
        number = re.match(r"\d{1,9}", name)
        return (0, int(number[0]), name.casefold()) if number else (1, 0, name.casefold())

    return sorted(names, key=key)


def plain(words: str) -> str:
    """Words as they stand in addresses: "Chair’s message, Łódź" -> "chairs-message-łódź" without accents."""
    letters = unicodedata.normalize("NFKD", re.sub("['’]", "", words).casefold())
    kept = "".join("" if unicodedata.combining(sign) else sign if sign.isalnum() else " " for sign in letters)
    return "-".join(kept.split())


def slugs(names: Iterable[str]) -> dict[str, str]:
    """File name -> slug: the name without its number, unique in the issue."""
    found: dict[str, str] = {}
    used = set(_TAKEN)
    for name in names:
        wanted = plain(re.sub(r"^\d+[\s._-]*", "", Path(name).stem)) or "item"
        free, number = wanted, 1
        while free in used:
            number += 1
            free = f"{wanted}-{number}"
        used.add(free)
        found[name] = free
    return found


def folder_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with an issue folder's name, and a better one; None if it can stand in an address."""
    if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
        return None
    ascii_name = plain(name).encode("ascii", "ignore").decode()
    better = "-".join(re.findall(r"[a-z0-9]+", ascii_name)) or "2026-11-winter"
    message = f"The folder's name '{name}' cannot stand in a web address: use lower-case letters, digits and hyphens."
    return message, f"Rename it to {better}"
