"""A clean draft in, a manuscript out: section paths, sentences that cross a page made whole, page texts with offsets.

A page's text is its blocks in reading order joined by a blank line, headings too; rows of one table follow each other
on lines of their own.
"""

from __future__ import annotations

from corpus.document import CharRun, Page
from ingest.manuscript import Block, BlockKind, Draft, DraftBlock, DraftPage, Manuscript

Section = tuple[str, ...]
MAX_SECTION_CHARS = 200


def structure(draft: Draft) -> Manuscript:
    """The manuscript of a draft whose lines are already blocks."""
    title = draft.title or _first_title(draft.pages)
    sections = _heading_paths(draft.pages, title)
    pages: list[Page] = []
    blocks: list[Block] = []
    for page, page_sections in zip(draft.pages, sections, strict=True):
        text, spans, runs = _page_text(page)
        pages.append(Page(page.index, page.label, text, runs))
        for block, (start, end), section in zip(page.blocks, spans, page_sections, strict=True):
            blocks.append(Block(page.index, start, end, block.kind, section))
    return Manuscript(title, tuple(pages), tuple(blocks), draft.media_type, draft.metadata, draft.warnings)


def _first_title(pages: tuple[DraftPage, ...]) -> str | None:
    for page in pages:
        for block in page.blocks:
            if block.kind is BlockKind.HEADING:
                return block.text.text
    return None


def _heading_paths(pages: tuple[DraftPage, ...], title: str | None) -> list[list[Section]]:
    """For each page, each block's headings, highest first. A heading that only repeats the title opens nothing."""
    levels = [block.level for page in pages for block in page.blocks if block.kind is BlockKind.HEADING]
    lone_top = levels.count(min(levels)) == 1 if levels else False
    stack: list[tuple[int, str]] = []
    paths: list[list[Section]] = []
    for page in pages:
        path: list[Section] = []
        for block in page.blocks:
            if block.kind is not BlockKind.HEADING:
                path.append(tuple(name for _, name in stack))
                continue
            name = _short(block.text.text)
            if lone_top and block.level == min(levels) and _same(name, title):
                path.append((name,))
                continue
            while stack and stack[-1][0] >= block.level:
                stack.pop()
            stack.append((block.level, name))
            path.append(tuple(heading for _, heading in stack))
        paths.append(path)
    return paths


def _same(name: str, title: str | None) -> bool:
    return title is not None and name.casefold().strip(" .") == _short(title).casefold().strip(" .")


def _short(name: str) -> str:
    if len(name) <= MAX_SECTION_CHARS:
        return name
    return name[:MAX_SECTION_CHARS].rsplit(" ", 1)[0] + "…"


def _page_text(page: DraftPage) -> tuple[str, list[tuple[int, int]], tuple[CharRun, ...]]:
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    runs: list[CharRun] = []
    length = 0
    previous: DraftBlock | None = None
    for block in page.blocks:
        if previous is not None:
            rows = previous.kind is block.kind is BlockKind.TABLE_ROW
            parts.append("\n" if rows else "\n\n")
            length += len(parts[-1])
        spans.append((length, length + len(block.text)))
        runs.extend(block.text.runs(length))
        parts.append(block.text.text)
        length += len(block.text)
        previous = block
    return "".join(parts), spans, tuple(runs)
