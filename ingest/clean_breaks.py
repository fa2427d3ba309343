"""Blocks of pages in, the same with the sentences that a column or a page break cut made whole.

Over a column break the two parts become one block. Over a page break the rest of the sentence moves to the page where
it begins; its characters still say on which page of the file they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.manuscript import BlockKind, DraftBlock, DraftPage, glue

BODY = (BlockKind.PARAGRAPH, BlockKind.ITEM)
SIZE_TOLERANCE = 0.07
MARKED = re.compile(r"\s*(?:[•●▪■◦○‣⁃➢►–—*-]\s|\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)]\s|[IVX]{1,4}\.)")
STOP = re.compile(r"[.!?…][»”\")\]]*(?=[\s\u00a0\u202f]+[«“\"(\[]?[\s\u00a0\u202f]?[A-ZÀ-ÝŒ0-9]|$)|;(?=\n|$)")
ABBREVIATION = re.compile(
    r"(?:\b(?:art|al|p|pp|n|no|vol|cf|ex|etc|M|MM|Mme|Dr|Pr|St|Ste|fig|chap|éd|ed|vs|ann|J|L|R|D|C|c)|\b[A-Z])\.$"
)


def whole_sentences(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """The pages, every sentence of running text on one page and in one block."""
    joined = [replace(page, blocks=tuple(_over_columns(page.blocks))) for page in pages]
    for number in range(len(joined) - 1):
        joined[number], joined[number + 1] = _over_page(joined[number], joined[number + 1])
    return joined


def _over_columns(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    out: list[DraftBlock] = []
    for block in blocks:
        last = out[-1] if out else None
        higher = last is not None and block.top <= last.top + block.size
        if last and higher and last.column != block.column and _goes_on(last, block):
            out[-1] = replace(
                last, text=glue([last.text, block.text], "\n"), runs_on=block.runs_on, column=block.column
            )
        else:
            out.append(block)
    return out


def _over_page(page: DraftPage, following: DraftPage) -> tuple[DraftPage, DraftPage]:
    last = next((place for place in reversed(range(len(page.blocks))) if page.blocks[place].kind in BODY), None)
    first = next((place for place, block in enumerate(following.blocks) if block.kind is not BlockKind.FOOTNOTE), None)
    if last is None or first is None:
        return page, following
    if any(block.kind is not BlockKind.FOOTNOTE for block in page.blocks[last + 1 :]):
        return page, following
    begun, rest = page.blocks[last], following.blocks[first]
    if not _goes_on(begun, rest):
        return page, following
    end = _sentence_end(rest.text.text)
    whole = replace(begun, text=glue([begun.text, rest.text.part(0, end)], "\n"), runs_on=False)
    kept = rest.text.part(end).strip()
    remaining = (replace(rest, text=kept),) if kept.text else ()
    return (
        replace(page, blocks=(*page.blocks[:last], whole, *page.blocks[last + 1 :])),
        replace(following, blocks=(*following.blocks[:first], *remaining, *following.blocks[first + 1 :])),
    )


def _goes_on(begun: DraftBlock, rest: DraftBlock) -> bool:
    if not begun.runs_on or rest.kind is not BlockKind.PARAGRAPH or begun.kind not in BODY:
        return False
    if abs(begun.size - rest.size) > SIZE_TOLERANCE * begun.size or (rest.bold and not begun.bold):
        return False
    return not MARKED.match(rest.text.text)


def _sentence_end(text: str) -> int:
    """Where the first sentence of `text` ends; its whole length where it has no end inside."""
    for stop in STOP.finditer(text):
        if not ABBREVIATION.search(text[max(0, stop.start() - 12) : stop.start() + 1]):
            return stop.end()
    return len(text)
