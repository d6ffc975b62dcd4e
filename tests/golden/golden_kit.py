"""A golden case: a tiny issue in a folder, and what of its renditions is kept beside it to be compared.

What is kept is said by the names of the files in `expected/`: a whole rendition, byte for byte, or the part of it that
the issue itself makes, written so that a person can review it (docs/golden.md).
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from newsletter.content.assets import read_logo
from newsletter.content.folder import read_issue
from newsletter.models.edition import Edition
from newsletter.models.publication import Publication
from newsletter.rendering.render import Renderer

HERE = Path(__file__).parent
CASES = HERE / "cases"
TEMPLATES = HERE.parents[1] / "templates"
MOST_LINES = 60  # of a difference: what follows is seldom another mistake

_BLOCK = re.compile(
    r"(?<=[^\n])(?=<(?:blockquote|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|img|li|ol|p|pre|table|td|th|tr|ul)\b)"
)
_LOOKS = re.compile(r' (?:style|border|cellpadding|cellspacing)="[^"]*"')
_SHEET, _SHEET_ENDS = '<div class="sheet"', "</div></td></tr></tbody></table></div><!--[if mso | IE]></td><![endif]-->"
_FOOTER = 'class="around-outlook"'
_MASTHEAD = '<header class="masthead">'
_NEIGHBOURS = '<nav class="neighbours"'


def names() -> list[str]:
    """Every case."""
    return sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def says(name: str) -> str:
    """What a case shows, as the comment at the top of its issue.md says."""
    lines = (CASES / name / "issue.md").read_text(encoding="utf-8").split("\n")
    return lines[1].removeprefix("# ") if lines[1].startswith("# ") else ""


def edition_of(name: str) -> Edition:
    """The case read and rendered, as `newsletter build` would."""
    publication = _publication(CASES / name / "newsletter.toml")
    issue = read_issue(HERE, CASES / name, publication)
    return Renderer(publication, [TEMPLATES], logo=read_logo(HERE, publication)).render(issue)


def _publication(own: Path) -> Publication:
    """The publication of all cases, with what a case's own file says laid over it."""
    values = tomllib.loads((HERE / "newsletter.toml").read_text(encoding="utf-8"))
    if own.is_file():
        values = _laid_over(values, tomllib.loads(own.read_text(encoding="utf-8")))
    return Publication.model_validate(values)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _laid_over(below[key], value) for key, value in above.items() if isinstance(below.get(key), dict)}
    return {**below, **above, **both}


def seen(name: str) -> dict[str, bytes]:
    """What is kept of the case, by file name, as it is rendered now; a case that keeps nothing yet gets the usual."""
    edition = edition_of(name)
    folder = CASES / name / "expected"
    kept = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return {file: FORMS[file](edition) for file in kept or _usual(edition)}


def _usual(edition: Edition) -> list[str]:
    calendar = ["calendar.ics"] if "calendar" in edition.renditions else []
    return [
        "email.part.html",
        "email.part.txt",
        *(["web.part.html"] if edition.web_url else ["edition.txt"]),
        *calendar,
    ]


def _whole(rendition: str) -> Callable[[Edition], bytes]:
    return lambda edition: edition.renditions[rendition].data


def _sheet(edition: Edition) -> str:
    """The rows of the sheet, masthead first: no head, no footer; block by block."""
    html = edition.renditions["email"].text
    sheet = html[html.index("<td align", html.index(_SHEET)) : html.rindex(_FOOTER)]
    return _BLOCK.sub("\n", sheet[: sheet.rindex(_SHEET_ENDS)].replace("\n", "⏎\n")) + "\n"


def _email_styled(edition: Edition) -> bytes:
    return _visible(_sheet(edition))


def _email_part(edition: Edition) -> bytes:
    """What follows the masthead, without what is the same in every element of its kind."""
    sheet = _sheet(edition)
    return _visible(_LOOKS.sub("", sheet[sheet.index("<h1") :]))


def _text_part(edition: Edition) -> bytes:
    """All but the footer."""
    text = edition.renditions["text"].text
    return _visible(text[: text.rindex("-" * 72)].rstrip("\n") + "\n")


def _web_part(edition: Edition) -> bytes:
    """From the masthead to the links to other issues; without the empty lines that templates leave."""
    html = edition.renditions["web"].text
    return _visible(re.sub(r"\n{3,}", "\n\n", html[html.index(_MASTHEAD) : html.index(_NEIGHBOURS)]))


def _edition(edition: Edition) -> bytes:
    """What is known of an edition beside the words of its renditions."""
    lines = [
        f"subject: {edition.subject}",
        f"preheader: {edition.preheader}",
        f"web copy: {edition.web_url or 'none'}",
        f"renditions: {', '.join(sorted(edition.renditions))}",
        *(f"asset: {asset.path}, {asset.media_type}, {len(asset.data)} bytes" for asset in edition.assets),
        *(f"link: {link}" for link in edition.links),
        *(f"robots: {found}" for found in _robots(edition)),
    ]
    return _visible("\n".join(lines) + "\n")


def _robots(edition: Edition) -> list[str]:
    web = edition.renditions.get("web")
    return re.findall(r'<meta name="robots" content="([^"]*)">', web.text) if web else []


def _visible(text: str) -> bytes:
    """Signs that cannot be seen by their numbers, so that a review can see them."""
    return "".join(_sign(char) for char in text).encode()


def _sign(char: str) -> str:
    hidden = char not in "\n " and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Zs")
    return f"⟨U+{ord(char):04X}⟩" if hidden else char


FORMS: dict[str, Callable[[Edition], bytes]] = {
    "calendar.ics": _whole("calendar"),
    "edition.txt": _edition,
    "email.html": _whole("email"),
    "email.part.html": _email_part,
    "email.styled.html": _email_styled,
    "email.txt": _whole("text"),
    "email.part.txt": _text_part,
    "web.html": _whole("web"),
    "web.part.html": _web_part,
}


def accept(name: str) -> None:
    """Keeps what is rendered now."""
    folder = CASES / name / "expected"
    now = seen(name)
    folder.mkdir(exist_ok=True)
    for file, data in now.items():
        (folder / file).write_bytes(data)


def differences(name: str) -> list[str]:
    """For each kept file that is no longer what is rendered, the first lines that differ."""
    folder = CASES / name / "expected"
    return [
        _difference(f"{name}/expected/{file}", (folder / file).read_bytes(), data)
        for file, data in seen(name).items()
        if not (folder / file).is_file() or (folder / file).read_bytes() != data
    ]


def _difference(file: str, kept: bytes, now: bytes) -> str:
    old, new = (data.decode("utf-8", "backslashreplace").split("\n") for data in (kept, now))
    lines = list(difflib.unified_diff(old, new, f"{file} (kept)", f"{file} (now)", n=2, lineterm=""))
    more = [f"… and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join(["", *map(_printable, lines[:MOST_LINES]), *more])


def _printable(line: str) -> str:
    return line.replace("\r", "␍").replace("\t", "␉")
