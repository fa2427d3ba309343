"""A DOCX file in, a draft out: headings by style, list items with their numbers, table rows, notes; one page.

Where a page ends is decided by whoever prints the file, so it has a single page. Deleted text (tracked changes), fields'
codes and comments are no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from corpus.errors import ReadError
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Traced
from ingest.office_archive import OfficeArchive, child, texts_of, value
from ingest.read_docx_lists import Numbering
from ingest.read_office_hidden import drop_white, is_hidden

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_STYLES_DEEP = 20
_HEADING_NAME = re.compile(r"(?:heading|titre|überschrift) ?([1-9])", re.IGNORECASE)
_SILENT = frozenset(
    {"delText", "instrText", "del", "moveFrom", "Fallback", "rPr", "pPr", "txbxContent", "footnoteReference"}
)
_BREAKS = frozenset({"tab", "br", "cr", "ptab"})


def read(path: Path) -> Draft:
    """The file as a draft of one page.

    Raises:
        ReadError: `broken_document`, `encrypted_document`, `empty_document`, `document_too_large`.
    """
    with OfficeArchive(path) as archive:
        document = archive.tree("word/document.xml")
        drop_white(document)
        walk = _Walk(_heading_levels(archive.tree("word/styles.xml")), Numbering(archive.tree("word/numbering.xml")))
        body = child(document, "body")
        walk.visit(body if body is not None else Element("body"))
        walk.notes(archive.tree("word/footnotes.xml"))
        metadata = dict(texts_of(archive.tree("docProps/core.xml"), "title", "language"))
    if not walk.blocks:
        raise ReadError("empty_document", f"{path.name} has no text to read.", "Replace it or take it out.")
    title = metadata.get("title") or walk.title
    return Draft(title, (DraftPage(0, blocks=tuple(walk.blocks)),), MEDIA_TYPE, _usable(metadata))


def _usable(metadata: dict[str, str]) -> dict[str, str]:
    language = metadata.get("language", "")[:2].lower()
    kept = {"title": metadata["title"]} if "title" in metadata else {}
    return {**kept, "language": language} if language in ("fr", "en") else kept


class _Walk:
    """Goes through a body once and gathers its blocks."""

    def __init__(self, levels: dict[str, int], numbering: Numbering) -> None:
        self.blocks: list[DraftBlock] = []
        self.title: str | None = None
        self._levels, self._numbering = levels, numbering

    def visit(self, element: Element) -> None:
        """Add the blocks of an element that holds paragraphs and tables."""
        for one in element:
            if one.tag == "p":
                self._paragraph(one)
            elif one.tag == "tbl":
                for row in one.iter("tr"):
                    self._add(BlockKind.TABLE_ROW, " | ".join(_cell_text(cell) for cell in _cells(row)))
            elif one.tag not in _SILENT:
                self.visit(one)

    def notes(self, root: Element | None) -> None:
        """Add the footnotes, numbered as they are printed."""
        number = 0
        for note in root if root is not None else ():
            if note.tag == "footnote" and not note.get("type"):
                number += 1
                text = " ".join(_text(one) for one in note.iter("p")).strip()
                self._add(BlockKind.FOOTNOTE, f"{number}. {text}" if text else "")

    def _paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "pPr")
        style = value(child(properties, "pStyle"))
        outline = value(child(properties, "outlineLvl"))
        level = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else self._levels.get(style, -1)
        text = _text(paragraph)
        if level == 0 and self.title is None and text:
            self.title = text
        if level >= 0:
            self._add(BlockKind.HEADING, text, max(level, 1))
        else:
            prefix = self._numbering.next_number(child(properties, "numPr"), style) if text else None
            kind = BlockKind.PARAGRAPH if prefix is None else BlockKind.ITEM
            self._add(kind, (prefix or "") + text)
        for box in paragraph.iter("txbxContent"):
            self.visit(box)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        if text.strip(" |"):
            self.blocks.append(DraftBlock(kind, Traced(text.strip()), level))


def _text(element: Element) -> str:
    return re.sub(r"[ \t\n]+", " ", "".join(_pieces(element))).strip()


def _pieces(element: Element) -> Iterator[str]:
    for one in element:
        if one.tag == "t":
            yield one.text or ""
        elif one.tag in _BREAKS:
            yield " "
        elif one.tag == "noBreakHyphen":
            yield "\u2011"
        elif one.tag not in _SILENT and not (one.tag == "r" and is_hidden(child(one, "rPr"))):
            yield from _pieces(one)


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row, also those that stand in a content control."""
    for one in row:
        if one.tag == "tc":
            yield one
        elif one.tag in ("sdt", "sdtContent", "customXml"):
            yield from _cells(one)


def _cell_text(cell: Element) -> str:
    """A cell on one line; what continues a merged cell from above is empty."""
    merged = child(cell, "tcPr", "vMerge")
    if merged is not None and value(merged) != "restart":
        return ""
    return " ".join(filter(None, (_text(paragraph) for paragraph in cell.iter("p"))))


def _heading_levels(root: Element | None) -> dict[str, int]:
    """The depth of each style that makes a heading: 1 is the highest, 0 is the document's title."""
    styles = {value(one, "styleId"): one for one in (root if root is not None else ()) if one.tag == "style"}
    return {name: level for name in styles if (level := _level_of(name, styles)) is not None}


def _level_of(name: str, styles: dict[str, Element]) -> int | None:
    for _ in range(MAX_STYLES_DEEP):
        style = styles.get(name)
        if style is None:
            return None
        outline = value(child(style, "pPr", "outlineLvl"))
        if outline.isdigit():
            return int(outline) + 1 if int(outline) < 9 else None
        said = value(child(style, "name"))
        if said.lower() in ("title", "titre"):
            return 0
        if found := _HEADING_NAME.fullmatch(said):
            return int(found[1])
        name = value(child(style, "basedOn"))
    return None
