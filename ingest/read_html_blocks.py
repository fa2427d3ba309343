"""The element that holds a page's content in, blocks in reading order out: headings, paragraphs, items, table rows."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from ingest.manuscript import BlockKind, DraftBlock, Traced
from ingest.read_html_tables import is_data_table, table_rows

MAX_DEPTH = 200
INLINE_TAGS = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|q|rp|rt|ruby|s|samp|small"
    r"|span|strike|strong|sub|sup|time|tt|u|var|wbr|output|meter|progress|picture|source"
)
HEADING_TAG = re.compile(r"h([1-6])")
HEADING_CLASS = re.compile(r"(?:^|\s)oj-(?:doc-ti|ti-|sti-)")
"""Classes of the Official Journal's headings; their depth is found later from what they say."""

NOTE_CLASS = re.compile(r"(?:^|\s)(?:oj-note|footnote|note-de-bas)(?:\s|$)")
SUPERSCRIPT_CLASS = re.compile(r"(?:^|\s)oj-super(?:\s|$)")
NOTE_CALL = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|\*{1,3}|[a-z])\s*[\])]?\s*")
MARKER = re.compile(r"[(«]?\s?(?:\d{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})(?:\.\d{1,2})*\s?[.)°]{1,2}|[—–•·▪-]|\(\d+\)")
BARE_BULLET = re.compile(r"[—–•·▪-]")
SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
CALL = "\x00"
"""Where a call to a note was; the white space before it goes too, unless a word follows at once."""

CALL_WITH_SPACE = re.compile(rf"[\s\u00a0\u202f]*{CALL}(?=[\s\u00a0\u202f.,;:!?)\]»]|$)|{CALL}")
WHITE = re.compile(r"[ \t\n\r\f]+")


