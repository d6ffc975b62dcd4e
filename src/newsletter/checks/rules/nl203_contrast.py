"""NL203: text that can be told from its ground, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.places import whole
from newsletter.checks.styles import blocks, dark_part, declarations, runs, style_of
from newsletter.checks.subject import Subject
from newsletter.models.colours import LARGE, TEXT, contrast
from newsletter.models.finding import Finding, Level

CODE = "NL203"
TITLE = "Text too faint for its ground"
LEVEL = Level.STOP
THRESHOLD = (
    f"{TEXT:g}:1 for text, {LARGE:g}:1 for large text (24 px, or 18.66 px in bold), in the light and the dark colours "
    "of the email and the web copy. ADVICE if the accent of newsletter.toml had to be corrected to reach that."
)
WHY = "Faint words are lost on a phone in daylight, and to the one in twelve men who see colours differently."
SOURCE = "WCAG 2.2 SC 1.4.3 and 1.4.11, level AA"
EXAMPLE = "Grey #999999 on white: 2.8:1"
FIX = "Make the colour darker on a light ground, or lighter on a dark one."

_GROUNDS = ("page", "sheet", "act", "note", "care")  # of the web copy's own colours
_ON_GROUNDS = ("ink", "quiet", "accent")


def check(subject: Subject) -> Iterator[Finding]:
    """Each pair of colours once, with the first words they show."""
    tree = subject.tree("email")
    if tree is not None:
        for dark in (False, True):
            seen = set()
            for run in runs(tree, dark):
                pair, needed = (run.look.colour, run.look.ground), LARGE if run.large else TEXT
                found = contrast(*pair)
                if found < needed and pair not in seen:
                    seen.add(pair)
                    yield _finding("templates/email", run.words, *pair, found, needed, dark=dark)
    if (web := subject.tree("web")) is not None:
        css = style_of(web)
        yield from _tokens(css, dark=False)
        yield from _tokens(dark_part(css), dark=True)
    for correction in subject.corrections:
        yield Finding(code=CODE, level=Level.ADVICE, **whole("newsletter.toml"), message=correction, fix=FIX)


def _tokens(css: str, *, dark: bool) -> Iterator[Finding]:
    """The web copy draws everything with the colours that its root element names."""
    named: dict[str, str] = {}
    for selector, text in blocks(css):
        if selector == ":root":  # the first is the light one
            named = {**declarations(text), **named}
    colours = {name[2:]: value for name, value in named.items() if name.startswith("--") and _plain(value)}
    pairs = [(ink, ground) for ink in _ON_GROUNDS for ground in _GROUNDS] + [("accent-ink", "accent")]
    for ink, ground in pairs:
        if ink in colours and ground in colours:
            found = contrast(colours[ink], colours[ground])
            if found < TEXT:
                yield _finding(
                    "templates/web", f"{ink} on {ground}", colours[ink], colours[ground], found, TEXT, dark=dark
                )


def _plain(value: str) -> bool:
    return len(value) == 7 and value.startswith("#")


def _finding(file: str, words: str, ink: str, ground: str, found: float, needed: float, *, dark: bool) -> Finding:
    message = (
        f"{ink} on {ground} in the {'dark' if dark else 'light'} colours has a contrast of {found:.1f}:1, and "
        f"{needed:g}:1 is needed."
    )
    return Finding(code=CODE, level=LEVEL, **whole(file), words=words[:120], message=message, fix=FIX)
