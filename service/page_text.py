"""A page's text laid out for reading: the served text and a span go in; paragraphs of marked and plain pieces come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_LINE = re.compile(r"[^\n]+")
COLUMN_BAR = " | "


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a page, exactly as they are served; `first` is true of the first marked piece alone."""

    text: str
    marked: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, or the rows of a table; one line of pieces each, table rows excepted."""

    kind: Literal["text", "heading", "rows"]
    lines: tuple[tuple[Piece, ...], ...]


def lay_out(text: str, span: tuple[int, int] | None, headings: Collection[str] = ()) -> tuple[Block, ...]:
    """The blocks of a page's text, with the characters of `span` [start, end) marked.

    Nothing is changed or left out but the line ends between blocks; a block that is one of `headings` is a heading.
    """
    start, end = span or (0, 0)
    known = {_plain(heading) for heading in headings}
    blocks: list[Block] = []
    for found in _BLOCK.finditer(text):
        block = found.group()
        rows = block.count("\n") > 0 and all(COLUMN_BAR in line for line in block.split("\n"))
        spans = [m.span() for m in _LINE.finditer(text, *found.span())] if rows else [found.span()]
        lines = tuple(tuple(_pieces(text, a, b, start, end)) for a, b in spans)
        kind: Literal["text", "heading", "rows"] = "rows" if rows else "heading" if _plain(block) in known else "text"
        blocks.append(Block(kind, lines))
    return tuple(blocks)


def _plain(text: str) -> str:
    """The text with every run of blanks, no-break ones too, made one space: headings are compared so."""
    return " ".join(text.split())


def _pieces(text: str, line_start: int, line_end: int, start: int, end: int) -> Iterator[Piece]:
    """The pieces of characters [line_start, line_end), cut where the mark [start, end) begins and ends."""
    a, b = max(line_start, start), min(line_end, end)
    if a >= b:
        yield Piece(text[line_start:line_end])
        return
    if line_start < a:
        yield Piece(text[line_start:a])
    yield Piece(text[a:b], marked=True, first=bool(text[a:b].strip()) and not text[start:a].strip())
    if b < line_end:
        yield Piece(text[b:line_end])


def context_before(prefix: str, start: int) -> str:
    """What precedes a quote in its own paragraph, from a whole word on; `start` is where the quote begins on its page."""
    paragraph = prefix[prefix.rfind("\n") + 1 :]
    if len(paragraph) < len(prefix) or len(prefix) >= start:
        return paragraph
    return "… " + paragraph.partition(" ")[2]


def context_after(suffix: str) -> str:
    """What follows a quote in its own paragraph, up to a whole word."""
    paragraph, line_end, _ = suffix.partition("\n")
    if line_end or " " not in paragraph:
        return paragraph
    return paragraph.rpartition(" ")[0] + " …"
