"""A table element in, its rows as lines out; tables that only lay out a page are told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml.etree import _Element as Element

LONG_CELL_CHARS = 600
MAX_SPAN = 200


def is_data_table(table: Element) -> bool:
    """Whether rows and columns mean something: a header, or a regular grid of short cells with nothing nested."""
    if table.get("role", "") in ("presentation", "none"):
        return False
    if table.find(".//th") is not None or table.find("caption") is not None:
        return True
    if table.find(".//table") is not None:
        return False
    widths = [len([cell for cell in row if cell.tag in ("td", "th")]) for row in table.iter("tr")]
    if len(widths) < 2 or max(widths) < 2 or min(widths) < max(widths) - 1:
        return False
    return all(sum(map(len, cell.itertext())) <= LONG_CELL_CHARS for cell in table.iter("td"))


def table_rows(table: Element, text_of: Callable[[Element], str]) -> Iterator[str]:
    """Each row on one line, cells joined by ' | '; a cell that spans rows is said again in each."""
    open_spans: dict[int, tuple[int, str]] = {}  # column -> rows still to fill, text
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[str] = []
        column = 0
        waiting = [cell for cell in row if cell.tag in ("td", "th")]
        while waiting or column in open_spans:
            if column in open_spans:
                rows_left, text = open_spans.pop(column)
                if rows_left > 1:
                    open_spans[column] = (rows_left - 1, text)
                cells.append(text)
                column += 1
                continue
            cell = waiting.pop(0)
            text = text_of(cell)
            if _span(cell, "rowspan") > 1:
                open_spans[column] = (_span(cell, "rowspan") - 1, text)
            cells.append(text)
            column += _span(cell, "colspan")
        if any(cells):
            yield " | ".join(cells)


def _span(cell: Element, name: str) -> int:
    said = cell.get(name, "1").strip()
    return max(1, min(int(said), MAX_SPAN)) if said.isdigit() else 1
