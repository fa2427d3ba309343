"""Indexed documents in, a sealed bundle folder out: the one writer of the format that `corpus.bundle` reads."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from corpus.analysis import ANALYSIS_RULE
from corpus.bundle import Bundle
from corpus.bundle_card import FORMAT_VERSION, BundleCard, seal_files, write_card
from corpus.bundle_rows import Segment, kept_segment, lexical_entries, segment_of, stack
from corpus.encoder import EncoderCard
from corpus.errors import BundleError
from corpus.held import ORIGINALS
from corpus.index import Vectors
from corpus.index_writer import MergedVectors, write_index
from corpus.indexed_document import IndexedDocument, IndexedPassage, IndexedSentence, KeptDocument
from corpus.lexicon_writer import LexicalBase, LexicalEntry, write_lexicon
from corpus.tables import save_table

__all__ = ["IndexedDocument", "IndexedPassage", "IndexedSentence", "KeptDocument", "write_bundle"]
Document = IndexedDocument | KeptDocument


def write_bundle(
    folder: Path,
    documents: Sequence[Document],
    vectors: Vectors | MergedVectors,
    *,
    encoder: EncoderCard,
    split_rule: str,
    built_at: str,
    glossary: Sequence[tuple[str, str]] = (),
    base: Bundle | None = None,
    reading_rule: str = "",
) -> BundleCard:
    """Write a whole bundle into `folder`, which must be empty, and return its card; the card is written last.

    `vectors` is float32 (n_passages, dimension), rows of unit length, in the order of documents and passages;
    `built_at` is RFC 3339, UTC, and does not enter the id, nor does `reading_rule`; `glossary` holds (acronym, long form)
    pairs. `base`, an open bundle made by the same rules, is where kept documents are taken from: the result is the same,
    byte for byte, as if they had been read anew.

    Raises: `bundle_corrupt` where an original's bytes are not those that its digest names; OSError where the disk is full.
    """
    rows = stack([_segment(document, base) for document in documents])
    _write_tables(folder, rows)
    _write_json(folder / "glossary.json", [list(pair) for pair in glossary])
    with ThreadPoolExecutor(1) as beside:  # FAISS and numpy both work outside the interpreter's lock
        merged = vectors if isinstance(vectors, MergedVectors) else MergedVectors.of(vectors)
        saving = beside.submit(write_index, folder / "vectors.faiss", merged)
        (folder / "lexical").mkdir()
        lexical = _lexical_base(base, documents, rows) if base else None
        write_lexicon(folder / "lexical", _entries(documents, rows, lexical), lexical)
        _keep_originals(folder / ORIGINALS, documents, base)
        saving.result()
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = seal_files(folder, names)
    for name, seal in files.items():
        if name.startswith(f"{ORIGINALS}/") and seal.sha256 != name.removeprefix(f"{ORIGINALS}/"):
            raise BundleError("bundle_corrupt", f"{name} has other bytes than its name says", "Run the build again.")
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
        reading_rule=reading_rule,
    )
    write_card(folder, card)
    return card


def _segment(document: Document, base: Bundle | None) -> Segment:
    if isinstance(document, IndexedDocument):
        return segment_of(document)
    if base is None:
        raise ValueError(f"{document.source.id} is to be kept, and there is no bundle to keep it from")
    return kept_segment(base, document)


def _lexical_base(base: Bundle, documents: Sequence[Document], rows: Segment) -> LexicalBase:
    """Where each passage of `base` goes: whole documents that are kept, and what a changed document left as it was."""
    new_rows = np.full(len(base), -1, np.int64)
    for document, record in zip(documents, rows.record["documents"], strict=True):
        first_new = record["first_passage"]
        if isinstance(document, KeptDocument):
            first = base.documents[document.row].first_passage
            new_rows[first : first + record["n_passages"]] = np.arange(first_new, first_new + record["n_passages"])
        else:
            for number, row in enumerate(_same_passages(base, document)):
                if row >= 0:
                    new_rows[row] = first_new + number
    spans = np.stack([base.passages["sentence_start"], base.passages["sentence_end"]], axis=1).astype(np.int64)
    gone = [_entry_of(base, row) for row in np.flatnonzero(new_rows < 0).tolist()]
    return LexicalBase(base.folder / "lexical", base.lexicon, new_rows, spans, gone)


def _same_passages(base: Bundle, document: IndexedDocument) -> list[int]:
    """For each passage, the row of the same words in `base`: of that document, under the same headings, cut alike; or -1."""
    record = base.document(document.source.id)
    told = document.source.title, document.source.language
    if record is None or (record.source.title, record.source.language) != told:
        return [-1] * len(document.passages)
    known: dict[tuple[Any, ...], list[int]] = {}
    for row in reversed(range(record.first_passage, record.first_passage + record.n_passages)):
        start = int(base.passages[row]["start"])
        sentences = base.sentences[base.sentence_rows(row).start : base.sentence_rows(row).stop]
        cuts = tuple((int(one["start"]) - start, int(one["end"]) - start) for one in sentences)
        known.setdefault((base.section_of(row), base.passage_at(row).text, cuts), []).append(row)
    found = []
    for passage in document.passages:
        cuts = tuple((one.start - passage.start, one.end - passage.start) for one in passage.sentences)
        rows = known.get((passage.section, document.passage_text(passage), cuts))
        found.append(rows.pop() if rows else -1)
    return found


def _entry_of(base: Bundle, row: int) -> LexicalEntry:
    source = base.source_of(row)
    sentences = [base.sentence_at(one).text for one in base.sentence_rows(row)]
    return LexicalEntry(source.language, " . ".join((source.title, *base.section_of(row))), sentences)


def _entries(documents: Sequence[Document], rows: Segment, base: LexicalBase | None) -> Iterator[LexicalEntry | None]:
    """What is to be analysed: nothing of the passages that the other bundle has."""
    known = np.zeros(len(rows.passages), bool)
    if base:
        known[base.new_rows[base.new_rows >= 0]] = True
    for document, record in zip(documents, rows.record["documents"], strict=True):
        first, n_passages = record["first_passage"], record["n_passages"]
        if known[first : first + n_passages].all() or not isinstance(document, IndexedDocument):
            yield from itertools.repeat(None, n_passages)
        else:
            for row, entry in enumerate(lexical_entries(document), first):
                yield None if known[row] else entry


def _write_tables(folder: Path, rows: Segment) -> None:
    _write_json(folder / "documents.json", rows.record["documents"])
    _write_json(folder / "labels.json", rows.labels)
    _write_json(folder / "sections.json", [list(section) for section in rows.sections])
    (folder / "text.bin").write_bytes(rows.text)
    save_table(folder / "pages.npy", rows.pages)
    save_table(folder / "passages.npy", rows.passages)
    save_table(folder / "sentences.npy", rows.sentences)
    save_table(folder / "runs.npy", rows.runs)


def _keep_originals(folder: Path, documents: Sequence[Document], base: Bundle | None) -> None:
    """Copied, not linked: damage to one bundle's files must not reach another's."""
    folder.mkdir()
    for document in documents:
        kept = base.original(document.source.id) if base else None
        original = document.original if isinstance(document, IndexedDocument) else kept
        if original is not None and document.source.sha256:
            shutil.copyfile(original, folder / document.source.sha256)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")
