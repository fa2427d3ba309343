"""What readers hand on: a document as pages of clean text and the blocks that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.document import Page


class BlockKind(StrEnum):
    """What a block is to a reader; a passage never mixes a table with running text."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE_ROW = "table_row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-like unit: characters [start, end) of `pages[page_index].text`, under the headings `section`.

    Blocks are in reading order and do not overlap. A heading's `section` ends with the heading itself.
    """

    page_index: int
    start: int
    end: int
    kind: BlockKind
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A document that was read: `metadata` is what it says of itself (keys of the catalogue, as strings).

    `warnings` name what could not be kept, one sentence each.
    """

    title: str | None
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    media_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
