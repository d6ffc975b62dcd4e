"""Cleaned HTML as plain text of 72 columns: loses no word, keeps every link, never breaks an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.rendering.columns import WIDTH, columns, wrap
from newsletter.rendering.plain_inline import BLOCK_TAGS, Inline, References, Resolve, squash, tidy
from newsletter.rendering.plain_table import grid_of, set_table
from newsletter.rendering.speech import Words

Lines = list[str]
_BULLETS = ("•", "-")  # by depth, taking turns


class Plain:
    """Writes the words of one issue: links are numbered and abbreviations explained once over all its bodies."""

    def __init__(self, resolve: Resolve) -> None:
        """`resolve` says where an address of the content leads, and what to say of a document behind it."""
        self.references = References()
        self.inline = Inline(resolve, self.references)
        self._details: Callable[[], str] | None = None
        self._notes: list[HtmlElement] = []  # footnotes, which come last
        self._writers: dict[str, Callable[[HtmlElement, int], Lines]] = {
            "blockquote": self._quote,
            "dl": self._definitions,
            "hr": self._rule,
            "ol": self._list,
            "pre": self._verbatim,
            "table": self._table,
            "ul": self._list,
            **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), self._heading),
        }

    def body(self, html: str, caller: Callable[[], str] = str, _: Words | None = None) -> str:
        """The words of cleaned HTML, blocks apart by an empty line; "" if there are none.

        `_`: says what we add ourselves, here and in `notes`, in the language of these words; otherwise as before.

        `caller` gives the text of what stands at `[details]`, or after the words where the author did not say. It is
        called when its place comes, so that links are numbered in the order of reading. Templates write
        `{% call plain.body(html) %}...{% endcall %}`.
        """
        self.inline.words = _ or self.inline.words
        root = lxml_html.fragment_fromstring(html, create_parent="div")
        _mend(root)
        spelt = {abbr.text_content(): abbr.get("title", "") for abbr in root.iter("abbr") if abbr.get("title")}
        self.inline.explain_in(root.text_content(), spelt)
        self._details = caller
        blocks = self._blocks(root, WIDTH)
        blocks += self._given()
        return "\n".join(_apart(blocks))

    def notes(self) -> str:
        """The footnotes of the bodies written since it was last asked: for the end of an item."""
        blocks: list[Lines] = []
        while self._notes:
            blocks += self._footnotes(self._notes.pop(0), WIDTH)
        return "\n".join(_apart(blocks))

    def _given(self) -> list[Lines]:
        """The details, once."""
        give, self._details = self._details, None
        lines = [line.rstrip() for line in give().strip().split("\n")] if give else []
        return [lines] if any(lines) else []

    def _blocks(self, element: HtmlElement, width: int) -> list[Lines]:
        """What stands in the element, block by block; words between blocks are paragraphs of their own."""
        blocks: list[Lines] = []
        run = squash(element.text or "")

        def close() -> None:
            nonlocal run
            if words := tidy(run):
                blocks.append(wrap(words, width=width))
            run = ""

        for child in element:
            if child.tag in BLOCK_TAGS:
                close()
                found = self._block(child, width)
                if blocks and found and _belongs_to_the_last(child):
                    blocks[-1] = [*blocks[-1], *found.pop(0)]
                blocks += found
            else:
                run += self.inline.piece(child)
            run += squash(child.tail or "")
        close()
        return blocks

    def _block(self, element: HtmlElement, width: int) -> list[Lines]:
        """One element as blocks, usually one."""
        classes = (element.get("class") or "").split()
        if "details-here" in classes:
            return [*self._given(), *self._blocks(element, width)]
        if "footnote" in classes:
            self._notes.append(element)  # written when asked for, so that links are numbered in the order of reading
            return []
        if "admonition" in classes:
            lines = [f"| {line}".rstrip() for line in _apart(self._blocks(element, width - 2))]
        elif "attribution" in classes:
            lines = wrap(self.inline.text(element).lstrip("–— "), width=width, first="— ", rest="  ")
        elif write := self._writers.get(str(element.tag)):
            lines = write(element, width)
        else:
            return self._blocks(element, width)
        return [lines] if lines else []

    def _heading(self, element: HtmlElement, width: int) -> Lines:
        lines = wrap(self.inline.text(element), width=width)
        return [*lines, "." * max(map(columns, lines))] if any(lines) else []

    def _list(self, element: HtmlElement, width: int) -> Lines:
        entries = list(element)
        if element.tag == "ol":
            start = element.get("start", "1")
            first = int(start) if start.lstrip("-").isdecimal() else 1
            marks = [f"{number}." for number in range(first, first + len(entries))]
        else:
            marks = [_BULLETS[sum(1 for _ in element.iterancestors("ul")) % 2]] * len(entries)
        indent = max(map(len, marks), default=1) + 1
        loose = any(sum(1 for _ in entry.iterchildren("p")) > 1 for entry in entries) or (
            bool(entries) and all(next(entry.iterchildren("p"), None) is not None for entry in entries)
        )
        lines: Lines = []
        for mark, entry in zip(marks, entries, strict=True):
            blocks = self._blocks(entry, width - indent)
            inner = _apart(blocks) if loose else [line for block in blocks for line in block]
            lines += [""] if lines and loose else []
            lines += _hung(inner, f"{mark:>{indent - 1}} ", " " * indent)
        return lines

    def _definitions(self, element: HtmlElement, width: int) -> Lines:
        lines: Lines = []
        for child in element:
            if child.tag == "dt":
                lines += [""] if lines and lines[-1].startswith(" ") else []
                lines += wrap(self.inline.text(child), width=width)
            elif blocks := self._blocks(child, width - 4):
                lines += _hung(_apart(blocks), "    ", "    ")
        return lines

    def _quote(self, element: HtmlElement, width: int) -> Lines:
        return [f"> {line}".rstrip() for line in _apart(self._blocks(element, width - 2))]

    def _table(self, element: HtmlElement, width: int) -> Lines:
        return set_table(grid_of(element, self.inline), width)

    def _verbatim(self, element: HtmlElement, width: int) -> Lines:
        """As it stands: line breaks and blanks carry meaning here."""
        return [f"    {line}".rstrip() for line in self.inline.verbatim(element).strip("\n").expandtabs(4).split("\n")]

    def _rule(self, element: HtmlElement, width: int) -> Lines:
        return ["* * *"]

    def _footnotes(self, element: HtmlElement, width: int) -> list[Lines]:
        """Footnotes: what "(note 1)" in the words refers to."""
        notes: list[Lines] = []
        _ = self.inline.words
        for rule in element.findall("hr"):
            rule.drop_tree()
        for entries in element.findall("ol"):
            for number, entry in enumerate(entries, 1):
                name = _("Note %(number)s", number=number)
                lead = f"{name}: "
                notes.append(_hung(_apart(self._blocks(entry, width - len(lead))), lead, "  "))
            entries.drop_tree()
        notes += self._blocks(element, width)
        return notes


def _belongs_to_the_last(element: HtmlElement) -> bool:
    """Whether no empty line stands before it: who said a quote, and what follows the title of a callout."""
    before = element.getprevious()
    return "attribution" in (element.get("class") or "").split() or (
        before is not None
        and "admonition-title" in (before.get("class") or "").split()
        and not (before.tail or "").strip()
    )


def _mend(root: HtmlElement) -> None:
    """Words that stand in a list but in none of its entries get an entry of their own."""
    for tag, entry in (("ul", "li"), ("ol", "li"), ("dl", "dd")):
        for element in list(root.iter(tag)):
            kept = [_entry(entry, element.text)]
            for child in list(element):
                tail, child.tail = child.tail, None
                kept += [child if child.tag in (entry, "dt") else _entry(entry, "", child), _entry(entry, tail)]
            element.text = None
            element[:] = [child for child in kept if child is not None]


def _entry(tag: str, words: str | None, child: HtmlElement | None = None) -> HtmlElement | None:
    """A list's entry around words or an element; None if there is nothing in it."""
    if child is None and not (words or "").strip():
        return None
    entry = lxml_html.Element(tag)
    entry.text = words
    if child is not None:
        entry.append(child)
    return entry


def _apart(blocks: Iterable[Lines]) -> Lines:
    """Blocks as lines, an empty one between each two."""
    lines: Lines = []
    for block in blocks:
        lines += [*([""] if lines else []), *block]
    return lines


def _hung(lines: Lines, first: str, rest: str) -> Lines:
    """Lines behind a mark; the mark alone if there are none."""
    return [f"{first if place == 0 else rest}{line}".rstrip() for place, line in enumerate(lines or [""])]
