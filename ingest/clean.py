"""A draft as read in, a clean draft out: its pages hold whole paragraphs of clean characters and nothing that runs.

In this order: running heads dropped, footnotes told apart, characters repaired, lines grouped into blocks, sentences
over column and page breaks made whole, hyphens at line ends undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.clean_breaks import whole_sentences
from ingest.clean_characters import clean_characters
from ingest.clean_hyphens import join_lines, vocabulary
from ingest.clean_notes import body_size, note_lines, note_numbers, with_plain_number, without_calls
from ingest.clean_paragraphs import ANYWHERE, BULLET, blocks_of, usual_leading
from ingest.clean_running import without_running_lines
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Traced, glue

CELL_MARK = "\x1f"
"""What parts the cells of a table row as read from print; ' | ' in the text that is served."""


def clean(draft: Draft) -> Draft:
    """The draft with every page's `blocks` clean and its `lines` used up."""
    pages = _with_blocks(draft.pages) if any(page.lines for page in draft.pages) else list(draft.pages)
    pages = [replace(page, blocks=tuple(_clean_block(block) for block in page.blocks)) for page in pages]
    words = vocabulary(block.text.text for page in pages for block in page.blocks)
    pages = [
        replace(page, blocks=tuple(kept for block in page.blocks if (kept := _whole(block, words)).text.text))
        for page in whole_sentences(pages)
    ]
    metadata = {key: said for key, value in draft.metadata.items() if (said := _plain(value))}
    return replace(draft, title=_plain(draft.title or "") or None, pages=tuple(pages), metadata=metadata)


def _with_blocks(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """Printed pages with their lines made blocks."""
    printed = without_running_lines(pages)
    body, leading = body_size(printed), usual_leading(printed)
    notes = [note_lines(page.lines, page.height, body) for page in printed]
    any_notes = any(notes)
    out: list[DraftPage] = []
    for page, found in zip(printed, notes, strict=True):
        known = note_numbers(page.lines, found)
        blocks: list[DraftBlock] = []
        local = leading | usual_leading([page])
        local |= {key: usual for key, usual in leading.items() if key[0] == ANYWHERE}
        for block in blocks_of(page.lines, found, local):
            if block.kind is BlockKind.FOOTNOTE:
                blocks.append(replace(block, text=with_plain_number(block.text)))
            else:
                blocks.append(replace(block, text=without_calls(block.text, known, any_notes)))
        out.append(replace(page, lines=(), blocks=tuple(blocks) or page.blocks))  # blocks: recognised, not printed
    return out


def _clean_block(block: DraftBlock) -> DraftBlock:
    if CELL_MARK not in block.text.text:
        return replace(block, text=clean_characters(block.text))
    cells: list[Traced] = []
    start = 0
    for cell in block.text.text.split(CELL_MARK):
        cells.append(clean_characters(block.text.part(start, start + len(cell))))
        start += len(cell) + 1
    return replace(block, text=glue(cells, CELL_MARK))


def _whole(block: DraftBlock, words: Counter[str]) -> DraftBlock:
    """The block on one line, without the bullet that its kind says already."""
    if CELL_MARK in block.text.text:
        cells: list[Traced] = []
        start = 0
        for cell in block.text.text.split(CELL_MARK):
            cells.append(join_lines(block.text.part(start, start + len(cell)), words).strip())
            start += len(cell) + 1
        return replace(block, text=glue(cells, " | "))
    text = join_lines(block.text, words).strip()
    if block.kind is BlockKind.ITEM and (bullet := BULLET.match(text.text)):
        text = text.part(bullet.end()).strip()
    return replace(block, text=text)


def _plain(value: str) -> str:
    return clean_characters(Traced(value)).text.strip()
