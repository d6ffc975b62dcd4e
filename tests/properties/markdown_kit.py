"""Markdown by its grammar: each piece comes with the words that readers must find again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st
from tests.properties.words_kit import phrase, plain, spoken, word

HTTP = "https://www.example.org/a_b/c?d=1&e=2"
HERE = ("#news", "#news-2")  # anchors that every issue made here has


@dataclass(frozen=True)
class Piece:
    """Markdown and what it says."""

    text: str
    says: tuple[str, ...] = field(default=())

    def within(self, before: str, after: str = "") -> Piece:
        """The same words between marks."""
        return Piece(f"{before}{self.text}{after}", self.says)

    def indented(self, first: str, rest: str) -> Piece:
        """The same words, each line behind a mark; empty lines behind the bare mark."""
        lines = [f"{rest}{line}".rstrip() for line in self.text.split("\n")]
        return Piece("\n".join([f"{first}{lines[0][len(rest) :]}", *lines[1:]]), self.says)


def joined(pieces: list[Piece], between: str) -> Piece:
    """Several as one."""
    return Piece(between.join(piece.text for piece in pieces), tuple(said for piece in pieces for said in piece.says))


def _wordy(text: str) -> Piece:
    return Piece(text, (plain(text),))


words = phrase(most=3).map(_wordy)
safe_words = st.lists(spoken, min_size=1, max_size=2).map(" ".join).map(_wordy)  # may stand between any marks
one = word.map(_wordy)


def either(*kinds: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    """Each kind as often as the others; `one_of` alone would count the kinds within a kind."""
    return st.integers(0, len(kinds) - 1).flatmap(lambda number: kinds[number])


def _marks(*pairs: tuple[str, str]) -> st.SearchStrategy[Piece]:
    return st.builds(lambda piece, pair: piece.within(*pair), safe_words, st.sampled_from(pairs))


emphasis = _marks(("**", "**"), ("*", "*"), ("_", "_"), ("***", "***"), ("`", "`"), ("``", "``"))
links = _marks(
    *(("[", f"]({target})") for target in (HTTP, "http://example.org", "mailto:a@example.org", "tel:+441632960001")),
    *(("[", f"]({target})") for target in ("files/poster.pdf", "./files/poster.pdf#page=2", *HERE)),
    ("[", f'](<{HTTP}> "A title that is not printed")'),
    ("![", "](images/hall.png)"),
    ("![", "](https://elsewhere.example/pixel.gif)"),
    (f'<a href="{HTTP}">', "</a>"),
)
inline_html = _marks(
    *((f"<{tag}>", f"</{tag}>") for tag in ("b", "i", "u", "del", "ins", "mark", "small", "q", "sup", "sub", "span")),
    ('<abbr title="a longer form">', "</abbr>"),
    ('<span style="color:red" class="hide-m" onclick="x()">', "</span>"),
    ("<font face=Arial>", "</font>"),
    ("one<br>", "<BR/>two"),
    ("&lt;", "&gt;"),
    ("&amp;&nbsp;", "&hellip;"),
    ("\\*", "\\*"),
)
bare = st.sampled_from(
    [
        Piece(HTTP, (HTTP,)),
        Piece(f"<{HTTP}>", (HTTP,)),
        Piece("www.example.org/x", ("www.example.org/x",)),
        Piece("someone@example.org", ("someone@example.org",)),
        Piece("01632 960001", ("01632 960001",)),
        Piece("ring 999", ("ring 999",)),
        Piece("{{ x }}", ("x",)),
    ]
)
run = st.lists(st.one_of(words, words, emphasis, links, inline_html, bare), min_size=1, max_size=3).flatmap(
    lambda pieces: st.sampled_from([" ", " ", "\n"]).map(lambda between: joined(pieces, between))
)
line = run.map(lambda piece: Piece(piece.text.replace("\n", " "), piece.says))
paragraph = st.one_of(  # starts with no mark of a list
    safe_words, st.builds(lambda first, rest: joined([first, rest], " "), safe_words, run)
)
heading = st.builds(lambda level, piece: piece.within("#" * level + " "), st.integers(1, 6), line)
underlined = st.builds(lambda piece, sign: piece.within("", f"\n{sign * 6}"), safe_words, st.sampled_from("=-"))
fenced = safe_words.map(lambda piece: piece.within("```\n", "\n    if a < b:\n\n\tend\n```"))
rule = st.just(Piece("* * *"))
other_language = safe_words.map(lambda piece: piece.within("", "\n{: lang=cy }"))
html_block = _marks(
    ("<div><p>", "</p></div>"),
    ("<p align=center>", "</p>"),
    ("<center>", "</center>"),
    ("<ul><li>", "</li></ul>"),
    ("<h4>", "</h4>"),
    ("<pre>", "</pre>"),
    ("<!-- not printed -->\n\n", ""),
    ("<script>alert(1)</script>\n\n", ""),
)


@st.composite
def table(draw: st.DrawFn) -> Piece:
    """A table of one to four columns."""
    cell = st.one_of(safe_words, emphasis, links)
    columns = draw(st.integers(1, 4))
    rows = [[draw(cell) for _ in range(columns)] for _ in range(draw(st.integers(2, 4)))]
    rule = "|".join(["", *[draw(st.sampled_from([" --- ", ":---", "---:", ":---:"])) for _ in range(columns)], ""])
    lines = [joined(row, " | ").within("| ", " |") for row in rows]
    return joined([lines[0], Piece(rule), *lines[1:]], "\n")


@st.composite
def bullets(draw: st.DrawFn, inner: st.SearchStrategy[Piece]) -> Piece:
    """A list, numbered or not; an entry may hold a block."""
    numbered = draw(st.booleans())
    first = draw(st.sampled_from([1, 1, 3])) if numbered else 0
    entries = []
    for number in range(draw(st.integers(1, 3))):
        blocks = [draw(paragraph), *draw(st.lists(inner, max_size=1))]
        mark = f"{first + number}." if numbered else "-"
        entries.append(joined(blocks, "\n\n").indented(f"{mark} ", "    "))
    return joined(entries, "\n")


@st.composite
def quote(draw: st.DrawFn, inner: st.SearchStrategy[Piece]) -> Piece:
    """A quote, with who said it or without."""
    blocks = draw(st.lists(inner, min_size=1, max_size=2))
    blocks += [said.within("-- ") for said in draw(st.lists(safe_words, max_size=1))]
    return joined(blocks, "\n\n").indented("> ", "> ")


@st.composite
def callout(draw: st.DrawFn, inner: st.SearchStrategy[Piece]) -> Piece:
    """A callout with a title of its own or that of its kind."""
    kind = draw(st.sampled_from(["note", "tip", "important", "warning", "act", "care"]))
    title = st.lists(st.sampled_from(["Please note", "Before you read"]), max_size=1)
    titles = [Piece(f' "{said}"', (said,)) for said in draw(title)]
    blocks = draw(st.lists(inner, max_size=1))
    blocks.insert(draw(st.integers(0, len(blocks))), draw(paragraph))  # one without words is refused
    inside = joined(blocks, "\n\n").indented("    ", "    ")
    return joined([joined([Piece(f"!!! {kind}"), *titles], ""), inside], "\n")


@st.composite
def terms(draw: st.DrawFn) -> Piece:
    """A term and what it means."""
    meaning = draw(paragraph)
    return joined([draw(safe_words), Piece(meaning.text.replace("\n", " "), meaning.says)], "\n: ")


spans = safe_words.map(
    lambda piece: Piece(
        f'<table><caption>Numbers</caption><tr><th>Year</th><td colspan="2">{piece.text}</td></tr></table>',
        ("Numbers", "Year", *piece.says),
    )
)
_leaf = st.one_of(
    paragraph, paragraph, heading, underlined, table(), fenced, rule, terms(), html_block, spans, other_language
)


def _nest(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    makers: tuple[Callable[[st.SearchStrategy[Piece]], st.SearchStrategy[Piece]], ...] = (bullets, quote, callout)
    return either(*(maker(inner) for maker in makers))


_inner = either(_leaf, _nest(paragraph))
CONTAINERS: dict[str, st.SearchStrategy[Piece]] = {  # an element of the HTML -> what becomes one
    "div[contains(@class, 'admonition')]": callout(_inner),
    "blockquote": quote(_inner),
    "*[self::ul or self::ol]": bullets(_inner),
    "table": table(),
    "dl": terms(),
    "pre": fenced,
    "*[self::h2 or self::h3 or self::h4 or self::h5 or self::h6]": heading,
}
block = either(_leaf, _nest(either(_leaf, _nest(either(_leaf, _nest(paragraph))))))


@st.composite
def body(draw: st.DrawFn, most: int = 5) -> Piece:
    """The words of an item: blocks, footnotes, an abbreviation."""
    blocks = draw(st.lists(block, max_size=most))
    notes = draw(st.lists(paragraph, max_size=2))
    for number, _ in enumerate(notes):
        blocks.insert(draw(st.integers(0, len(blocks))), draw(safe_words).within("", f"[^{number}]"))
    blocks += [note.indented(f"[^{number}]: ", "    ") for number, note in enumerate(notes)]
    if draw(st.booleans()):
        blocks.append(Piece("The SAB met.\n\n*[SAB]: safeguarding adults board", ("The SAB met",)))
    return joined(blocks, "\n\n")
