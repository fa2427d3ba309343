"""A plain text file in, a draft out: paragraphs by blank line, pages by form feed, headings by number or underline."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.errors import ReadError
from ingest.decode import decode, read_bytes
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Traced

MEDIA_TYPE = "text/plain"
MAX_HEADING_CHARS = 120
UNDERLINE = re.compile(r"^([=\-~*_])\1{2,}$")
NUMBERED = re.compile(r"^((?:\d{1,3}\.)*\d{1,3}|[IVXLC]{1,6}|[A-Z])[.)]?[ \t]+(?=[A-ZÀ-ÝŒ«])")
BULLET = re.compile(r"^[ \t]*(?:[-*+•–—▪◦‣]|\(?(?:\d{1,3}|[a-z]{1,3})[.)])[ \t]+")
ORDERED = re.compile(r"^[ \t]*\(?(?:\d{1,3}|[a-z]{1,3})[.)]")
RULE = re.compile(r"^[ \t]*([=\-~*_])(?:[ \t]*\1){2,}[ \t]*$")


def read(path: Path) -> Draft:
    """The file as a draft of blocks; one page, or one page between form feeds.

    Raises:
        ReadError: `empty_document`, `document_too_large`, `unsupported_document`, `broken_document`.
    """
    text = decode(read_bytes(path), path.name)
    sheets = text.split("\f")
    while len(sheets) > 1 and not sheets[-1].strip():
        sheets.pop()
    pages = tuple(
        DraftPage(index, str(index + 1) if len(sheets) > 1 else None, blocks=tuple(_blocks(sheet)))
        for index, sheet in enumerate(sheets)
    )
    if not any(page.blocks for page in pages):
        raise ReadError("empty_document", f"{path.name} has no text to read.", "Replace it or take it out.")
    return Draft(None, pages, MEDIA_TYPE)


def _blocks(sheet: str) -> list[DraftBlock]:
    blocks: list[DraftBlock] = []
    for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)+", sheet.strip("\n")):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        if len(lines) >= 2 and UNDERLINE.match(lines[1]) and len(lines[0]) <= MAX_HEADING_CHARS:
            blocks.append(_block(BlockKind.HEADING, lines[:1], 1 if lines[1][0] in "=*" else 2))
            lines = lines[2:]
        lines = [line for line in lines if not RULE.match(line)]
        if len(lines) == 1 and (level := _heading_level(lines[0])):
            blocks.append(_block(BlockKind.HEADING, lines, level))
        elif lines:
            blocks.extend(_items(lines) if BULLET.match(lines[0]) else [_block(BlockKind.PARAGRAPH, lines)])
    return blocks


def _heading_level(line: str) -> int:
    """Depth of a numbered heading ("2.1 Calendrier" is 2), 0 where the line is a sentence or has no number."""
    number = NUMBERED.match(line)
    if not number or len(line) > MAX_HEADING_CHARS or line[-1] in ".;,:!?»":
        return 0
    return number[1].rstrip(".").count(".") + 1


def _items(lines: list[str]) -> list[DraftBlock]:
    entries: list[list[str]] = []
    for line in lines:
        if BULLET.match(line):
            entries.append([line if ORDERED.match(line) else BULLET.sub("", line)])
        else:
            entries[-1].append(line)
    return [_block(BlockKind.ITEM, entry) for entry in entries]


def _block(kind: BlockKind, lines: list[str], level: int = 0) -> DraftBlock:
    return DraftBlock(kind, Traced("\n".join(lines)), level)