class BlockWalk:
    """Goes through a tree once and gathers its blocks."""

    def __init__(self) -> None:
        self.blocks: list[DraftBlock] = []
        self._buffer: list[str] = []
        self._prefix = ""
        self._kinds = [BlockKind.PARAGRAPH]
        self._numbers: dict[Element, int] = {}  # the last number given in each ordered list

    def visit(self, element: Element, depth: int = 0) -> None:
        """Add the blocks of `element`, its own text and its children's, without the text after it."""
        if depth > MAX_DEPTH:
            self._buffer.append(flat_text(element))
            return
        heading = HEADING_TAG.fullmatch(element.tag)
        if heading or HEADING_CLASS.search(element.get("class", "")):
            self._flush()
            self._add(BlockKind.HEADING, flat_text(element), int(heading[1]) if heading else 0)
        elif element.tag == "table":
            self._table(element, depth)
        elif element.tag == "br":
            self._buffer.append("\v")
        elif element.tag in ("sup", "sub") or SUPERSCRIPT_CLASS.search(element.get("class", "")):
            self._buffer.append(_raised(element, "".join(self._buffer[-2:])))
        elif element.tag == "a" and _is_note_call(element):
            if not any(part.strip() for part in self._buffer):
                self._buffer.append(flat_text(element))
                self._kinds.append(BlockKind.FOOTNOTE)
            else:
                self._buffer.append(CALL)
        elif INLINE_TAGS.fullmatch(element.tag):
            self._children(element, depth)
        else:
            self._block(element, depth)

    def finish(self) -> list[DraftBlock]:
        """All blocks; notes after the rest."""
        self._flush()
        notes = [block for block in self.blocks if block.kind is BlockKind.FOOTNOTE]
        return [block for block in self.blocks if block.kind is not BlockKind.FOOTNOTE] + notes

    def _children(self, element: Element, depth: int) -> None:
        self._buffer.append(element.text or "")
        for child in element:
            self.visit(child, depth + 1)
            self._buffer.append(child.tail or "")

    def _block(self, element: Element, depth: int) -> None:
        self._flush()
        height = len(self._kinds)
        if element.tag == "li":
            self._kinds.append(BlockKind.ITEM)
            self._prefix = self._number(element)
        elif NOTE_CLASS.search(element.get("class", "")):
            self._kinds.append(BlockKind.FOOTNOTE)
        self._children(element, depth)
        self._flush()
        del self._kinds[height:]

    def _table(self, table: Element, depth: int) -> None:
        self._flush()
        if is_data_table(table):
            caption = table.find("caption")
            self._add(BlockKind.PARAGRAPH, "" if caption is None else flat_text(caption))
            for row in table_rows(table, flat_text):
                self._add(BlockKind.TABLE_ROW, row)
            return
        for row in table.iter("tr"):
            if next(row.iterancestors("table")) is not table:
                continue
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            filled = [cell for cell in cells if flat_text(cell)]
            height = len(self._kinds)
            if len(filled) > 1 and MARKER.fullmatch(flat_text(filled[0])):
                marker = flat_text(filled.pop(0))
                self._prefix = "" if BARE_BULLET.fullmatch(marker) else f"{marker} "
                self._kinds.append(BlockKind.ITEM)
            for cell in filled:
                self._block(cell, depth + 1)
            del self._kinds[height:]

    def _number(self, item: Element) -> str:
        """What a browser prints before a list item: its number in an ordered list, nothing before a bullet."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return ""
        start = parent.get("start", "1")
        first = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
        number = self._numbers[parent] = self._numbers.get(parent, first - 1) + 1
        if parent.get("type") in ("a", "A") and number <= 26:
            return f"{chr(ord(parent.get('type')) + number - 1)}. "
        return f"{number}. "

    def _flush(self) -> None:
        """End a block; an empty line (two line breaks) ends one too."""
        text = CALL_WITH_SPACE.sub("", "".join(self._buffer))
        self._buffer.clear()
        for paragraph in re.split(r"\v\s*\v", text):
            self._add(self._kinds[-1], WHITE.sub(" ", paragraph.replace("\v", " ")).strip(" "))
        if self._kinds[-1] is BlockKind.FOOTNOTE and len(self._kinds) > 1 and text.strip():
            self._kinds.pop()

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        if text.strip(" |\u00a0"):
            self.blocks.append(DraftBlock(kind, Traced(self._prefix + text), level))
            self._prefix = ""


def flat_text(element: Element) -> str:
    """The element's text on one line, calls to notes left out."""
    parts: list[str] = []
    _gather(element, parts, 0)
    return WHITE.sub(" ", CALL_WITH_SPACE.sub("", "".join(parts))).strip(" ")


def _gather(element: Element, parts: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        parts.extend(element.itertext())
        return
    parts.append(element.text or "")
    for child in element:
        if child.tag in ("sup", "sub") or SUPERSCRIPT_CLASS.search(child.get("class", "")):
            parts.append(_raised(child, "".join(parts[-2:])))
        elif child.tag == "a" and _is_note_call(child) and any(part.strip() for part in parts):
            parts.append(CALL)
        else:
            apart = not INLINE_TAGS.fullmatch(child.tag)
            parts.append(" " if apart else "")
            _gather(child, parts, depth + 1)
            parts.append(" " if apart else "")
        parts.append(child.tail or "")


def _raised(element: Element, before: str) -> str:
    """The text of a raised or lowered element: no call to a note, 10²⁵ not 1025, n° not no."""
    text = WHITE.sub(" ", "".join(element.itertext()))
    linked = element.find(".//a") is not None or element.getparent().tag == "a"
    if element.tag == "sub":
        return text
    if linked and NOTE_CALL.fullmatch(text):
        return "" if before.strip(" (") else text
    if before[-1:].isdigit() and re.fullmatch(r"[+-]?\d+", text.strip()):
        return text.strip().translate(SUPERSCRIPTS)
    if before[-1:] in ("n", "N") and not before[-2:-1].isalpha() and text.strip() in ("o", "os"):
        return "°" if text.strip() == "o" else "°s"
    return text


def _is_note_call(link: Element) -> bool:
    """Whether a link is the number of a note, to or from it."""
    return link.get("href", "").startswith("#") and NOTE_CALL.fullmatch("".join(link.itertext())) is not None
