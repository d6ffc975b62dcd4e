"""NL205: text that can be read without leaning forward, and links that can be seen and tapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsletter.checks.places import whole
from newsletter.checks.rendered import same
from newsletter.checks.styles import Run, declarations, runs
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL205"
TITLE = "Text too small, or links that do not look like links"
LEVEL = Level.STOP
BODY, SMALLEST, LINES, TARGET = 16, 15, 1.5, 24  # pixels, pixels, times the size, pixels
THRESHOLD = (
    f"Body text of {BODY} px or larger with a line height of {LINES:g}; nothing below {SMALLEST} px; paragraphs not "
    f"centred or justified; links underlined unless they are buttons; buttons {TARGET} px high or more."
)
WHY = (
    "Most people read on a phone. Small type, tight lines and links without a line under them are what they give up on."
)
SOURCE = "WCAG 2.2 SC 1.4.1, 1.4.8, 1.4.12 and 2.5.8; GOV.UK Design System, type scale"
EXAMPLE = "<p style='font-size:13px'>"
FIX = "Mend the template in templates/email."

_LONG = 20  # words of a paragraph whose alignment matters
_RAISED = frozenset({"sup", "sub"})
_BLOCKS = frozenset({"p", "li", "td", "div", "dd"})


def check(subject: Subject) -> Iterator[Finding]:
    """Each kind of fault once, with the first words it concerns."""
    tree = subject.tree("email")
    if tree is None:
        return
    seen: set[str] = set()
    read = list(runs(tree))
    for words, message in [*_body(_by_authors(read, subject)), *(fault for run in read for fault in _faults(run))]:
        if message not in seen:
            seen.add(message)
            yield Finding(
                code=CODE, level=LEVEL, **whole("templates/email"), words=words[:120], message=message, fix=FIX
            )


def _by_authors(read: list[Run], subject: Subject) -> list[Run]:
    """What the issue itself says: a short issue has fewer words than the lines around it. All, if nothing is found."""
    said = same(" ".join(passage.text for passage in subject.passages))
    return [run for run in read if len(run.words.split()) > 2 and same(run.words) in said] or read


def _body(read: list[Run]) -> Iterator[tuple[str, str]]:
    """What most words look like is the body text."""
    counts: Counter[tuple[float, float]] = Counter()
    for run in read:
        counts[run.look.size, run.look.line_height] += len(run.words.split())
    if not counts:
        return
    size, height = counts.most_common(1)[0][0]
    first = next(run.words for run in read if (run.look.size, run.look.line_height) == (size, height))
    if size < BODY:
        yield first, f"The body text is {size:g} px; it must be {BODY} px or more."
    if height < LINES:
        yield first, f"The lines of the body text are {height:g} times as high as its letters; it must be {LINES:g}."


def _faults(run: Run) -> Iterator[tuple[str, str]]:
    look, tag = run.look, run.element.tag
    if look.size < SMALLEST and tag not in _RAISED:
        yield run.words, f"Text of {look.size:g} px is too small; nothing may be below {SMALLEST} px."
    if look.align in ("center", "justify") and tag in _BLOCKS and len(run.words.split()) > _LONG:
        yield run.words, "A paragraph is centred or justified; text is set from the left, or from the right in Urdu."
    link = _link(run.element)
    if link is not None and not look.underlined:
        own = declarations(link.get("style", ""))
        if not (own.get("background") or own.get("background-color")):
            yield run.words, "A link has no line under it, so only its colour tells it from other words."
        elif (height := _height(own, run)) < TARGET:
            yield run.words, f"A button is {height:g} px high; it must be {TARGET} px or more to be tapped."


def _link(element: HtmlElement) -> HtmlElement | None:
    if element.tag == "a":
        return element
    return next(element.iterancestors("a"), None)


def _height(own: dict[str, str], run: Run) -> float:
    """Of a button: its line, and the space above and below."""
    space = own.get("padding", "0").split()
    above, below = (space[0], space[2] if len(space) > 2 else space[0]) if space else ("0", "0")
    above, below = own.get("padding-top", above), own.get("padding-bottom", below)
    return run.look.size * run.look.line_height + sum(_pixels(value) for value in (above, below))


def _pixels(value: str) -> float:
    try:
        return float(value.removesuffix("px"))
    except ValueError:
        return 0.0
