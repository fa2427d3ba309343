"""Documents in, one vector a passage out; a passage that another bundle has under the same headings keeps its vector."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.bundle import Bundle
from corpus.bundle_rows import read_back
from corpus.encoder import Encoder
from corpus.index import Rows, Vectors
from corpus.index_writer import MergedVectors, SpooledVectors
from corpus.indexed_document import IndexedDocument, IndexedPassage, KeptDocument
from corpus.passage import text_digest

_ENCODE_BATCH = 512


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of unit length, float32, in the order of documents and passages; `n_encoded` of them were computed."""

    vectors: MergedVectors
    n_encoded: int


def embed(documents: Sequence[IndexedDocument], encoder: Encoder) -> Vectors:
    """One vector a passage, title and headings in front of its text: float32 (n_passages, dimension)."""
    return embed_changed(documents, encoder, None).vectors.fresh[:]


def embed_changed(
    documents: Sequence[IndexedDocument | KeptDocument], encoder: Encoder, base: Bundle | None
) -> Embedded:
    """The vectors of all documents; those that `base` has stay there until they are written, if the same encoder made them."""
    known = _Known(base) if base is not None and base.card.encoder == encoder.card else None
    rows = [_known_rows(document, known) for document in documents]
    kept = np.concatenate([np.empty(0, np.int64), *rows])
    fresh = SpooledVectors(encoder.card.dimension)
    texts = _missing_texts(documents, rows, base)
    while batch := list(itertools.islice(texts, _ENCODE_BATCH)):
        fresh.append(encoder.encode_passages(batch))
    return Embedded(MergedVectors(known.bundle.vectors if known else None, kept, fresh), len(fresh))


def _missing_texts(
    documents: Sequence[IndexedDocument | KeptDocument], rows: Sequence[Rows], base: Bundle | None
) -> Iterator[str]:
    """What is to be encoded, in the order of documents and passages."""
    for document, known in zip(documents, rows, strict=True):
        if (known < 0).any():
            whole = _whole(document, base)
            for place in np.flatnonzero(known < 0).tolist():
                yield embedded_text(whole, whole.passages[place])


def embedded_text(document: IndexedDocument, passage: IndexedPassage) -> str:
    """What the encoder reads of a passage."""
    return " . ".join((document.source.title, *passage.section, document.passage_text(passage)))


def _whole(document: IndexedDocument | KeptDocument, base: Bundle | None) -> IndexedDocument:
    if isinstance(document, IndexedDocument):
        return document
    assert base is not None  # noqa: S101 - a kept document has a bundle that it is kept from
    return read_back(base, document.row)


def _known_rows(document: IndexedDocument | KeptDocument, known: _Known | None) -> Rows:
    """For each passage of the document, the passage row of the other bundle that has its vector, or -1: int64."""
    if isinstance(document, KeptDocument):
        if known is None:
            return np.full(document.n_passages, -1, np.int64)
        record = known.bundle.documents[document.row]
        return np.arange(record.first_passage, record.first_passage + record.n_passages)
    if known is None:
        return np.full(len(document.passages), -1, np.int64)
    return known.rows_of(document)


class _Known:
    """A bundle's passages by the digest of their text."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        digests = np.asarray(bundle.passages["digest"])
        self._order = np.argsort(digests, kind="stable")
        self._digests = digests[self._order]

    def rows_of(self, document: IndexedDocument) -> Rows:
        """For each passage, a row with the same text under the same title and headings, or -1: int64."""
        texts = [document.passage_text(passage) for passage in document.passages]
        wanted = np.array([text_digest(text).encode("ascii") for text in texts], dtype="S12")
        first, end = (np.searchsorted(self._digests, wanted, side).tolist() for side in ("left", "right"))
        rows = np.full(len(texts), -1, np.int64)
        for number, (passage, text) in enumerate(zip(document.passages, texts, strict=True)):
            for row in self._order[first[number] : end[number]].tolist():
                there = self.bundle.passage_at(row)
                said = self.bundle.source_of(row).title, there.locator.section, there.text
                if said == (document.source.title, passage.section, text):
                    rows[number] = row
                    break
        return rows
