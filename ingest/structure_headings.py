"""Blocks of printed pages in, the same with headings found out: by the outline, else by size, weight and numbering."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, OutlineEntry

MAX_HEADING_CHARS = 200
LARGER = 1.08
MIN_MATCHED = 3
MAX_ITEM_CHARS = 80
MIN_LETTERS_SHARE = 0.6
MIN_MATCHED_SHARE = 0.4
NUMBERING = re.compile(r"(?P<number>(?:\d{1,2}\.)*\d{1,2}|[IVX]{1,5}|[A-Z])(?:[.)]|\s?[-–—])?\s+(?=\S*[^\W\d])")
CAPTION = re.compile(r"(?:figure|fig\.|tableau|table|schéma|graphique|encadré|source|note)s?\s*[\d:]", re.IGNORECASE)
NO_HEADING_END = re.compile(r"[.;,:](?:\s*\d{1,4})?$|\.{4,}\s*\d*$")
Style = tuple[float, bool]
TITLE_LEVEL = -1
"""The level of what stands on a title page: it is a heading and opens no section."""


def with_headings(draft: Draft) -> tuple[DraftPage, ...]:
    """The pages with their headings told apart and given levels; only printed pages (those with sizes) change."""
    blocks = [block for page in draft.pages for block in page.blocks]
    if not any(block.size for block in blocks):
        return draft.pages
    body = _body_style(blocks)
    matched = _by_outline(draft.pages, draft.outline)
    if len(matched) >= max(MIN_MATCHED, MIN_MATCHED_SHARE * len(draft.outline)):
        styles = _level_of_styles(draft.pages, matched)
        styles = {style: level for style, level in styles.items() if _stands_out(style, body)}
    else:
        matched = {}
        styles = _ranked_styles(blocks, body)
        styles |= dict.fromkeys(_title_styles(draft.pages, styles), TITLE_LEVEL)
    pages: list[DraftPage] = []
    for page in draft.pages:
        found: list[DraftBlock] = []
        for place, block in enumerate(page.blocks):
            level = matched.get((page.index, place), 0)
            if not level and _may_head(block) and not _in_list(page.blocks, place):
                level = styles.get(_style(block), 0)
            found.append(replace(block, kind=BlockKind.HEADING, level=level) if level else block)
        pages.append(replace(page, blocks=tuple(found)))
    return tuple(pages if matched else _numbered(pages))


def _style(block: DraftBlock) -> Style:
    return round(block.size * 2) / 2, block.bold


def _body_style(blocks: Sequence[DraftBlock]) -> Style:
    weights: Counter[Style] = Counter()
    for block in blocks:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            weights[_style(block)] += len(block.text)
    return weights.most_common(1)[0][0] if weights else (0.0, False)


def _stands_out(style: Style, body: Style) -> bool:
    larger = style[0] >= LARGER * body[0]
    return larger or (style[1] and not body[1] and style[0] >= 0.95 * body[0])


def _may_head(block: DraftBlock) -> bool:
    text = block.text.text
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM) or len(text) > MAX_HEADING_CHARS:
        return False
    if block.kind is BlockKind.ITEM and not NUMBERING.match(text) and not (block.bold and len(text) <= MAX_ITEM_CHARS):
        return False
    letters = sum(character.isalpha() for character in text)
    if letters < MIN_LETTERS_SHARE * len(text.replace(" ", "")) or " | " in text or "_" in text:
        return False
    if NO_HEADING_END.search(text) or CAPTION.match(text):
        return False
    return re.search(r"[^\W\d_]{3}", text) is not None


def _in_list(blocks: Sequence[DraftBlock], place: int) -> bool:
    """Whether a bold item has one like it right before or after it: then it is an item of a list, no heading."""
    block = blocks[place]
    if block.kind is not BlockKind.ITEM or NUMBERING.match(block.text.text):
        return False
    around = (*blocks[max(0, place - 1) : place], *blocks[place + 1 : place + 2])
    return any(other.kind is BlockKind.ITEM and other.bold for other in around)


def _ranked_styles(blocks: Sequence[DraftBlock], body: Style) -> dict[Style, int]:
    """Levels by style, the largest first."""
    heads: Counter[Style] = Counter()
    for block in blocks:
        if _may_head(block) and _stands_out(_style(block), body):
            heads[_style(block)] += 1
    ranked = sorted(heads, key=lambda style: (-style[0], not style[1]))
    return {style: level for level, style in enumerate(ranked, start=1)}


def _title_styles(pages: Sequence[DraftPage], styles: dict[Style, int]) -> list[Style]:
    """Styles of the title page: only on the first page with text, and larger than the most frequent heading."""
    printed = [page for page in pages if page.blocks]
    first, *rest = [
        Counter(_style(block) for block in page.blocks if _style(block) in styles and _may_head(block))
        for page in printed
    ] or [Counter()]
    everywhere = sum([*rest, first], Counter())
    if not everywhere:
        return []
    (usual, _), count = everywhere.most_common(1)[0]
    later = set().union(*rest)
    return [style for style in first if style not in later and style[0] > usual and count > 1]


def _by_outline(pages: Sequence[DraftPage], outline: Sequence[OutlineEntry]) -> dict[tuple[int, int], int]:
    """(page index, place of the block) -> level, for each entry of the outline whose heading is found on its page."""
    matched: dict[tuple[int, int], int] = {}
    texts = {page.index: [_letters(block.text.text) for block in page.blocks] for page in pages}
    tops = {page.index: [block.top for block in page.blocks] for page in pages}
    for entry in outline:
        wanted = _letters(entry.title)
        candidates = [
            place
            for place, text in enumerate(texts.get(entry.page_index, ()))
            if (entry.page_index, place) not in matched and _same_heading(text, wanted)
        ]
        if candidates and wanted:
            entry_top = entry.top or 0.0
            best = min(candidates, key=lambda place: abs(tops[entry.page_index][place] - entry_top))
            matched[entry.page_index, best] = entry.level
    return matched


def _same_heading(text: str, wanted: str) -> bool:
    if text == wanted:
        return True
    shorter, longer = sorted((text, wanted), key=len)
    return len(shorter) >= 0.7 * len(longer) and longer.endswith(shorter) and len(longer) <= MAX_HEADING_CHARS


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())


def _level_of_styles(pages: Sequence[DraftPage], matched: dict[tuple[int, int], int]) -> dict[Style, int]:
    seen: dict[Style, Counter[int]] = {}
    for page in pages:
        for place, block in enumerate(page.blocks):
            if level := matched.get((page.index, place)):
                seen.setdefault(_style(block), Counter())[level] += 1
    return {style: levels.most_common(1)[0][0] for style, levels in seen.items()}


def _numbered(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """Headings with numbers like 2.1 put one level under those like 2, whatever their style."""
    tops = [
        block.level for page in pages for block in page.blocks if block.kind is BlockKind.HEADING and _depth(block) == 1
    ]
    if len(tops) < 2:
        return list(pages)
    base = Counter(tops).most_common(1)[0][0]
    return [
        replace(
            page,
            blocks=tuple(
                replace(block, level=base + depth - 1)
                if block.kind is BlockKind.HEADING and (depth := _depth(block))
                else block
                for block in page.blocks
            ),
        )
        for page in pages
    ]


def _depth(block: DraftBlock) -> int:
    number = NUMBERING.match(block.text.text)
    if not number or not number["number"][0].isdigit():
        return 0
    return number["number"].rstrip(".").count(".") + 1
