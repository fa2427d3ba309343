"""A clean draft in, a manuscript out: section paths, sentences that cross a page made whole, page texts with offsets.

A page's text is its blocks in reading order joined by a blank line, headings too; rows of one table follow each other
on lines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import CharRun, Page
from ingest.manuscript import Block, BlockKind, Draft, DraftBlock, DraftPage, Manuscript
from ingest.structure_headings import TITLE_LEVEL, with_headings
from ingest.structure_law import is_law, law_sections

Section = tuple[str, ...]
Placed = tuple[DraftBlock, Section]
MAX_SECTION_CHARS = 200


def structure(draft: Draft) -> Manuscript:
    """The manuscript of a draft whose lines are already blocks."""
    headed = with_headings(draft)
    blocks = [block for page in headed for block in page.blocks]
    title = draft.title or _largest_heading(headed)
    placed = iter(law_sections(blocks) if is_law(blocks) else _heading_sections(blocks, title))
    pages: list[Page] = []
    spans: list[Block] = []
    for page in headed:
        text, page_spans, runs = _page_text(page, [next(placed) for _ in page.blocks])
        pages.append(Page(page.index, page.label, text, runs))
        spans.extend(page_spans)
    return Manuscript(title, tuple(pages), tuple(spans), draft.media_type, draft.metadata, draft.warnings)


def _largest_heading(pages: Sequence[DraftPage]) -> str | None:
    """The heading in the largest type on the first page that has one; the first of them where there is no type."""
    for page in pages:
        headings = [block for block in page.blocks if block.kind is BlockKind.HEADING]
        if headings:
            return max(headings, key=lambda block: block.size).text.text
    return None


def _heading_sections(blocks: Sequence[DraftBlock], title: str | None) -> list[Placed]:
    """Each block with its headings, highest first. A heading that only repeats the title opens nothing."""
    levels = [block.level for block in blocks if block.kind is BlockKind.HEADING and block.level >= 0]
    lone_top = levels.count(min(levels)) == 1 if levels else False
    stack: list[tuple[int, str]] = []
    placed: list[Placed] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            name = _section_name(block.text.text)
            if block.level == TITLE_LEVEL:
                placed.append((block, (name,)))
                continue
            if lone_top and block.level == min(levels) and title is not None and _same(name, title):
                placed.append((block, (name,)))
                continue
            while stack and stack[-1][0] >= block.level:
                stack.pop()
            stack.append((block.level, name))
        placed.append((block, tuple(name for _, name in stack)))
    return placed


def _same(name: str, title: str) -> bool:
    return name.casefold().strip(" .") == _section_name(title).casefold().strip(" .")


def _section_name(heading: str) -> str:
    """A heading as the name of a section: ordinary spaces, not too long to show."""
    name = " ".join(heading.split())
    return name if len(name) <= MAX_SECTION_CHARS else name[:MAX_SECTION_CHARS].rsplit(" ", 1)[0] + "…"


def _page_text(page: DraftPage, placed: Sequence[Placed]) -> tuple[str, list[Block], tuple[CharRun, ...]]:
    parts: list[str] = []
    spans: list[Block] = []
    runs: list[CharRun] = []
    length = 0
    for block, section in placed:
        if spans:
            rows = spans[-1].kind is block.kind is BlockKind.TABLE_ROW
            parts.append("\n" if rows else "\n\n")
            length += len(parts[-1])
        spans.append(Block(page.index, length, length + len(block.text), block.kind, section))
        runs.extend(block.text.runs(length))
        parts.append(block.text.text)
        length += len(block.text)
    return "".join(parts), spans, tuple(runs)
