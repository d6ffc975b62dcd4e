"""Tables in plain text: columns side by side where they fit the line, `label: value` where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from newsletter.rendering.columns import columns, wrap
from newsletter.rendering.plain_inline import Inline

_GAP = "  "
_MOST_CELLS = 64  # a span that claims more is a mistake of the markup


@dataclass(frozen=True)
class Grid:
    """A table's cells as text, every row equally long; empty where a span covers a cell."""

    caption: str
    heads: tuple[str, ...]  # () when the table has no header row
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]  # columns set to the right


def grid_of(table: HtmlElement, inline: Inline) -> Grid:
    """Reads a table."""
    caption = next((inline.text(element) for element in table.iter("caption")), "")
    sources = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    rows = [_cells(row, inline) for row in sources]
    wide = max((len(row) for row in rows), default=0)
    filled = [(*row, *[""] * (wide - len(row))) for row in rows]
    headed = bool(sources) and all(cell.tag == "th" for cell in sources[0]) and len(filled) > 1
    placed = [(place, cell) for row in sources for place, cell in enumerate(row)]
    right = frozenset(place for place, cell in placed if "right" in cell.get("style", "") + cell.get("align", ""))
    return Grid(caption, filled[0] if headed else (), tuple(filled[1:] if headed else filled), right)


def _cells(row: HtmlElement, inline: Inline) -> tuple[str, ...]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in ("td", "th"):
            span = cell.get("colspan", "1")
            covered = min(int(span), _MOST_CELLS) if span.isdecimal() else 1
            cells += [inline.text(cell), *[""] * (covered - 1)]
    return tuple(cells)


def set_table(grid: Grid, width: int) -> list[str]:
    """The table's lines."""
    caption = wrap(grid.caption, width=width) if grid.caption else []
    everything = [grid.heads, *grid.rows] if grid.heads else list(grid.rows)
    if not any(any(row) for row in everything):
        return caption
    sizes = [max(columns(cell) for cell in cells) for cells in zip(*everything, strict=True)]
    broken = any("\n" in cell for row in everything for cell in row)
    fits = sum(sizes) + len(_GAP) * (len(sizes) - 1) <= width and not broken
    body = _aligned(grid, sizes) if fits else _spelt_out(grid, width)
    return [*caption, *([""] if caption else []), *body]


def _aligned(grid: Grid, sizes: Sequence[int]) -> list[str]:
    def line(row: Sequence[str]) -> str:
        cells = []
        for place, (cell, size) in enumerate(zip(row, sizes, strict=True)):
            room = " " * (size - columns(cell))
            cells.append(room + cell if place in grid.right else cell + room)
        return _GAP.join(cells).replace("\u00a0", " ").rstrip()

    heads = [line(grid.heads), line(["-" * size for size in sizes])] if grid.heads else []
    return [*heads, *(line(row) for row in grid.rows)]


def _spelt_out(grid: Grid, width: int) -> list[str]:
    """Each row as a small paragraph: what the first row names stands before each value."""
    lines: list[str] = []
    for row in grid.rows:
        if lines:
            lines.append("")
        for place, cell in enumerate(row):
            head = grid.heads[place] if grid.heads else ""
            if cell:
                lines += wrap(f"{head}: {cell}" if head else cell, width=width, rest="  ")
    if grid.heads:
        used = {place for row in grid.rows for place, cell in enumerate(row) if cell}
        lines += [grid.heads[place] for place in range(len(grid.heads)) if place not in used and grid.heads[place]]
    return lines
