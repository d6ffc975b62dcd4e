"""NL007: words and names that must never be published."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.pieces import strings
from newsletter.checks.subject import Subject
from newsletter.checks.terms import column, found_in
from newsletter.checks.text import Piece
from newsletter.models.finding import Finding, Level

CODE = "NL007"
TITLE = "A term of the never-publish list"
LEVEL = Level.STOP
THRESHOLD = (
    "Any: in the text, in alt, in a file's or folder's name, in a link, in the subject; in any case, with or "
    "without accents."
)
WHY = "Naming a child who is in proceedings is an offence, and a name in a picture's file name is a name."
SOURCE = "Children Act 1989 section 97; Sexual Offences (Amendment) Act 1992"
EXAMPLE = "A child's name left in images/name-at-school.jpg"
FIX = "Take it out. The list tells which term it is; it is never printed."


def check(subject: Subject) -> Iterator[Finding]:
    """Each term once for each place. Only its number is told."""
    if not subject.never_publish:
        return
    seen: set[tuple[str, int]] = set()
    told: set[tuple[str, int, int]] = set()
    for file, line, where, text in (*_of_content(subject), *_of_edition(subject)):
        for number in found_in(text, subject.never_publish):
            rendered = file.startswith("rendition ")
            if (file, number) in seen and (rendered or not line):
                continue
            if (file, line, number) in told or (where == _SPREAD and (file, number) in seen):
                continue  # most of what stands in a passage, a link or an alt text stands in a line of the text too
            if rendered and any(number == known for _, known in seen):
                continue  # it stands in the content, where it is mended
            seen.add((file, number))
            told.add((file, line, number))
            yield Finding(
                code=CODE,
                level=LEVEL,
                file=subject.issue.origin.file if rendered else file,
                line=line,
                column=column(text, subject.never_publish[number - 1]) if where == _A_LINE else 0,
                words=f"term {number}",
                message=f"Term {number} of the never-publish list stands {where}.",
                fix=FIX,
            )


_A_LINE, _SPREAD = "in the text", "in the text, broken up by marks or line ends"
Found = tuple[str, int, str, str]  # file, line, where in words, text


def _of_content(subject: Subject) -> Iterator[Found]:
    for piece in subject.pieces:
        yield from _of_piece(piece)
    issue = subject.issue
    yield issue.origin.file, 0, "in the name of the issue's folder", issue.path
    for path in issue.assets:
        yield f"{issue.path}/{path}", 0, "in this file's name", path


def _of_piece(piece: Piece) -> Iterator[Found]:
    yield piece.file, 0, "in this file's name", piece.file.rsplit("/", 1)[-1]
    for path, value in strings(piece.front):
        yield piece.file, piece.spot(*path)["line"], f"in {path[0]}", value
    for reason in piece.front.ignore.values():
        yield piece.file, piece.spot("ignore")["line"], "in ignore", reason
    for number, text in enumerate(piece.markdown.split("\n"), piece.origin.body_line):
        yield piece.file, number, _A_LINE, text
    for passage in piece.body:
        yield piece.file, passage.place().line, _SPREAD, passage.text
    for link in piece.links:
        yield piece.file, link.place.line, "in a link", link.url
    for image in piece.images:
        yield piece.file, image.place.line, "in a picture's alt text or file name", f"{image.alt} | {image.src}"


def _of_edition(subject: Subject) -> Iterator[Found]:
    """What templates and settings added."""
    if subject.edition is None:
        return
    yield (
        "rendition subject",
        0,
        "in the subject or preheader",
        f"{subject.edition.subject} | {subject.edition.preheader}",
    )
    for name, rendition in sorted(subject.edition.renditions.items()):
        if rendition.media_type.startswith("text/"):
            yield f"rendition {name}", 0, f"in the {name} rendition", rendition.text
