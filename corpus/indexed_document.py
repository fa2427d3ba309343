"""A document ready for a bundle, in two forms: read anew (pages, passages, sentences), or kept as another bundle has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.document import Page, Source

Acronym = tuple[str, str, int]
"""A short form, what it stands for, and how often the document says so."""


@dataclass(frozen=True, slots=True)
class IndexedSentence:
    """Characters [start, end) of the page's text, and one of `corpus.tables.SENTENCE_KINDS`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage before it has an id: its page, its characters there, its headings and its sentences."""

    page_index: int
    start: int
    end: int
    section: tuple[str, ...]
    sentences: tuple[IndexedSentence, ...]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document ready to be written; `original` is the file whose bytes are kept beside the index.

    `declared_sha256` is the digest of what was said of the document when it was read (catalogue, sidecar).
    """

    source: Source
    pages: tuple[Page, ...]
    passages: tuple[IndexedPassage, ...]
    warnings: tuple[str, ...] = ()
    original: Path | None = None
    acronyms: tuple[Acronym, ...] = ()
    declared_sha256: str = ""

    def passage_text(self, passage: IndexedPassage) -> str:
        """The passage's characters."""
        return self.pages[passage.page_index].text[passage.start : passage.end]


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """The document of row `row` of another bundle, its rows taken over as they are.

    `source` may differ from that bundle's in anything but id, title, language and bytes, which the rows depend on.
    """

    source: Source
    row: int
    n_passages: int
    declared_sha256: str = ""
