"""Printed lines of a page in, its blocks out: lines of one paragraph together, items and table rows on their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.manuscript import BlockKind, DraftBlock, DraftPage, Line, Traced, glue

BULLET = re.compile(r"^[•●▪■◦○‣⁃➢➔►→✓✔❑❖–—\-*o\uf000-\uf0ff][ \u00a0\u202f\t]+(?=\S)|^[•●▪■◦‣⁃➢►✓✔\uf0b7\uf0a7](?=\S)")
ITEM_MARKER = re.compile(
    r"^(?:\(?\d{1,3}(?:\.\d{1,2})?[)°]|\(\d{1,3}\)|\d{1,3}\.|\(?[a-z]{1,2}\)|\(?[ivx]{1,5}[.)]|(?![LRDAC]\.\W?\d)[a-zA-Z]\.)[ \u00a0\u202f\t]+(?=\S)"
)
SENTENCE_END = re.compile(r"[.!?;:…][»”\")\]]*\s*$")
LINE_BREAK_GAP = 0.45
"""Two lines are apart when the gap between them exceeds their usual one by this share of the font size."""

INDENT_SIZES = 0.9
HANGING_SIZES = 0.5
SHORT_LINE_SHARE = 0.12
SIZE_TOLERANCE = 0.07
FREQUENT_SHARE = 0.25
ANYWHERE = -1
Leading = dict[tuple[int, float], float]


def usual_leading(pages: Sequence[DraftPage]) -> Leading:
    """The usual distance of baselines, in points, for each (region of the page, font size to half a point).

    With one page it is that of its regions too, the smallest that is frequent; `ANYWHERE` is the most frequent of all.
    """
    seen: dict[tuple[int, float], Counter[float]] = {}
    for page in pages:
        for above, below in zip(page.lines, page.lines[1:], strict=False):
            distance = below.box.bottom - above.box.bottom
            same = _rounded(above.size) == _rounded(below.size) and above.bold == below.bold
            if above.column == below.column and 0 < distance < 2.2 * below.size and same:
                for region in (ANYWHERE, below.column):
                    seen.setdefault((region, _rounded(below.size)), Counter())[round(distance * 2) / 2] += 1
    usual: Leading = {}
    for (region, size), distances in seen.items():
        if region == ANYWHERE:
            usual[region, size] = distances.most_common(1)[0][0]
        elif len(pages) == 1 and distances.total() > 1:
            frequent = [d for d, count in distances.items() if count >= FREQUENT_SHARE * distances.total()]
            usual[region, size] = min(frequent or distances)
    return usual


def blocks_of(lines: Sequence[Line], notes: frozenset[int], leading: Leading) -> list[DraftBlock]:
    """The blocks in reading order, footnotes after the rest."""
    body = [line for place, line in enumerate(lines) if place not in notes]
    feet = [line for place, line in enumerate(lines) if place in notes]
    blocks = [_block(group) for group in _groups(body, leading)]
    return blocks + [_block(group, BlockKind.FOOTNOTE) for group in _note_groups(feet)]


def _groups(lines: Sequence[Line], leading: Leading) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1], line, leading):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _note_groups(lines: Sequence[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not re.match(r"\s*[\[(]?\s*(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]|\d{1,3}\s*[\])]|\d{1,3}\.?\s|\*)", line.text.text):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _continues(group: Sequence[Line], line: Line, leading: Leading) -> bool:
    above = group[-1]
    if line.kind is not None or above.kind is not None or line.column != above.column:
        return False
    if not _same_size(above, line) or _begins_item(group, line) or line.box.bottom <= above.box.bottom:
        return False
    size = _rounded(line.size)
    usual = leading.get((line.column, size)) or leading.get((ANYWHERE, size)) or 1.2 * line.size
    if line.box.bottom - above.box.bottom > max(usual, 1.0 * line.size) + LINE_BREAK_GAP * line.size:
        return False
    if line.bold != above.bold:
        whole_sentence = SENTENCE_END.search(above.text.text[-40:]) is not None
        if all(other.bold for other in group) or _ended(above) or (line.bold and whole_sentence):
            return False
    hanging = _is_marked(group[0]) and line.box.left > group[0].box.left + HANGING_SIZES * line.size
    return hanging or not _ended(above) or not _opens(group, line)


def _ended(line: Line) -> bool:
    """Whether the line stops well before the margin."""
    return line.region_right - line.box.right > SHORT_LINE_SHARE * (line.region_right - line.region_left)


def _opens(group: Sequence[Line], line: Line) -> bool:
    """Whether a line under a short one begins something new: after a full stop, or with a capital after a shorter line."""
    if SENTENCE_END.search(group[-1].text.text[-40:]):
        return True
    indented = line.box.left - group[-1].box.left > INDENT_SIZES * line.size and len(group) > 1
    first = line.text.text.lstrip()[:1]
    very_short = group[-1].region_right - group[-1].box.right > 0.4 * (line.region_right - line.region_left)
    centred = abs((line.box.left + line.box.right) - (group[-1].box.left + group[-1].box.right)) < 2 * line.size
    return indented or (first.isupper() and very_short and not (centred and line.box.left > line.region_left + 5))


def _begins_item(group: Sequence[Line], line: Line) -> bool:
    """Whether a line opens an item: a bullet does; a number does after an end, or under the number of another item."""
    text = line.text.text.lstrip()
    if BULLET.match(text):
        return True
    if not ITEM_MARKER.match(text):
        return False
    if _ended(group[-1]) or SENTENCE_END.search(group[-1].text.text[-40:]):
        return True
    return _is_marked(group[0]) and abs(line.box.left - group[0].box.left) < 0.5 * line.size


def _is_marked(line: Line) -> bool:
    return BULLET.match(line.text.text.lstrip()) is not None or ITEM_MARKER.match(line.text.text.lstrip()) is not None


def _block(group: Sequence[Line], kind: BlockKind | None = None) -> DraftBlock:
    first, last = group[0], group[-1]
    if kind is None:
        kind = first.kind or (BlockKind.ITEM if _is_marked(first) else BlockKind.PARAGRAPH)
    text: Traced = glue([line.text.strip() for line in group], "\n")
    runs_on = kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and not SENTENCE_END.search(text.text[-40:])
    return DraftBlock(
        kind,
        text,
        size=max(line.size for line in group),
        bold=all(line.bold for line in group),
        top=first.box.top,
        column=first.column,
        runs_on=runs_on and (not _ended(last) or text.text[-1:] in "-\u0002\u00ad,"),
    )


def _same_size(above: Line, below: Line) -> bool:
    return abs(above.size - below.size) <= SIZE_TOLERANCE * max(above.size, below.size)


def _rounded(size: float) -> float:
    return round(size * 2) / 2
