"""Tables of an email: those that hold data, and those that lay out what mail clients can lay out no other way."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

STACKED_FROM = 3  # columns; two still fit a phone side by side


def panel(box: HtmlElement, look: str) -> None:
    """Makes a block a cell with a ground and a bar: Outlook pads cells only. `look`: act, note or care."""
    cell = _into_table(box, "p")
    cell.set("data-class", look)


def _into_table(box: HtmlElement, look: str) -> HtmlElement:
    """Turns `box` into a layout table of one cell that holds all it held; gives the cell."""
    text, children = box.text, list(box)
    _layout(box, look)
    del box.attrib["cellpadding"]  # its cell has its own
    cell: HtmlElement = etree.SubElement(etree.SubElement(box, "tr"), "td")
    cell.text = text
    cell.extend(children)
    return cell


def _layout(table: HtmlElement, look: str) -> None:
    table.tag, table.text = "table", None
    table.attrib.clear()
    for name, value in (("role", "presentation"), ("cellpadding", "0"), ("cellspacing", "0")):
        table.set(name, value)
    table.set("width", "100%")
    table.set("data-class", look)
    table.set("data-layout", "1")


def key_messages(messages: HtmlElement) -> None:
    """An ordered list as rows with a large numeral each; left alone if anything but entries stands in it."""
    entries = list(messages)
    strays = [messages.text, *(entry.tail for entry in entries)]
    if any(entry.tag != "li" for entry in entries) or any((stray or "").strip() for stray in strays):
        return
    start = messages.get("start") or "1"
    first = int(start) if start.isdecimal() else 1
    _layout(messages, "km")
    width = 24 + 16 * len(str(first + len(entries) - 1))  # pixels: the longest numeral, and room beside it
    for number, entry in enumerate(entries, first):
        opens = number == first
        row = etree.SubElement(messages, "tr")
        row.set("valign", "top")
        numeral = etree.SubElement(row, "td")
        numeral.text = str(number)
        numeral.set("data-class", "num")
        if opens:
            numeral.set("width", str(width))
        entry.tag, entry.tail = "td", None
        entry.attrib.clear()
        row.append(entry)


def data_table(table: HtmlElement, align: str) -> None:
    """Header cells with their scope, cells with padding; wide ones carry each column's name for phones."""
    for name, value in (("cellpadding", "8"), ("cellspacing", "0"), ("width", "100%")):
        table.set(name, value)
    table.set("data-layout", "1")
    rows = list(table.iter("tr"))
    header = rows[0] if rows and all(cell.tag == "th" for cell in rows[0]) else None
    for row in rows:
        row.set("valign", "top")
        for cell in row:
            if cell.tag == "th":
                cell.set("scope", "col" if row is header else "row")
                if not cell.get("style") and not cell.get("align"):
                    cell.set("align", align)
    stacked = header is not None and _stackable(rows)
    table.set("data-class", "dt st" if stacked else "dt")
    if header is not None and stacked:
        header.set("data-class", "hd")
        _label([" ".join("".join(cell.itertext()).split()) for cell in header], rows[1:])


def _stackable(rows: list[HtmlElement]) -> bool:
    """Whether every row has the same cells, at least three, and none spans others."""
    spans = any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row)
    return not spans and len(rows[0]) >= STACKED_FROM and len({len(row) for row in rows}) == 1


def _label(names: list[str], rows: list[HtmlElement]) -> None:
    """Puts "Name: " before each cell's words; hidden until a phone stacks the cells."""
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if not name:
                continue
            label = etree.Element("b")
            label.text, label.tail, cell.text = f"{name}: ", cell.text, None
            label.set("data-class", "lb")
            cell.insert(0, label)
