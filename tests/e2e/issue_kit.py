"""What tests of sending, approving and proofs share: the sample briefing, edits of its files, and the outbox."""

from __future__ import annotations

import mailbox
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsletter.models.dates import short_date

BRIEFING = "briefings/2026-11-bruising-in-babies"
ITEM = f"{BRIEFING}/20-what-to-do.md"
FUTURE = f"{short_date((datetime.now(UTC) + timedelta(days=40)).date())} 10am"
SEND = ("send", BRIEFING, "--to", "practitioners", "--confirm", "17")
APPROVE = ("approve", BRIEFING, "--name", "Sam Rivers", "--role", "Independent Scrutineer", "--yes")


def edit(path: Path, pattern: str, replacement: str) -> None:
    """Replaces the first match of a pattern, which must be there; `^` and `$` are the ends of a line."""
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(pattern, replacement, text, count=1, flags=re.M)
    assert count == 1, f"{pattern} is not in {path}"
    path.write_text(changed, encoding="utf-8")


def add(path: Path, words: str) -> None:
    """Writes words at the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")


def messages(project: Path) -> list[mailbox.MaildirMessage]:
    """What stands in the outbox."""
    return list(mailbox.Maildir(project / "outbox", create=False)) if (project / "outbox").exists() else []
