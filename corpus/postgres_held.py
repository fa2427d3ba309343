"""The large parts of a bundle in PostgreSQL (`corpus.held.Held`): rows, terms and vectors go in; texts, postings and neighbours come out.

Every query names the schema of one bundle, which never changes: what was read stays true, and no answer mixes two bundles. A row that
is missing is a fault, never an empty answer: a standby may lack a bundle that its primary took to its grave.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from psycopg import sql

from corpus.bundle_card import BundleCard
from corpus.errors import StoreError
from corpus.held import ORIGINALS, Text, VectorSearch
from corpus.index import Rows, Vectors
from corpus.postgres import HINT, Store
from corpus.postgres_text import StoredText
from corpus.postgres_vectors import StoredVectors
from corpus.postgres_words import StoredPostings, lexicon_over
from corpus.tables import PAGES, PASSAGES, open_table

PIECES_TOGETHER = 4


class InPostgres:
    """The large parts of one bundle of a store. Safe to share between threads."""

    def __init__(
        self, store: Store, schema: sql.Identifier, folder: Path, card: BundleCard, *, approximate: bool
    ) -> None:
        self._store, self._schema, self._folder = store, schema, folder
        self._texts = StoredText(store, schema, folder)
        self._words = StoredPostings(store, schema, folder)
        pages, passages = open_table(folder / "pages.npy", PAGES), open_table(folder / "passages.npy", PASSAGES)
        documents = np.asarray(pages["document"])[np.asarray(passages["page"])]
        self._vectors = StoredVectors(store, schema, documents, card.encoder.dimension, approximate=approximate)
        self.text: Text = self._texts
        self.vectors: VectorSearch = self._vectors
        self.lexicon = lexicon_over(folder / "lexical", self._words)

    def expect_words(self, terms: Mapping[str, Iterable[int]]) -> None:
        """Fetch the postings of those terms, all in one query."""
        self._words.fetch([(field, term) for field, ids in terms.items() for term in ids])

    def expect_passages(self, rows: Iterable[int]) -> None:
        """Fetch the texts of those passages, all in one query."""
        self._texts.fetch(list(rows))

    def scores_of(self, rows: Rows, vector: Vectors) -> Vectors:
        """The inner product of those passages' vectors with `vector`, computed where they are: float32 (n_rows,)."""
        return self._vectors.scores_of(rows, vector)

    def original(self, sha256: str) -> Path | None:
        """The document's own bytes, fetched into the bundle's folder when first asked for.

        Raises: `store_damaged` where they are not those of that digest.
        """
        path = self._folder / ORIGINALS / sha256
        if path.is_file():
            return path
        pieces = list(pieces_of(self._store, self._schema, f"{ORIGINALS}/{sha256}"))
        if not pieces:
            return None
        whole = b"".join(pieces)
        if hashlib.sha256(whole).hexdigest() != sha256:
            raise StoreError("store_damaged", f"{self._store.name}: the document {sha256[:12]} was altered.", HINT)
        path.parent.mkdir(exist_ok=True)
        aside = path.with_suffix(f".{threading.get_ident()}")
        aside.write_bytes(whole)
        aside.replace(path)
        return path


def pieces_of(store: Store, schema: sql.Identifier, name: str) -> Iterator[bytes]:
    """The bytes of a file of a bundle, some pieces at a time, so that no query takes long; none where there is no such file."""
    query = sql.SQL("SELECT bytes FROM {}.file WHERE name = %s AND part >= %s AND part < %s ORDER BY part").format(
        schema
    )
    for first in itertools.count(step=PIECES_TOGETHER):
        found = store.rows(query, [name, first, first + PIECES_TOGETHER])
        yield from (row[0] for row in found)
        if len(found) < PIECES_TOGETHER:
            return
