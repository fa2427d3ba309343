"""Spans and rules of a page in, its lines in reading order out: columns one after the other, tables row by row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.manuscript import BlockKind, Box, Line
from ingest.read_pdf_rows import Row, rows_of
from ingest.read_pdf_spans import Span, SpanPage
from ingest.read_pdf_tables import Table, aligned_table, ruled_tables

MIN_COLUMN_ROWS = 4
MIN_COLUMN_CHARS = 14
MIN_COLUMN_SHARE = 0.2
MIN_FILLED_SHARE = 0.45
FILLED = 0.7
"""A row of running text fills this share of its column, as most rows of a column of text do and few of a table's."""

GUTTER_STEP_POINTS = 3.0
MAX_ORDERED_SPANS = 6000
MAX_DEPTH = 6
EDGE_SHARE = 0.11
START_SIZES = 3.0
"""Two columns begin at heights that differ by no more than this many font sizes."""

BULLETS = tuple("•●▪■◦○‣⁃➢\uf0b7\uf0a7\uf0d8")
APART_SIZES = 0.8

Item = Row | Table


def lines_of(page: SpanPage, rules: Sequence[Box]) -> tuple[Line, ...]:
    """The page's lines in reading order."""
    rows = rows_of(page.spans)
    if len(page.spans) > MAX_ORDERED_SPANS:
        return _lines([rows], page)
    tables = ruled_tables(rows, rules, page.width, page.height)
    taken = frozenset(span for table in tables for span in table.spans)
    free = [Row(kept, row.baseline) for row in rows if (kept := tuple(s for s in row.spans if s not in taken))]
    head, body, foot = _parted(free, page.height)
    return _lines([head, *_regions(_spans(body), tables, 0), foot], page)


def _parted(rows: Sequence[Row], height: float) -> tuple[list[Row], list[Row], list[Row]]:
    """Head, body and foot: rows near the edges that stand well apart from the rest, so that columns do not cut them."""
    first, last = 0, len(rows)
    for number, (above, below) in enumerate(pairwise(rows)):
        apart = below.box.top - above.box.bottom > APART_SIZES * max(above.size, below.size)
        if apart and above.box.bottom < EDGE_SHARE * height:
            first = number + 1
        elif apart and below.box.top > (1 - EDGE_SHARE) * height:
            last = number + 1
            break
    return list(rows[:first]), list(rows[first:last]), list(rows[last:])


def _regions(spans: Sequence[Span], tables: Sequence[Table], depth: int) -> list[list[Row] | list[Table]]:
    """Stretches of rows and tables in reading order; rows of different stretches make no paragraph together."""
    items: list[Item] = sorted([*_rows(spans), *tables], key=lambda item: item.box.top)
    cut = _gutter(items) if depth < MAX_DEPTH else None
    if cut is None:
        return _stretches(items)
    gutter, first, last = cut
    band = items[first:last]
    above, below = items[:first], items[last:]
    regions = _regions(_spans(above), _tables(above), depth + 1)
    band_spans = _spans(band)
    for side in (True, False):
        part = [span for span in band_spans if (span.left < gutter) is side]
        regions += _regions(part, [table for table in _tables(band) if (table.box.left < gutter) is side], depth + 1)
    return regions + _regions(_spans(below), _tables(below), depth + 1)


def _rows(spans: Sequence[Span]) -> list[Row]:
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: (span.baseline, span.left)):
        if rows and span.baseline - rows[-1][0].baseline <= 0.3 * min(span.size, rows[-1][0].size):
            rows[-1].append(span)
        else:
            rows.append([span])
    return [Row(tuple(sorted(row, key=lambda span: span.left)), row[0].baseline) for row in rows]


def _spans(items: Sequence[Item]) -> list[Span]:
    return [span for item in items if isinstance(item, Row) for span in item.spans]


def _tables(items: Sequence[Item]) -> list[Table]:
    return [item for item in items if isinstance(item, Table)]


def _boxes(item: Item) -> list[tuple[float, float]]:
    if isinstance(item, Table):
        return [(item.box.left, item.box.right)]
    return [(span.left, span.right) for span in item.spans]


def _gutter(items: Sequence[Item]) -> tuple[float, int, int] | None:
    """(x, first, last): between items[first] and items[last - 1] two columns of running text stand beside x."""
    if len(items) < MIN_COLUMN_ROWS:
        return None
    left = min(edge for item in items for edge, _ in _boxes(item))
    right = max(edge for item in items for _, edge in _boxes(item))
    best: tuple[int, float, int, int] | None = None
    steps = int((right - left) / GUTTER_STEP_POINTS)
    for step in range(int(steps * MIN_COLUMN_SHARE), int(steps * (1 - MIN_COLUMN_SHARE)) + 1):
        place = left + step * GUTTER_STEP_POINTS
        for first, last in _bands(items, place):
            if (best is None or last - first > best[0]) and _two_columns(items[first:last], place):
                best = (last - first, place, first, last)
    if best is None:
        return None
    _, place, first, last = best
    return place, _first_of_columns(items, place, first, last), last


