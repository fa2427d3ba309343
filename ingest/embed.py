"""Documents in, one vector a passage out; a passage that another bundle has under the same headings keeps its vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.bundle import Bundle
from corpus.bundle_rows import read_back
from corpus.encoder import Encoder
from corpus.index import Rows, Vectors
from corpus.indexed_document import IndexedDocument, IndexedPassage, KeptDocument
from corpus.passage import text_digest

_ENCODE_BATCH = 512


@dataclass(frozen=True, slots=True)
class Embedded:
    """float32 (n_passages, dimension), rows of unit length, in the order of documents and passages; `n_encoded` were computed."""

    vectors: Vectors
    n_encoded: int


def embed(documents: Sequence[IndexedDocument], encoder: Encoder) -> Vectors:
    """One vector a passage, title and headings in front of its text: float32 (n_passages, dimension)."""
    return embed_changed(documents, encoder, None).vectors


def embed_changed(
    documents: Sequence[IndexedDocument | KeptDocument], encoder: Encoder, base: Bundle | None
) -> Embedded:
    """The vectors of all documents; those that `base` has are taken from there, if the same encoder made them."""
    known = _Known(base) if base is not None and base.card.encoder == encoder.card else None
    parts: list[Vectors] = []
    texts: list[str] = []
    fresh: list[tuple[int, int]] = []  # part, row in it, for each of texts
    for document in documents:
        rows = _known_rows(document, known)
        part = np.zeros((len(rows), encoder.card.dimension), np.float32)
        if known:
            part[rows >= 0] = known.bundle.vectors.vectors_of(rows[rows >= 0])
        if (rows < 0).any():
            whole = _whole(document, base)
            missing = np.flatnonzero(rows < 0).tolist()
            texts += [embedded_text(whole, whole.passages[row]) for row in missing]
            fresh += [(len(parts), row) for row in missing]
        parts.append(part)
    for start in range(0, len(texts), _ENCODE_BATCH):
        made = encoder.encode_passages(texts[start : start + _ENCODE_BATCH])
        for (part_number, row), vector in zip(fresh[start : start + _ENCODE_BATCH], made, strict=True):
            parts[part_number][row] = vector
    return Embedded(np.concatenate([np.empty((0, encoder.card.dimension), np.float32), *parts]), len(texts))


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
