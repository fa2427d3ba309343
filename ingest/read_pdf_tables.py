"""Rows of a page in, its tables out: found by their rules or by aligned cells, each row on one line.

A table is at least two rows of at least two columns. Columns are parted by white corridors that no cell crosses but
those of a few full-width rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.manuscript import Box, Traced, glue
from ingest.read_pdf_rows import Row
from ingest.read_pdf_spans import Span

MARKER = re.compile(
    r"\s*(?:[•●▪■◦○‣⁃➢➔→✓✔–—\-*o\uf000-\uf0ff]|\(?(?:\d{1,3}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,5})[.)°]?\)?)\s*"
)
MIN_CORRIDOR_POINTS = 4.0
MAX_STRIP_SHARE = 0.45
MIN_TABLE_WIDTH_SHARE = 0.3
RULE_ALIGN_POINTS = 8.0
MIN_ALIGNED_ROWS = 3
HEAD_GAP_SIZES = 1.6


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows as text, its place, and the spans that it is made of."""

    rows: tuple[tuple[Traced, Box], ...]
    box: Box
    spans: frozenset[Span]
    size: float


def ruled_tables(rows: Sequence[Row], rules: Sequence[Box], width: float, height: float) -> list[Table]:
    """Tables whose rows are parted by rules of the same extent, on a page of that width and height."""
    tables: list[Table] = []
    free = [rule for rule in rules if rule.width >= MIN_TABLE_WIDTH_SHARE * width]
    while free:
        first = free[0]
        group = [rule for rule in free if _same_extent(first, rule)]
        free = [rule for rule in free if rule not in group]
        for run in _runs(group, height):
            table = _ruled_table(rows, run)
            if table and not any(table.spans & other.spans for other in tables):
                tables.append(table)
    return tables


def aligned_table(rows: Sequence[Row]) -> Table | None:
    """The rows as a table without rules, None where their cells do not line up."""
    pieces = [list(row.spans) for row in rows]
    spans = [span for piece in pieces for span in piece]
    columns = _columns(pieces)
    if len(columns) < 2 or len(rows) < MIN_ALIGNED_ROWS:
        return None
    filled = [_cells(piece, columns) for piece in pieces]
    whole = sum(1 for cells in filled if sum(bool(cell) for cell in cells) >= 2)
    first_texts = [text for cells in filled if (text := _text(cells[0]).text.strip())]
    if whole < max(MIN_ALIGNED_ROWS, 0.6 * len(rows)) or _mostly_markers(first_texts):
        return None
    starts = [number for number, cells in enumerate(filled) if cells[0]]
    bounds = [*starts, len(pieces)]
    strips = [[span for piece in pieces[first:last] for span in piece] for first, last in pairwise(bounds)]
    return _table(strips, columns, spans)


def _same_extent(first: Box, second: Box) -> bool:
    return abs(first.left - second.left) < RULE_ALIGN_POINTS and abs(first.right - second.right) < RULE_ALIGN_POINTS


def _runs(rules: Sequence[Box], page_height: float) -> list[list[Box]]:
    """Rules in groups, from top to bottom, none far from the one before."""
    runs: list[list[Box]] = []
    for rule in sorted(rules, key=lambda box: box.top):
        if runs and rule.top - runs[-1][-1].top <= MAX_STRIP_SHARE * page_height:
            if rule.top - runs[-1][-1].top > 2:
                runs[-1].append(rule)
        else:
            runs.append([rule])
    return [run for run in runs if len(run) >= 2]


