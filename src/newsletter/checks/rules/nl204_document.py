"""NL204: what an HTML document must say of itself."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html as lxml_html

from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL204"
TITLE = "Language, title, main heading and table roles"
LEVEL = Level.STOP
THRESHOLD = (
    "Email: lang and dir on html and on the body's children, a title, one h1, a role on every layout table. Web "
    "copy: lang, title, one h1."
)
WHY = "Without them screen readers speak the wrong language and read out every table that only holds the layout."
SOURCE = "WCAG 2.2 SC 3.1.1, 2.4.2, 1.3.1; Email Markup Consortium, accessible email rules"
EXAMPLE = "<html> without lang"
FIX = "Mend the template, or take your own copy away so that the one that ships is used."

_LAYOUT = frozenset({"presentation", "none"})


def check(subject: Subject) -> Iterator[Finding]:
    """What the email's and the web copy's HTML leave out."""
    for name in ("email", "web"):
        tree = subject.tree(name)
        if tree is not None:
            for words, message in _faults(tree, email=name == "email"):
                yield Finding(code=CODE, level=LEVEL, file=f"templates/{name}", words=words, message=message, fix=FIX)


def _faults(tree: lxml_html.HtmlElement, *, email: bool) -> Iterator[tuple[str, str]]:
    if not tree.get("lang") or tree.get("lang") == "und":
        yield "<html>", "The document does not say which language it is in."
    if not (tree.findtext(".//title") or "").strip():
        yield "<title>", "The document has no title."
    if (count := len(tree.findall(".//h1"))) != 1:
        yield "<h1>", f"The document has {count} main headings (h1); it must have one."
    if email:
        yield from _email_faults(tree)


def _email_faults(tree: lxml_html.HtmlElement) -> Iterator[tuple[str, str]]:
    if tree.get("dir") not in ("ltr", "rtl"):
        yield "<html>", "The document does not say which way it is written (dir)."
    body = tree.find("body")
    for child in body if body is not None else ():
        shown = (
            isinstance(child.tag, str)
            and child.tag not in ("style", "script", "img")
            and "display:none" not in child.get("style", "").replace(" ", "")
        )
        if shown and not (child.get("lang") and child.get("dir")):
            yield (
                f"<{child.tag}>",
                "A part of the email does not repeat lang and dir: some mail programs cut html and body away.",
            )
    bare = [table for table in tree.iter("table") if table.get("role") not in _LAYOUT and table.find(".//th") is None]
    if bare:
        yield "<table>", f"{len(bare)} tables hold the layout and do not say so (role)."
