"""A bundle opened for reading: documents, pages, passages and sentences by row, straight from memory-mapped tables.

The folder holds card.json, documents.json, labels.json, sections.json, glossary.json, text.bin, the tables of `corpus.tables`,
vectors.faiss, lexical/ (see `corpus.postings`) and originals/ (the documents' own bytes, named by digest).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.bundle_card import BundleCard, check_seals, read_card
from corpus.changes import BundleChanges, read_changes
from corpus.document import CharRun, Kind, Page, Source, Status
from corpus.errors import BundleError
from corpus.held import Held, InFiles
from corpus.passage import Locator, Passage, PassageKey, parse_passage_id
from corpus.tables import PAGES, PASSAGES, RUNS, SENTENCE_KINDS, SENTENCES, Table, open_table


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A source as it was indexed: its rows, and the digest of its extracted text."""

    source: Source
    first_page: int
    n_pages: int
    first_passage: int
    n_passages: int
    text_sha256: str
    warnings: tuple[str, ...] = ()
    acronyms: tuple[tuple[str, str, int], ...] = ()
    declared_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage: characters [start, end) of the page's text."""

    row: int
    passage_row: int
    start: int
    end: int
    kind: str
    text: str


class Bundle:
    """Read access to one bundle. Immutable and safe to share between threads; nothing is copied until asked for.

    `held` keeps what is large; the folder does unless another is given. The folder holds all the rest in any case.
    """

    def __init__(self, folder: Path, card: BundleCard, held: Held | None = None) -> None:
        self.folder = folder
        self.card = card
        self.documents: tuple[DocumentRecord, ...] = tuple(
            _document(raw) for raw in _load_json(folder / "documents.json", list)
        )
        self._by_id = {record.source.id: n for n, record in enumerate(self.documents)}
        self.labels: list[str | None] = _load_json(folder / "labels.json", list)
        self.sections = [tuple(path) for path in _load_json(folder / "sections.json", list)]
        self.glossary = tuple((str(short), str(long)) for short, long in _load_json(folder / "glossary.json", list))
        self.pages: Table = open_table(folder / "pages.npy", PAGES)
        self.passages: Table = open_table(folder / "passages.npy", PASSAGES)
        self.sentences: Table = open_table(folder / "sentences.npy", SENTENCES)
        self.runs: Table = open_table(folder / "runs.npy", RUNS)
        self.passage_document: Table = np.asarray(self.pages["document"])[np.asarray(self.passages["page"])]
        self._languages = np.asarray([record.source.language for record in self.documents], dtype=np.str_)
        self.held = held = held or InFiles(folder)
        self._text, self.vectors, self.lexicon = held.text, held.vectors, held.lexicon
        if len(self.vectors) != len(self.passages):
            raise BundleError(
                "bundle_corrupt",
                f"bundle {card.id}: {len(self.vectors)} vectors for {len(self.passages)} passages",
                "Run: python -m ingest build",
            )

    def __len__(self) -> int:
        return len(self.passages)

    def document(self, document_id: str) -> DocumentRecord | None:
        """The document of that id, or None."""
        row = self._by_id.get(document_id)
        return None if row is None else self.documents[row]

    def page(self, document_id: str, index: int) -> Page | None:
        """One page with its text and character runs, or None where there is no such document or page."""
        record = self.document(document_id)
        if record is None or not 0 <= index < record.n_pages:
            return None
        return self.page_at(record.first_page + index)

    def page_at(self, row: int) -> Page:
        """The page of a row of `pages`."""
        entry = self.pages[row]
        runs = self.runs[int(entry["run_start"]) : int(entry["run_end"])]
        return Page(
            index=int(entry["index"]),
            label=self.labels[row],
            text=self._slice(entry),
            runs=tuple(CharRun(*(int(value) for value in run)) for run in runs),
        )

    def page_text(self, row: int) -> str:
        """The served text of a page, by row; cheaper than `page_at`."""
        return self._slice(self.pages[row])

    def passage_at(self, row: int) -> Passage:
        """The passage of a row of `passages`."""
        entry = self.passages[row]
        page_row = int(entry["page"])
        source = self.source_of(row)
        key = PassageKey(source.id, entry["digest"].decode("ascii"), int(entry["occurrence"]))
        locator = Locator(
            page_index=int(self.pages[page_row]["index"]),
            page_label=self.labels[page_row],
            start=int(entry["start"]),
            end=int(entry["end"]),
            section=self.sections[int(entry["section"])],
        )
        return Passage(str(key), source.id, self._slice(entry), locator)

    def section_of(self, passage_row: int) -> tuple[str, ...]:
        """The headings that a passage stands under, the outermost first."""
        return self.sections[int(self.passages[passage_row]["section"])]

    def source_of(self, passage_row: int) -> Source:
        """The document that a passage belongs to."""
        return self.documents[int(self.passage_document[passage_row])].source

    def languages_of(self, passage_rows: Table) -> Table:
        """The language of the document of each passage: str (n_rows,)."""
        return self._languages[self.passage_document[passage_rows]]

    def row_of(self, passage_id: str) -> int | None:
        """The row of a passage id, or None where this bundle has no such passage."""
        key = parse_passage_id(passage_id)
        record = self.document(key.document_id) if key else None
        if key is None or record is None:
            return None
        rows = self.passages[record.first_passage : record.first_passage + record.n_passages]
        hits = np.flatnonzero((rows["digest"] == key.digest.encode("ascii")) & (rows["occurrence"] == key.occurrence))
        return record.first_passage + int(hits[0]) if len(hits) else None

    def passage(self, passage_id: str) -> Passage | None:
        """The passage of an id, or None."""
        row = self.row_of(passage_id)
        return None if row is None else self.passage_at(row)

    def sentence_at(self, row: int) -> Sentence:
        """The sentence of a row of `sentences`."""
        entry = self.sentences[row]
        passage_row = int(entry["passage"])
        passage = self.passages[passage_row]
        start, end = int(entry["start"]), int(entry["end"])
        offset = int(passage["start"])
        text = self._slice(passage)[start - offset : end - offset]
        return Sentence(row, passage_row, start, end, SENTENCE_KINDS[int(entry["kind"])], text)

    def text_between(self, passage_row: int, start: int, end: int) -> str:
        """Characters [start, end) of the page's text, both within the passage."""
        entry = self.passages[passage_row]
        offset = int(entry["start"])
        return self._slice(entry)[start - offset : end - offset]

    def sentence_rows(self, passage_row: int) -> range:
        """The rows of a passage's sentences, in reading order."""
        entry = self.passages[passage_row]
        return range(int(entry["sentence_start"]), int(entry["sentence_end"]))

    def passage_texts(self) -> Iterator[str]:
        """Every passage's text, in row order."""
        return (self._slice(entry) for entry in self.passages)

    def original(self, document_id: str) -> Path | None:
        """The document's own bytes as a file of this bundle, or None where they were not kept."""
        record = self.document(document_id)
        if record is None or not record.source.sha256:
            return None
        return self.held.original(record.source.sha256)

    @property
    def changes(self) -> tuple[BundleChanges, ...]:
        """What this build changed, and the builds before it, newest first; read from disk at each call.

        Raises: `bundle_corrupt` where the file is damaged.
        """
        return read_changes(self.folder)

    def text_bytes(self, start: int, end: int) -> bytes:
        """Bytes [start, end) of all pages' texts one after the other, UTF-8."""
        return self._text[start:end]

    def _slice(self, entry: Any) -> str:
        return self._text[int(entry["byte_start"]) : int(entry["byte_end"])].decode("utf-8")