def _ruled_table(rows: Sequence[Row], rules: Sequence[Box]) -> Table | None:
    left, right = min(rule.left for rule in rules) - 3, max(rule.right for rule in rules) + 3
    inside = [[span for span in row.spans if left <= span.left and span.right <= right] for row in rows]
    for row in rows:
        if rules[0].top < row.baseline < rules[-1].top and any(_crosses(span, left, right) for span in row.spans):
            return None
    strips: list[list[Span]] = [[] for _ in range(len(rules) + 1)]
    for spans in inside:
        for span in spans:
            middle = (span.top + span.bottom) / 2
            strips[sum(1 for rule in rules if rule.top <= middle)].append(span)
    head = _head_above(strips[0], rules[0].top)
    below = [strip for strip in strips[1:-1] if strip]
    if len(below) + bool(head) < 2:
        return None
    for candidate in ([head, *below] if head else below, below):
        columns = _columns(candidate)
        if len(columns) < 2:
            columns = _columns(_without_titles(candidate))
        if len(candidate) >= 2 and len(columns) >= 2:
            filled = [sum(bool(cell) for cell in _cells(strip, columns)) >= 2 for strip in candidate]
            headed = candidate is below or filled[0]
            if headed and sum(filled) >= max(2, 0.6 * len(candidate)) and not _only_markers(candidate, columns):
                return _table(candidate, columns, [span for strip in candidate for span in strip])
    return None


def _crosses(span: Span, left: float, right: float) -> bool:
    return (span.left < left < span.right) or (span.left < right < span.right)


def _head_above(spans: Sequence[Span], rule_top: float) -> list[Span]:
    """The spans right above the first rule: the names of the columns, where only the rows below are ruled."""
    head: list[Span] = []
    limit = rule_top
    for span in sorted(spans, key=lambda span: -span.baseline):
        if limit - span.bottom > HEAD_GAP_SIZES * span.size:
            break
        head.append(span)
        limit = min(limit, span.top)
    return head


def _only_markers(strips: Sequence[Sequence[Span]], columns: Sequence[float]) -> bool:
    texts = [_text(_cells(strip, columns)[0]).text.strip() for strip in strips]
    return len(columns) == 2 and _mostly_markers([text for text in texts if text])


def _mostly_markers(texts: Sequence[str]) -> bool:
    return sum(1 for text in texts if MARKER.fullmatch(text)) > 0.6 * len(texts)


def _without_titles(strips: Sequence[Sequence[Span]]) -> list[Sequence[Span]]:
    """The strips but those of one line that go over several columns; none where these are too many."""
    several = [strip for strip in strips if len({round(span.baseline) for span in strip}) > 1 or len(strip) > 1]
    return several if len(several) >= 0.6 * len(strips) else []


def _columns(strips: Sequence[Sequence[Span]]) -> list[float]:
    """Left limits of the columns: between them are white corridors that no span crosses."""
    edges = sorted((span.left, span.right) for strip in strips for span in strip)
    columns: list[float] = []
    reach = -1e9
    for left, right in edges:
        if left - reach > MIN_CORRIDOR_POINTS:
            columns.append(left - 1)
        reach = max(reach, right)
    return columns


def _cells(strip: Sequence[Span], columns: Sequence[float]) -> list[list[Span]]:
    cells: list[list[Span]] = [[] for _ in columns]
    for span in strip:
        place = max(0, sum(1 for column in columns if column <= span.left) - 1)
        cells[place].append(span)
    return cells


def _text(cell: Sequence[Span]) -> Traced:
    """A cell's lines, parted by line feeds."""
    lines: list[list[Span]] = []
    for span in sorted(cell, key=lambda span: (span.baseline, span.left)):
        if lines and abs(span.baseline - lines[-1][0].baseline) <= 0.3 * span.size:
            lines[-1].append(span)
        else:
            lines.append([span])
    rows = [Row(tuple(sorted(line, key=lambda span: span.left)), line[0].baseline) for line in lines]
    return glue([row.text().strip() for row in rows], "\n")


def _table(strips: Sequence[Sequence[Span]], columns: Sequence[float], spans: Sequence[Span]) -> Table:
    rows: list[tuple[Traced, Box]] = []
    for strip in strips:
        cells = [_text(cell) for cell in _cells(strip, columns)]
        rows.append((glue(cells, "\x1f"), _box(strip)))
    return Table(tuple(rows), _box(spans), frozenset(spans), spans[0].size)


def _box(spans: Sequence[Span]) -> Box:
    return Box(
        min(span.left for span in spans),
        min(span.top for span in spans),
        max(span.right for span in spans),
        max(span.bottom for span in spans),
    )
