"""What the stages of reading exchange: a draft that readers fill and clean, and the manuscript that it becomes.

read_*      a file        -> Draft        PDF: printed lines with their boxes; others: blocks
clean       Draft         -> Draft        characters repaired, running heads dropped, lines joined into blocks
structure   Draft         -> Manuscript   headings to section paths, sentences whole, page texts and their offsets
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.document import CharRun, Page

NOWHERE = -1
PAGE_STRIDE = 1 << 24
"""Origins are `pdf_page_index * PAGE_STRIDE + pdf_char_index`; pdfium pages hold far fewer characters than this."""

CATALOGUE_KEYS = {
    "title": ("title", "titre"),
    "publisher": ("publisher", "editeur", "éditeur"),
    "published_on": ("published_on", "date", "published", "publication_date"),
    "language": ("language", "lang", "langue"),
    "licence": ("licence", "license"),
    "kind": ("kind",),
    "status": ("status", "statut"),
    "url": ("url", "canonical"),
    "valid_from": ("valid_from",),
    "valid_to": ("valid_to",),
    "supersedes": ("supersedes",),
}
"""Keys of the catalogue that a document may carry itself, each with the spellings that are understood."""


class BlockKind(StrEnum):
    """What a block is to a reader; a passage never mixes a table with running text."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE_ROW = "table_row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Traced:
    """Text, and for each of its characters where it stands in a PDF (`NOWHERE`: inserted by the reader).

    `origins` is empty where the source is no PDF; otherwise it has one entry a character.
    """

    text: str
    origins: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.text)

    def part(self, start: int, end: int | None = None) -> Traced:
        """Characters [start, end), with their origins."""
        return Traced(self.text[start:end], self.origins[start:end])

    def strip(self, characters: str | None = None) -> Traced:
        """Without the white space (or `characters`) at both ends."""
        start = len(self.text) - len(self.text.lstrip(characters))
        return self.part(start, len(self.text.rstrip(characters))) if self.text.strip(characters) else Traced("")

    def runs(self, text_start: int) -> tuple[CharRun, ...]:
        """Runs of characters that follow each other in the PDF, as if this text stood at `text_start`."""
        runs: list[CharRun] = []
        begin = 0
        for place in range(1, len(self.origins) + 1):
            here, before = self.origins[place : place + 1], self.origins[place - 1]
            if before != NOWHERE and here == (before + 1,):
                continue
            if self.origins[begin] != NOWHERE:
                page_index, char_index = divmod(self.origins[begin], PAGE_STRIDE)
                runs.append(CharRun(text_start + begin, place - begin, page_index, char_index))
            begin = place
        return tuple(runs)


def glue(parts: Iterable[Traced], separator: str = "") -> Traced:
    """The parts one after the other, with `separator` (of no origin) between them."""
    kept = list(parts)
    text = separator.join(part.text for part in kept)
    if not any(part.origins for part in kept):
        return Traced(text)
    origins: list[int] = []
    for number, part in enumerate(kept):
        if number:
            origins.extend([NOWHERE] * len(separator))
        origins.extend(part.origins or [NOWHERE] * len(part.text))
    return Traced(text, tuple(origins))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points, origin top left, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """From top to bottom, in points."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """From left to right, in points."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of one column (or one row of a table, its cells already joined by ' | ').

    `size` is the font size of most of its characters in points; `column` is the number of the region of the page
    that it stands in: lines of different regions never make one paragraph; `[left, right]` of that region is
    `region_left`, `region_right`.
    """

    text: Traced
    box: Box
    size: float
    bold: bool = False
    italic: bool = False
    column: int = 0
    region_left: float = 0.0
    region_right: float = 0.0
    kind: BlockKind | None = None


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """A paragraph-like unit before its section is known. A line feed in `text` is a line end of the source.

    `level` is the depth of a heading (1 is the highest, 0 is unknown); `size`, `bold`, `top` are those of the print.
    `column` is that of its first line; `runs_on`: its last line goes to the margin and ends no sentence.
    """

    kind: BlockKind
    text: Traced
    level: int = 0
    size: float = 0.0
    bold: bool = False
    top: float = 0.0
    column: int = 0
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One page: `lines` as printed (PDF, until they are cleaned into blocks) or `blocks`; sizes in points."""

    index: int
    label: str | None = None
    lines: tuple[Line, ...] = ()
    blocks: tuple[DraftBlock, ...] = ()
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One bookmark: `level` 1 is the highest; `top` is in points from the top of the page, None where not said."""

    title: str
    level: int
    page_index: int
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document between two stages; fields as in `Manuscript`."""

    title: str | None
    pages: tuple[DraftPage, ...]
    media_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    outline: tuple[OutlineEntry, ...] = ()
    warnings: tuple[str, ...] = ()


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


def catalogue_metadata(said: Mapping[str, str]) -> dict[str, str]:
    """The catalogue's keys among what a document says of itself, whatever their case, spelling or `dcterms.` prefix."""
    plain: dict[str, str] = {}
    for key, value in said.items():
        name = key.strip().lower().lstrip("/").replace("-", "_")
        for prefix in ("dcterms.", "dc.", "og:", "sourcier:", "sourcier."):
            name = name.removeprefix(prefix)
        if value.strip():
            plain.setdefault(name, " ".join(value.split()))
    found = {}
    for key, spellings in CATALOGUE_KEYS.items():
        for spelling in spellings:
            if spelling in plain:
                found[key] = plain[spelling]
                break
    return found