def _first_of_columns(items: Sequence[Item], place: float, first: int, last: int) -> int:
    """Where the band begins in truth: short lines that only stand above one of the columns are none of it."""
    rights = [item.box.top for item in items[first:last] if any(left > place for left, _ in _boxes(item))]
    lefts = [item.box.top for item in items[first:last] if any(left < place for left, _ in _boxes(item))]
    both = max(min(lefts), min(rights))
    while first < last - MIN_COLUMN_ROWS and items[first].box.top < both - START_SIZES * items[first].size:
        first += 1
    return first


def _bands(items: Sequence[Item], place: float) -> list[tuple[int, int]]:
    """Runs of items that do not cross x = `place`, long enough for two columns."""
    bands: list[tuple[int, int]] = []
    start = 0
    for number, item in enumerate([*items, None]):
        if item is None or any(left < place < right for left, right in _boxes(item)):
            if number - start >= MIN_COLUMN_ROWS:
                bands.append((start, number))
            start = number + 1
    return bands


def _two_columns(items: Sequence[Item], place: float) -> bool:
    spans = _spans(items)
    for side in (True, False):
        rows = _rows([span for span in spans if (span.left < place) is side])
        if len(rows) < MIN_COLUMN_ROWS:
            return False
        left, right = min(row.box.left for row in rows), max(row.box.right for row in rows)
        lengths = sorted(sum(len(span.text) for span in row.spans) for row in rows)
        if lengths[len(lengths) // 2] < MIN_COLUMN_CHARS or (left < place < right):
            return False
        filled = sum(1 for row in rows if _ink(row) >= FILLED * (right - left))
        if filled < MIN_FILLED_SHARE * len(rows):
            return False
    return True


def _ink(row: Row) -> float:
    return sum(span.right - span.left for span in row.spans)


def _stretches(items: Sequence[Item]) -> list[list[Row] | list[Table]]:
    """Rows between tables; among them, runs of rows with aligned cells are tables too."""
    stretches: list[list[Row] | list[Table]] = []
    rows: list[Row] = []
    for item in [*items, None]:
        if isinstance(item, Row):
            rows.append(item)
            continue
        stretches.extend(_aligned(rows))
        rows = []
        if item is not None:
            stretches.append([item])
    return [stretch for stretch in stretches if stretch]


def _aligned(rows: Sequence[Row]) -> list[list[Row] | list[Table]]:
    """The rows, runs of several with two or more cells each made tables where the cells line up."""
    out: list[list[Row] | list[Table]] = []
    plain: list[Row] = []
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and (len(rows[end].spans) > 1 or (end > start and _continues(rows[end - 1], rows[end]))):
            end += 1
        table = aligned_table(rows[start:end]) if end - start >= MIN_COLUMN_ROWS - 1 else None
        if table is None:
            plain.extend(rows[start : max(end, start + 1)])
        else:
            out.extend(([*plain], [table]))
            plain = []
        start = max(end, start + 1)
    return [*out, plain]


def _continues(above: Row, below: Row) -> bool:
    return below.baseline - above.baseline < 1.45 * above.size


def _without_second_bullets(row: Row) -> list[Row]:
    """The row, cut where a bullet stands far inside it: items that stand side by side."""
    parts: list[list[Span]] = [[]]
    for span in row.spans:
        far = bool(parts[-1]) and span.left - parts[-1][-1].right > 2 * span.size
        if far and span.text.text.lstrip()[:1] in BULLETS:
            parts.append([])
        parts[-1].append(span)
    return [Row(tuple(part), row.baseline) for part in parts]


def _lines(regions: Sequence[list[Row] | list[Table]], page: SpanPage) -> tuple[Line, ...]:
    lines: list[Line] = []
    everything = [item.box for region in regions for item in region]
    for number, region in enumerate(regions):
        boxes = [item.box for item in region] if len(region) > 1 else everything
        left = min((box.left for box in boxes), default=0.0)
        right = max((box.right for box in boxes), default=page.width)
        for item in region:
            if isinstance(item, Table):
                for text, box in item.rows:
                    lines.append(Line(text, box, item.size, column=number, kind=BlockKind.TABLE_ROW))
                continue
            for row in _without_second_bullets(item):
                bold, italic = row.is_mostly("bold"), row.is_mostly("italic")
                lines.append(Line(row.text(), row.box, row.size, bold, italic, number, left, right))
    return tuple(lines)
