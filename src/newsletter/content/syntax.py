"""Where our Markdown differs from Python-Markdown's: a heading needs a blank after its marks, indented text is no code,
marks of templates and mail merges are plain words, `{: lang=cy }` is the only form of attributes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.smarty import SubstituteTextPattern
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor

from newsletter.content import autolinks
from newsletter.content.lists import space_lists

_MERGE_MARKS = r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{#[^\n]*?#\}|\*\|[^|\n]*\|\*|%%\w+%%|<%[^\n]*?%>"
_RAW_LINK = (
    r"""(?i:<a)\s(?:[^>"']|"[^"]*"|'[^']*')*?\b(?i:href)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')[^>]*>"""
    r"(?P<text>.*?)(?i:</a>)"
)
_APOSTROPHE = r"'(?=\s|s\b)"  # smarty's own takes the s along, and then opens a quotation where one closes: "it's"
_ATTRIBUTION = re.compile(r"(?P<quote>\s*(?:>\s?)+)(?:--|[–—])\s+\S")


class HouseSyntax(Extension):
    """Registered after Python-Markdown's own extensions."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(_Lists(md), "house-lists", 22)  # after fenced code (25), before raw HTML (20)
        md.preprocessors.register(_Attributions(md), "house-attributions", 21)
        md.parser.blockprocessors.deregister("code")
        md.parser.blockprocessors.register(_Headings(md.parser), "hashheader", 70)
        md.treeprocessors.register(_Attributes(md), "attr_list", 8)
        smarty = md.treeprocessors["smarty"]
        assert isinstance(smarty, InlineTreeprocessor)
        smarty.inlinePatterns.register(SubstituteTextPattern(_APOSTROPHE, ("’",), md), "smarty-quotes-9", 21)  # type: ignore[arg-type]
        md.inlinePatterns.register(_Literal(_MERGE_MARKS, md), "house-literal", 185)
        md.inlinePatterns.register(_RawLink(_RAW_LINK, md), "house-raw-link", 95)
        autolinks.register(md)


class _Lists(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return space_lists(lines)


class _Attributions(Preprocessor):
    """`> -- Working Together 2023` below the words of a quote is a paragraph of its own."""

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        for line in lines:
            found = _ATTRIBUTION.match(line)
            if found and result and re.match(r"\s*(?:>\s?)+\S", result[-1]):
                result.append(found["quote"].rstrip())
            result.append(line)
        return result


class _Headings(HashHeaderProcessor):
    """#Hashtag is text."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ ]+(?P<header>(?:\\.|[^\\#\n]|#+(?=[^#\n]))+?)[ ]*#*[ ]*(?:\n|$)")


class _Attributes(AttrListTreeprocessor):
    """Only with a colon, so that {{ name }} at the end of a line stays what it is."""

    BASE_RE = r"\{\:[ ]*([^\}\n ][^\n]*)\}"  # type: ignore[misc]
    HEADER_RE = re.compile(rf"[ ]+{BASE_RE}[ ]*$")  # type: ignore[misc]
    BLOCK_RE = re.compile(rf"\n[ ]*{BASE_RE}[ ]*$")  # type: ignore[misc]
    INLINE_RE = re.compile(rf"^{BASE_RE}")  # type: ignore[misc]


class _Literal(InlineProcessor):
    """Template and merge marks: words like any other."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        return m[0], m.start(0), m.end(0)


class _RawLink(InlineProcessor):
    """A link pasted as HTML within a line, so that an address in its text does not become a link in a link."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        element = ElementTree.Element("a", {"href": m["double"] if m["double"] is not None else m["single"]})
        element.text = m["text"]
        return element, m.start(0), m.end(0)
