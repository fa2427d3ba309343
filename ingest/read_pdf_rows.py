"""Spans of a page in, rows out: the spans that stand on one baseline, raised and lowered ones with the word they belong to.

Raised digits are written as superscript digits (a later stage knows which are calls to notes), a raised o after n as °.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.manuscript import Box, Traced, glue
from ingest.read_pdf_spans import SPACE_GAP_SIZES, Span

SMALL = 0.82
"""A span of less than this share of its neighbour's size is an exponent, an index or a call, where it is raised."""

MAX_RAISED_CHARS = 8
MAX_SPANS = 6000
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
ROW_TOLERANCE_SIZES = 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """Spans on one baseline, from left to right."""

    spans: tuple[Span, ...]
    baseline: float

    @property
    def box(self) -> Box:
        """What the spans cover, in points."""
        return Box(
            self.spans[0].left,
            min(span.top for span in self.spans),
            max(span.right for span in self.spans),
            max(span.bottom for span in self.spans),
        )

    @property
    def size(self) -> float:
        """The font size of most of its characters."""
        weights: dict[float, int] = {}
        for span in self.spans:
            size = round(span.size, 1)
            weights[size] = weights.get(size, 0) + len(span.text)
        return max(weights, key=lambda size: (weights[size], size))

    def is_mostly(self, style: str) -> bool:
        """Whether most of its characters are `bold` or `italic`."""
        styled = sum(len(span.text) for span in self.spans if getattr(span, style))
        return 2 * styled > sum(len(span.text) for span in self.spans)

    def text(self) -> Traced:
        """The spans' text, with a space where the print has one."""
        parts: list[Traced] = []
        for number, span in enumerate(self.spans):
            if number and _apart(self.spans[number - 1], span):
                parts.append(Traced(" "))
            parts.append(span.text)
        return glue(parts)


def rows_of(spans: Sequence[Span]) -> list[Row]:
    """Rows from top to bottom. Spans of different columns share a row where their baselines meet."""
    rows: list[list[Span]] = []
    for span in sorted(_with_raised_settled(spans), key=lambda span: (span.baseline, span.left)):
        if rows and span.baseline - rows[-1][0].baseline <= ROW_TOLERANCE_SIZES * min(span.size, rows[-1][0].size):
            rows[-1].append(span)
        else:
            rows.append([span])
    return [Row(tuple(sorted(row, key=lambda span: span.left)), row[0].baseline) for row in rows]


def _apart(left: Span, right: Span) -> bool:
    if left.text.text.endswith(" ") or right.text.text.startswith(" "):
        return False
    return left.space_after or right.left - left.right > SPACE_GAP_SIZES * min(left.size, right.size)


def _with_raised_settled(spans: Sequence[Span]) -> list[Span]:
    """The spans, those that are raised or lowered put on the baseline of the word before (or after) them."""
    if len(spans) > MAX_SPANS:
        return list(spans)
    by_baseline = sorted(spans, key=lambda span: span.baseline)
    baselines = [span.baseline for span in by_baseline]
    settled: list[Span] = []
    for span in spans:
        host = None
        if len(span.text.text.strip()) <= MAX_RAISED_CHARS:
            first = bisect_left(baselines, span.baseline - span.size)
            last = bisect_left(baselines, span.baseline + 2 * span.size)
            hosts = [other for other in by_baseline[first:last] if _carries(other, span)]
            host = min(hosts, key=lambda other: abs(span.left - other.right), default=None)
        settled.append(span if host is None else _on_baseline_of(host, span))
    return settled


def _carries(host: Span, span: Span) -> bool:
    if span is host or span.size > SMALL * host.size:
        return False
    rise = host.baseline - span.baseline
    if not -0.3 * host.size <= rise <= 0.7 * host.size or abs(rise) < 0.04 * host.size:
        return False
    return abs(span.left - host.right) < 0.6 * host.size or abs(host.left - span.right) < 0.6 * host.size


def _on_baseline_of(host: Span, span: Span) -> Span:
    text = span.text.text
    if host.baseline > span.baseline:
        if re.fullmatch(r"o|os", text.strip()) and re.search(r"(?:^|[^\w])[nN]$", host.text.text):
            text = text.replace("o", "°")
        else:
            text = text.translate(SUPERSCRIPTS)
    return replace(span, text=Traced(text, span.text.origins), baseline=host.baseline)