def open_bundle(folder: Path, *, check: bool = True) -> Bundle:
    """The bundle in `folder`; with `check`, every file is compared with its checksum first.

    Raises: `bundle_missing`, `bundle_format`, `bundle_corrupt`.
    """
    card = read_card(folder)
    if check:
        check_seals(folder, card)
        read_changes(folder)
    return Bundle(folder, card)


def source_to_json(source: Source) -> dict[str, Any]:
    """A source as JSON: dates in ISO form, tuples as lists, nothing left out."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "language": source.language,
        "licence": source.licence,
        "kind": source.kind.value,
        "status": source.status.value,
        "url": source.url,
        "file": source.file,
        "valid_from": source.valid_from.isoformat() if source.valid_from else None,
        "valid_to": source.valid_to.isoformat() if source.valid_to else None,
        "supersedes": list(source.supersedes),
        "superseded_by": list(source.superseded_by),
        "superseded_on": source.superseded_on.isoformat() if source.superseded_on else None,
        "feed": source.feed,
        "sha256": source.sha256,
        "media_type": source.media_type,
    }


def source_from_json(raw: dict[str, Any]) -> Source:
    """The source that `source_to_json` wrote."""
    values = dict(raw)
    for name in ("published_on", "valid_from", "valid_to", "superseded_on"):
        values[name] = dt.date.fromisoformat(values[name]) if values.get(name) else None
    for name in ("supersedes", "superseded_by"):
        values[name] = tuple(values.get(name) or ())
    values["kind"] = Kind(values["kind"])
    values["status"] = Status(values["status"])
    return Source(**values)


def _document(raw: dict[str, Any]) -> DocumentRecord:
    try:
        return DocumentRecord(
            source=source_from_json(raw["source"]),
            first_page=int(raw["first_page"]),
            n_pages=int(raw["n_pages"]),
            first_passage=int(raw["first_passage"]),
            n_passages=int(raw["n_passages"]),
            text_sha256=str(raw["text_sha256"]),
            warnings=tuple(raw["warnings"]),
            acronyms=tuple((str(short), str(long), int(count)) for short, long, count in raw["acronyms"]),
            declared_sha256=str(raw["declared_sha256"]),
        )
    except (KeyError, TypeError, ValueError) as bad:
        raise BundleError("bundle_corrupt", f"documents.json: {bad}", "Run: python -m ingest build") from bad


def _load_json(path: Path, kind: type[Sequence[Any]]) -> Any:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as bad:
        raise BundleError(
            "bundle_corrupt", f"{path.name} cannot be read: {bad}", "Run: python -m ingest build"
        ) from bad
    if not isinstance(value, kind):
        raise BundleError("bundle_corrupt", f"{path.name} is not a list", "Run: python -m ingest build")
    return value
