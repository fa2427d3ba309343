"""Indexed documents in, a sealed bundle folder out: the one writer of the format that `corpus.bundle` reads."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from corpus.analysis import ANALYSIS_RULE
from corpus.bundle import source_to_json
from corpus.bundle_card import FORMAT_VERSION, BundleCard, seal_file, write_card
from corpus.document import Page, Source
from corpus.encoder import EncoderCard
from corpus.index import VectorIndex, Vectors
from corpus.passage import text_digest
from corpus.postings import LexicalEntry, write_lexicon
from corpus.tables import PAGES, PASSAGES, RUNS, SENTENCE_KINDS, SENTENCES, save_table


@dataclass(frozen=True, slots=True)
class IndexedSentence:
    """Characters [start, end) of the page's text, and one of `SENTENCE_KINDS`."""

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
    """A document ready to be written; `original` is the file whose bytes are kept beside the index."""

    source: Source
    pages: tuple[Page, ...]
    passages: tuple[IndexedPassage, ...]
    warnings: tuple[str, ...] = ()
    original: Path | None = None

    def passage_text(self, passage: IndexedPassage) -> str:
        """The passage's characters."""
        return self.pages[passage.page_index].text[passage.start : passage.end]


@dataclass(slots=True)
class _Rows:
    """The tables as they grow."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    sections: dict[tuple[str, ...], int] = field(default_factory=dict)
    pages: list[tuple[int, ...]] = field(default_factory=list)
    passages: list[tuple[Any, ...]] = field(default_factory=list)
    sentences: list[tuple[int, ...]] = field(default_factory=list)
    runs: list[tuple[int, ...]] = field(default_factory=list)
    entries: list[LexicalEntry] = field(default_factory=list)
    text: list[bytes] = field(default_factory=list)
    text_bytes: int = 0
    cursor: tuple[int, int, int] = (-1, 0, 0)


def write_bundle(
    folder: Path,
    documents: Sequence[IndexedDocument],
    vectors: Vectors,
    *,
    encoder: EncoderCard,
    split_rule: str,
    built_at: str,
    glossary: Sequence[tuple[str, str]] = (),
) -> BundleCard:
    """Write a whole bundle into `folder`, which must be empty, and return its card; the card is written last.

    `vectors` is float32 (n_passages, dimension), rows of unit length, in the order of documents and passages;
    `built_at` is RFC 3339, UTC, and does not enter the id; `glossary` holds (acronym, long form) pairs.
    """
    rows = _Rows()
    for number, document in enumerate(documents):
        _add_document(rows, number, document)
    _write_tables(folder, rows)
    _write_json(folder / "glossary.json", [list(pair) for pair in glossary])
    VectorIndex.of(vectors).save(folder / "vectors.faiss")
    (folder / "lexical").mkdir()
    write_lexicon(folder / "lexical", rows.entries)
    _keep_originals(folder / "originals", documents)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {name: seal_file(folder / name) for name in names}
    digest = hashlib.sha256(f"{FORMAT_VERSION} {encoder.revision} {split_rule} {ANALYSIS_RULE}\n".encode())
    for name, seal in files.items():
        digest.update(f"{name} {seal.sha256}\n".encode())
    card = BundleCard(
        id=f"b-{digest.hexdigest()[:16]}",
        built_at=built_at,
        encoder=encoder,
        split_rule=split_rule,
        analysis_rule=ANALYSIS_RULE,
        counts={
            "documents": len(documents),
            "pages": len(rows.pages),
            "passages": len(rows.passages),
            "sentences": len(rows.sentences),
        },
        files=files,
    )
    write_card(folder, card)
    return card


def _add_document(rows: _Rows, number: int, document: IndexedDocument) -> None:
    first_page, first_passage = len(rows.pages), len(rows.passages)
    starts = [_add_page(rows, number, page) for page in document.pages]
    seen: dict[str, int] = {}
    for passage in document.passages:
        text = document.passage_text(passage)
        digest = text_digest(text)
        occurrence = seen.get(digest, 0)
        seen[digest] = occurrence + 1
        _add_passage(rows, document, passage, first_page, starts, digest, occurrence)
    digest_of_text = hashlib.sha256("\f".join(page.text for page in document.pages).encode("utf-8"))
    rows.documents.append(
        {
            "source": source_to_json(document.source),
            "first_page": first_page,
            "n_pages": len(document.pages),
            "first_passage": first_passage,
            "n_passages": len(document.passages),
            "text_sha256": digest_of_text.hexdigest(),
            "warnings": list(document.warnings),
        }
    )


def _add_page(rows: _Rows, document: int, page: Page) -> int:
    """Append a page; the byte where its text starts."""
    start = rows.text_bytes
    encoded = page.text.encode("utf-8")
    rows.text.append(encoded)
    rows.text_bytes += len(encoded)
    first_run = len(rows.runs)
    rows.runs += [(r.text_start, r.length_chars, r.pdf_page_index, r.pdf_char_start) for r in page.runs]
    rows.pages.append((document, page.index, start, rows.text_bytes, first_run, len(rows.runs)))
    rows.labels.append(page.label)
    return start


def _add_passage(
    rows: _Rows,
    document: IndexedDocument,
    passage: IndexedPassage,
    first_page: int,
    page_bytes: Sequence[int],
    digest: str,
    occurrence: int,
) -> None:
    page = document.pages[passage.page_index].text
    page_row = first_page + passage.page_index
    at_page, at_char, at_byte = rows.cursor
    if at_page != page_row or at_char > passage.start:
        at_char, at_byte = 0, page_bytes[passage.page_index]
    byte_start = at_byte + len(page[at_char : passage.start].encode("utf-8"))
    byte_end = byte_start + len(page[passage.start : passage.end].encode("utf-8"))
    rows.cursor = (page_row, passage.end, byte_end)
    section = rows.sections.setdefault(passage.section, len(rows.sections))
    first_sentence = len(rows.sentences)
    for sentence in passage.sentences:
        kind = SENTENCE_KINDS.index(sentence.kind)
        rows.sentences.append((len(rows.passages), sentence.start, sentence.end, kind))
    rows.passages.append(
        (page_row, section, passage.start, passage.end, byte_start, byte_end,
         first_sentence, len(rows.sentences), digest.encode("ascii"), occurrence)
    )  # fmt: skip
    rows.entries.append(
        LexicalEntry(
            language=document.source.language,
            title=" . ".join((document.source.title, *passage.section)),
            sentences=[page[s.start : s.end] for s in passage.sentences],
        )
    )


def _write_tables(folder: Path, rows: _Rows) -> None:
    _write_json(folder / "documents.json", rows.documents)
    _write_json(folder / "labels.json", rows.labels)
    _write_json(folder / "sections.json", [list(section) for section in rows.sections])
    (folder / "text.bin").write_bytes(b"".join(rows.text))
    save_table(folder / "pages.npy", np.array(rows.pages, dtype=PAGES))
    save_table(folder / "passages.npy", np.array(rows.passages, dtype=PASSAGES))
    save_table(folder / "sentences.npy", np.array(rows.sentences, dtype=SENTENCES))
    save_table(folder / "runs.npy", np.array(rows.runs, dtype=RUNS))


def _keep_originals(folder: Path, documents: Sequence[IndexedDocument]) -> None:
    folder.mkdir()
    for document in documents:
        if document.original is not None and document.source.sha256:
            shutil.copyfile(document.original, folder / document.source.sha256)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")
