"""Pages of printed lines in, the same without running heads, feet and page numbers out; printed numbers become labels.

A line runs when it stands at the same height near the top or the bottom of several pages with the same words, numbers
set aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.manuscript import BlockKind, DraftPage, Line

ZONE_SHARE = 0.14
HEIGHT_STEP_POINTS = 6.0
MIN_PAGES = 3
MIN_PAGE_SHARE = 0.12
MAX_RUNNING_CHARS = 250
NUMBER = re.compile(r"\d+")
PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s*[-–—|]?\s*(?P<number>\d{1,4}|[ivxlc]{1,7})\s*(?:(?:/|sur|of|de)\s*\d{1,4})?\s*[-–—|]?",
    re.IGNORECASE,
)
NUMBER_IN_LINE = re.compile(
    r"(?:^|[\s|–—-])(?:page\s+)?(?P<number>\d{1,4})(?:\s?(?:/|sur|of)\s?\d{1,4})?\s*$|^(?P<first>\d{1,4})(?:\s?/\s?\d{1,4})?\s"
)
Key = tuple[bool, int, str]


def without_running_lines(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """The pages with their own text alone; `label` is filled from the printed numbers where the file gave none."""
    counts: Counter[Key] = Counter()
    for page in pages:
        counts.update({key for line in page.lines for key in _keys(line, page)})
    needed = max(2 if len(pages) < 6 else MIN_PAGES, MIN_PAGE_SHARE * len(pages))
    running = {key for key, count in counts.items() if count >= needed}
    head_size, head_limit = _common_head(pages, running)
    dropped: list[list[Line]] = []
    kept: list[list[Line]] = []
    for page in pages:
        runs = [line for line in page.lines if any(key in running for key in _keys(line, page))]
        limit = max((line.box.bottom for line in runs if line.box.top < page.height / 2), default=0.0)
        size = max((line.size for line in runs), default=0.0)
        if not limit and page.index == 0:
            limit, size = head_limit, head_size
        rest = [line for line in page.lines if line not in runs]
        above = [line for line in rest if line.size <= 1.3 * size and _above(line, limit)]
        dropped.append(runs + above)
        kept.append([line for line in rest if line not in above])
    labels = _labels(dropped, pages) if running else [None] * len(pages)
    return [
        replace(page, lines=tuple(lines), label=page.label if page.label is not None else label)
        for page, lines, label in zip(pages, kept, labels, strict=True)
    ]


def _above(line: Line, limit: float) -> bool:
    """Whether a line stands in the running head; a row of a table there is a masthead of several lines."""
    return line.box.bottom <= limit + 1 or (line.kind is BlockKind.TABLE_ROW and line.box.top < limit)


def _common_head(pages: Sequence[DraftPage], running: set[Key]) -> tuple[float, float]:
    """Font size and lowest edge of the running head of most pages."""
    edges: Counter[tuple[float, float]] = Counter()
    for page in pages:
        heads = [
            line
            for line in page.lines
            if line.box.top < page.height / 2 and any(key in running for key in _keys(line, page))
        ]
        if heads:
            edges[max(line.size for line in heads), max(line.box.bottom for line in heads)] += 1
    if not edges:
        return 0.0, 0.0
    (size, edge), count = edges.most_common(1)[0]
    return (size, edge) if count > len(pages) / 2 else (0.0, 0.0)


def _keys(line: Line, page: DraftPage) -> tuple[Key, ...]:
    """Where and what a line is, for comparing pages; none outside the zones of heads and feet."""
    at_top = line.box.bottom <= ZONE_SHARE * page.height
    at_bottom = line.box.top >= (1 - ZONE_SHARE) * page.height
    if not (at_top or at_bottom) or len(line.text) > MAX_RUNNING_CHARS or not page.height:
        return ()
    words = NUMBER.sub("#", " ".join(line.text.text.split())).lower()
    if re.fullmatch(r"[ivxlc]{1,7}", words):
        words = "#"
    height = line.box.bottom if at_top else page.height - line.box.bottom
    step = int(height / HEIGHT_STEP_POINTS)
    return ((at_top, step, words), (at_top, step + 1, words))


def _labels(dropped: Sequence[Sequence[Line]], pages: Sequence[DraftPage]) -> list[str | None]:
    """The number printed in the running lines of each page, where most pages have one and they grow by one."""
    found = [[label for line in lines for label in _numbers(line)] for lines in dropped]
    offsets = Counter(
        offset
        for labels, page in zip(found, pages, strict=True)
        for offset in {int(label) - page.index for label in labels if label.isdigit()}
    )
    if not offsets or offsets.most_common(1)[0][1] < max(2, 0.5 * len(pages)):
        return [None] * len(pages)
    offset = offsets.most_common(1)[0][0]
    return [
        next((label for label in labels if not label.isdigit() or int(label) - page.index == offset), None)
        for labels, page in zip(found, pages, strict=True)
    ]


def _numbers(line: Line) -> list[str]:
    """What may be the page's number in a running line."""
    text = " ".join(line.text.text.split())
    if whole := PAGE_NUMBER.fullmatch(text):
        return [whole["number"]]
    return [match["number"] or match["first"] for match in NUMBER_IN_LINE.finditer(text)]
