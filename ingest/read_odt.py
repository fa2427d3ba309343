"""An ODT file in, a draft out: headings, list items with their numbers, table rows, notes; one page.

As in a DOCX, where a page ends is decided by whoever prints the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from corpus.errors import ReadError
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Traced
from ingest.office_archive import OfficeArchive, child, texts_of, value
from ingest.read_docx_lists import numeral
from ingest.read_office_hidden import drop_hidden

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
MAX_REPEATED = 64
_SILENT = frozenset({"note", "annotation", "annotation-end", "tracked-changes", "text-box", "sequence-decls", "forms"})


def read(path: Path) -> Draft:
    """The file as a draft of one page.

    Raises:
        ReadError: `broken_document`, `encrypted_document`, `empty_document`, `document_too_large`.
    """
    with OfficeArchive(path) as archive:
        manifest = archive.tree("META-INF/manifest.xml")
        if manifest is not None and manifest.find(".//encryption-data") is not None:
            raise ReadError("encrypted_document", f"{path.name} is encrypted.", "Save it without a password.")
        content = archive.tree("content.xml")
        roots = [content, archive.tree("styles.xml")]
        drop_hidden(content, roots)
        walk = _Walk(roots)
        text = child(content, "body", "text")
        if text is not None:
            walk.visit(text)
        metadata = dict(texts_of(archive.tree("meta.xml"), "title", "language"))
    if not walk.blocks:
        raise ReadError("empty_document", f"{path.name} has no text to read.", "Replace it or take it out.")
    language = metadata.get("language", "")[:2].lower()
    said = {"title": metadata["title"]} if "title" in metadata else {}
    said |= {"language": language} if language in ("fr", "en") else {}
    page = DraftPage(0, blocks=(*walk.blocks, *walk.notes))
    return Draft(metadata.get("title") or walk.title, (page,), MEDIA_TYPE, said)


class _Walk:
    """Goes through a text once and gathers its blocks, notes apart."""

    def __init__(self, roots: list[Element | None]) -> None:
        self.blocks: list[DraftBlock] = []
        self.notes: list[DraftBlock] = []
        self.title: str | None = None
        self._lists = {
            value(one, "name"): {value(level, "level"): level for level in one}
            for root in roots
            for one in (root.iter("list-style") if root is not None else ())
        }
        self._titles = {
            value(one, "name")
            for root in roots
            for one in (root.iter("style") if root is not None else ())
            if "Title" in (value(one, "name"), value(one, "parent-style-name"))
        } | {"Title"}

    def visit(self, element: Element) -> None:
        """Add the blocks of an element that holds headings, paragraphs, lists and tables."""
        for one in element:
            if one.tag == "h":
                level = value(one, "outline-level")
                self._add(BlockKind.HEADING, one, max(int(level) if level.isdigit() else 1, 1))
            elif one.tag == "p":
                if value(one, "style-name") in self._titles and self.title is None:
                    self.title = _text(one) or None
                    self._add(BlockKind.HEADING, one, 1)
                else:
                    self._add(BlockKind.PARAGRAPH, one)
            elif one.tag == "list":
                self._list(one, value(one, "style-name"), 1)
            elif one.tag == "table":
                self._table(one)
            elif one.tag not in _SILENT:
                self.visit(one)

    def _list(self, element: Element, style: str, depth: int) -> None:
        level = self._lists.get(style, {}).get(str(depth))
        form, start = value(level, "num-format"), value(level, "start-value")
        number = int(start) if start.isdigit() else 1
        for item in element:
            if item.tag not in ("list-item", "list-header"):
                continue
            prefix = (
                f"{numeral(number, form)}{value(level, 'num-suffix') or '.'} "
                if form and item.tag == "list-item"
                else ""
            )
            for one in item:
                if one.tag == "list":
                    self._list(one, value(one, "style-name") or style, depth + 1)
                elif one.tag in ("p", "h"):
                    self._add(BlockKind.ITEM, one, prefix=prefix)
                    prefix = ""
            number += item.tag == "list-item"

    def _table(self, table: Element) -> None:
        for row in table.iter("table-row"):
            cells: list[str] = []
            for cell in row:
                if cell.tag in ("table-cell", "covered-table-cell"):
                    repeated = value(cell, "number-columns-repeated")
                    times = min(int(repeated), MAX_REPEATED) if repeated.isdigit() else 1
                    cells += [" ".join(filter(None, (_text(one) for one in cell.iter("p"))))] * times
            while cells and not cells[-1]:
                cells.pop()
            self._append(BlockKind.TABLE_ROW, " | ".join(cells))

    def _add(self, kind: BlockKind, element: Element, level: int = 0, prefix: str = "") -> None:
        text = _text(element)
        if text:
            self._append(kind, prefix + text, level)
        for note in element.iter("note"):
            body, call = child(note, "note-body"), _text(note.find("note-citation"))
            said = " ".join(filter(None, (_text(one) for one in body.iter("p")))) if body is not None else ""
            if said:
                self.notes.append(DraftBlock(BlockKind.FOOTNOTE, Traced(f"{call}. {said}" if call else said)))
        for box in element.iter("text-box"):
            self.visit(box)

    def _append(self, kind: BlockKind, text: str, level: int = 0) -> None:
        if text.strip(" |"):
            self.blocks.append(DraftBlock(kind, Traced(text), level))


def _text(element: Element | None) -> str:
    return "" if element is None else re.sub(r"[ \t\n]+", " ", "".join(_pieces(element))).strip()


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for one in element:
        if one.tag in ("s", "tab", "line-break"):
            yield " "
        elif one.tag not in _SILENT:
            yield from _pieces(one)
        yield one.tail or ""
