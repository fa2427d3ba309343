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
FULL_SHARE = 0.8


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
            for table in _tables_between(rows, run):
                if not any(table.spans & other.spans for other in tables):
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


def _tables_between(rows: Sequence[Row], rules: Sequence[Box]) -> list[Table]:
    """Tables among the strips between rules of one extent: strips that follow each other and share their columns."""
    left, right = min(rule.left for rule in rules) - 3, max(rule.right for rule in rules) + 3
    strips: list[list[Span]] = [[] for _ in range(len(rules) + 1)]
    for row in rows:
        for span in row.spans:
            if span.right > left and span.left < right:
                middle = (span.top + span.bottom) / 2
                strips[sum(1 for rule in rules if rule.top <= middle)].append(span)
    tables: list[Table] = []
    group: list[list[Span]] = []
    for number, strip in enumerate(strips[1:-1], start=1):
        if not strip:
            continue
        fits = all(left <= span.left and span.right <= right for span in strip) and len(_columns([strip])) >= 2
        if group and fits and len(_columns([*group, strip])) >= len(_columns(group)):
            group.append(strip)
            continue
        tables.extend(_grouped(group))
        head = _head_above(strips[number - 1], rules[number - 1].top) if fits else []
        headed = len(_columns([head])) >= 2 and len(_columns([head, strip])) >= 2
        group = [head, strip] if headed else [strip] if fits else []
    return [*tables, *_grouped(group)]


def _grouped(strips: Sequence[list[Span]]) -> list[Table]:
    """The strips as a table where they are one; strips of several full rows are parted into these."""
    columns = _columns(strips)
    parted = [row for strip in strips for row in _full_rows(strip, columns)]
    if len(parted) < 2 or len(columns) < 2:
        return []
    first_texts = [text for strip in parted if (text := _text(_cells(strip, columns)[0]).text.strip())]
    if len(columns) == 2 and all(MARKER.fullmatch(text) for text in first_texts):
        return []
    return [_table(parted, columns, [span for strip in parted for span in strip])]


def _full_rows(strip: list[Span], columns: Sequence[float]) -> list[list[Span]]:
    """The lines of a strip where nearly each has a cell in every column, else the strip as one row."""
    lines: dict[int, list[Span]] = {}
    for span in strip:
        lines.setdefault(round(span.baseline), []).append(span)
    full = sum(1 for line in lines.values() if all(_cells(line, columns)))
    parts = len(lines) >= MIN_ALIGNED_ROWS and full >= FULL_SHARE * len(lines)
    return [lines[baseline] for baseline in sorted(lines)] if parts else [strip]


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


def _mostly_markers(texts: Sequence[str]) -> bool:
    return sum(1 for text in texts if MARKER.fullmatch(text)) > 0.6 * len(texts)


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
