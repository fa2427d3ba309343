"""A draft as read in, a clean draft out: characters repaired, running heads dropped, lines joined into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ingest.clean_characters import clean_characters
from ingest.clean_hyphens import join_lines, vocabulary
from ingest.manuscript import BlockKind, Draft, DraftBlock, Traced

BULLET = re.compile(r"^[•●▪■◦○‣⁃➢➔►→✓✔–—\-*o][ \u00a0\u202f]+(?=\S)")


def clean(draft: Draft) -> Draft:
    """The draft with every page's `blocks` clean and its `lines` used up."""
    pages = [
        replace(page, blocks=tuple(replace(block, text=clean_characters(block.text)) for block in page.blocks))
        for page in draft.pages
    ]
    words = vocabulary(block.text.text for page in pages for block in page.blocks)
    cleaned = tuple(
        replace(page, blocks=tuple(kept for block in page.blocks if (kept := _whole(block, words)).text.text))
        for page in pages
    )
    metadata = {
        key: said for key, value in draft.metadata.items() if (said := clean_characters(Traced(value)).text.strip())
    }
    title = clean_characters(Traced(draft.title)).text.strip() if draft.title else ""
    return replace(draft, title=title or None, pages=cleaned, metadata=metadata)


def _whole(block: DraftBlock, words: Counter[str]) -> DraftBlock:
    text = join_lines(block.text, words).strip()
    if block.kind is BlockKind.ITEM and (bullet := BULLET.match(text.text)):
        text = text.part(bullet.end())
    return replace(block, text=text)
