"""Terms of a bundle go in; the passages that hold them and their weights come out, fetched from a store many terms at a time."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from corpus.errors import StoreError
from corpus.postgres import HINT, Store
from corpus.postgres_kept import Kept
from corpus.postings import FIELDS, Lexicon, Postings, read_words
from corpus.tables import open_table

POSTING_BYTES_KEPT = 64 << 20


class StoredPostings:
    """Rows and weights by field and term."""

    def __init__(self, store: Store, schema: sql.Identifier, folder: Path) -> None:
        self._store, self._schema = store, schema
        self.starts = {field: open_table(folder / "lexical" / f"{field}.starts.npy") for field in FIELDS}
        self._kept: Kept[tuple[str, int], tuple[NDArray[np.uint32], NDArray[np.float32]]] = Kept(POSTING_BYTES_KEPT)

    def of(self, field: str, term: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """The passages that hold a term, ascending, and the weights there."""
        found = self._kept.get((field, term))
        return self.fetch([(field, term)])[field, term] if found is None else found

    def fetch(
        self, keys: list[tuple[str, int]]
    ) -> dict[tuple[str, int], tuple[NDArray[np.uint32], NDArray[np.float32]]]:
        """Have the postings of those terms at hand; those that were not."""
        missing = [key for key in keys if key not in self._kept and self._count(key)]
        if not missing:
            return {}
        query = sql.SQL(
            "SELECT field, term, passage_rows, weights FROM {}.posting JOIN unnest(%s::text[], %s::int[]) AS asked (field, term)"
            " USING (field, term)"
        ).format(self._schema)
        rows = self._store.rows(query, [[field for field, _ in missing], [term for _, term in missing]])
        found = {(str(r[0]), int(r[1])): (np.frombuffer(r[2], "<u4"), np.frombuffer(r[3], "<f4")) for r in rows}
        for key in missing:
            if key not in found or len(found[key][0]) != self._count(key) or len(found[key][1]) != self._count(key):
                raise StoreError("store_damaged", f"{self._store.name}: the term {key} is missing or altered.", HINT)
            self._kept.put(key, found[key], 8 * self._count(key))
        return found

    def _count(self, key: tuple[str, int]) -> int:
        starts = self.starts[key[0]]
        return int(starts[key[1] + 1]) - int(starts[key[1]])


class _Column:
    """One column of a field's postings, to be read by the spans of single terms, as `corpus.postings.Postings` does."""

    def __init__(self, postings: StoredPostings, field: str, part: int) -> None:
        self._postings, self._field, self._part = postings, field, part

    def __getitem__(self, span: slice) -> NDArray[np.generic]:
        start, stop = int(span.start), int(span.stop)
        starts = self._postings.starts[self._field]
        if start == stop:
            return np.empty(0, np.float32 if self._part else np.uint32)
        term = int(np.searchsorted(starts, start, side="right")) - 1
        if (int(starts[term]), int(starts[term + 1])) != (start, stop):
            raise ValueError(f"[{start}, {stop}) are not the postings of one term of {self._field}")
        return self._postings.of(self._field, term)[self._part]


def lexicon_over(folder: Path, words: StoredPostings) -> Lexicon:
    """The words of a bundle whose postings are in the store, and all else in the replica's folder."""
    vocabulary, surface = read_words(folder, "Run: python -m ingest publish")
    fields = {
        field: Postings(
            words.starts[field],
            cast(NDArray[np.uint32], _Column(words, field, 0)),
            cast(NDArray[np.float32], _Column(words, field, 1)),
        )
        for field in FIELDS
    }
    return Lexicon(
        vocabulary=vocabulary,
        n_passages=int(open_table(folder / "size.npy")[0]),
        sentence_starts=open_table(folder / "sentences.starts.npy"),
        sentence_terms=open_table(folder / "sentences.terms.npy"),
        surface=surface,
        **fields,
    )
