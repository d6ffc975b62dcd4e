"""The preview's page: which view of which issue, and everything around it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from newsletter.models.base import Model
from newsletter.models.finding import Finding, Level
from newsletter.web.studio.looks import Look, Looks

CLIPPED = 102_400  # bytes; beyond it Gmail hides the rest, and the unsubscribe link with it
VIEWS = {"email": "Email", "phone": "Phone", "text": "Text", "web": "Web", "source": "Source"}
WORST_FIRST = (Level.STOP, Level.FIX, Level.ADVICE)


class Choice(Model):
    """What the person at the page has chosen; it stands in the page's address."""

    view: str = "email"
    dark: bool = False
    images: bool = True

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Choice:
        """From the address; what cannot be is as if it were not there."""
        view = query.get("view", "")
        return cls(
            view=view if view in VIEWS else "email", dark=query.get("dark") == "on", images=query.get("images") != "off"
        )

    def query(self, **changed: Any) -> str:
        """ "?view=phone&dark=on": this choice, with something changed."""
        choice = self.model_copy(update=changed)
        words = {"view": choice.view, "dark": "on" if choice.dark else "", "images": "" if choice.images else "off"}
        return f"?{urlencode({name: word for name, word in words.items() if word})}"


class Note(Model):
    """A finding, and where the preview shows what it is about."""

    finding: Finding
    file: str  # as short as it can be understood here
    address: str = ""  # of the item in the frame


def page_values(looks: Looks, look: Look | None, choice: Choice, root: str, version: int) -> dict[str, Any]:
    """What templates/studio/page.html is handed. `root`: the preview's own path, ending in a slash."""
    publication = looks.app.publication
    return {
        "root": root,
        "version": version,
        "publication": publication,
        "listed": looks.listed(),
        "look": look,
        "choice": choice,
        "views": VIEWS,
        "clipped": CLIPPED,
        "size": len(look.edition.renditions["email"].data) if look and look.edition else 0,
        "frame": frame_address(root, look, choice) if look and look.edition else "",
        "frame_version": _version(look, choice),
        "missing": _missing(look, choice),
        "notes": _notes(root, look, choice),
        "verdict": verdict(look),
    }


def frame_address(root: str, look: Look, choice: Choice) -> str:
    """Where the frame's document is."""
    images = "" if choice.images else "?images=off"
    return f"{root}frame/{choice.view}/{look.path}/{images}"


def verdict(look: Look | None) -> str:
    """ "2 things to fix, 4 to look at." in one line, as `newsletter check` says it."""
    if look is None:
        return ""
    if look.faults:
        return f"{_count(len(look.faults), 'problem')}. The preview comes back when it is mended."
    if look.findings is None:
        return ""
    counts = {level: sum(finding.level is level for finding in look.findings) for level in Level}
    parts = [
        f"{_count(counts[Level.STOP], 'thing')} that must not be sent" if counts[Level.STOP] else "",
        f"{_count(counts[Level.FIX], 'thing')} to fix" if counts[Level.FIX] else "",
        f"{counts[Level.ADVICE]} to look at" if counts[Level.ADVICE] else "",
    ]
    return f"{', '.join(part for part in parts if part)}." if any(parts) else "Nothing to fix."


def _missing(look: Look | None, choice: Choice) -> str:
    """Why this view is empty, if it is."""
    if look and look.edition and choice.view == "web" and "web" not in look.edition.renditions:
        return "A restricted issue has no web copy."
    return ""


def _version(look: Look | None, choice: Choice) -> str:
    """Changes when what the frame shows changes, so that a save elsewhere does not disturb it."""
    if look is None or look.edition is None:
        return ""
    name = {"phone": "email", "source": "email"}.get(choice.view, choice.view)
    rendition = look.edition.renditions.get(name)
    sheet = look.edition.stylesheet
    data = (rendition.data if rendition else b"") + (sheet.path.encode() if sheet else b"")
    return hashlib.sha256(data).hexdigest()[:16]


def _notes(root: str, look: Look | None, choice: Choice) -> tuple[Note, ...]:
    """The findings, worst first, in the order of the files."""
    if look is None or look.issue is None or look.findings is None:
        return ()
    anchors = {item.origin.file: item.slug for item in look.issue.items}
    frame = frame_address(root, look, choice) if choice.view in ("email", "phone", "web") else ""
    ordered = sorted(look.findings, key=lambda finding: WORST_FIRST.index(finding.level))
    return tuple(
        Note(
            finding=finding,
            file=finding.file.removeprefix(f"{look.path}/"),
            address=f"{frame}#{anchors[finding.file]}" if frame and finding.file in anchors else "",
        )
        for finding in ordered
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing if number == 1 else thing + 's'}"
