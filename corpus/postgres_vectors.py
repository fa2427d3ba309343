"""A question's vector goes in; the nearest passages and their scores come out, found by pgvector where the vectors are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from corpus.errors import StoreError
from corpus.index import Rows, Vectors
from corpus.postgres import HINT, Query, Store

CANDIDATES_LOOKED_AT = 200
"""`hnsw.ef_search`: as many as a question asks for; where a filter leaves too few of them, the search goes on (iterative_scan)."""

LOOKED_AT_WITHIN = 20_000
"""Among so few that a filter lets through, each is looked at, though there be a graph: it would come upon too few of them."""


class StoredVectors:
    """The passages' vectors under pgvector: each of them looked at, or a graph of neighbours where there are many."""

    def __init__(
        self, store: Store, schema: sql.Identifier, documents: NDArray[np.uint32], dimension: int, *, approximate: bool
    ) -> None:
        self._store, self._schema, self._documents = store, schema, documents
        self._sizes = np.bincount(documents) if len(documents) else np.empty(0, np.int64)
        self._dimension, self._approximate = dimension, approximate

    def __len__(self) -> int:
        return len(self._documents)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def search(self, vector: Vectors, limit: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Rows (int64) and scores (float32) of the nearest passages, best first, at most `limit`, among `allowed` if given."""
        if min(limit, len(self)) <= 0 or (allowed is not None and not len(allowed)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        column, wanted = self._filter(allowed)
        graph = self._approximate and (allowed is None or len(allowed) > LOOKED_AT_WITHIN)
        query = (_BY_GRAPH if graph else _ONE_BY_ONE).format(
            table=sql.SQL("{}.embedding").format(self._schema),
            filter=sql.SQL("WHERE {} = ANY(%s)").format(sql.Identifier(column)) if column else sql.SQL(""),
        )
        values = [_written(vector), *([wanted] if column else []), min(limit, len(self))]
        rows = self._store.rows(query, values, _GRAPH if graph else None)
        if len(rows) < (1 if graph else min(limit, len(self) if allowed is None else len(allowed))):
            raise StoreError("store_damaged", f"{self._store.name} has no vectors where some are expected.", HINT)
        found, scores = np.asarray([r[0] for r in rows], np.int64), -np.asarray([r[1] for r in rows], np.float32)
        order = np.lexsort((found, -scores))
        return found[order], scores[order]

    def scores_of(self, rows: Rows, vector: Vectors) -> Vectors:
        """The inner product of those rows with `vector`: float32 (n_rows,)."""
        query = sql.SQL("SELECT passage_row, embedding <#> %s::vector FROM {}.embedding WHERE passage_row = ANY(%s)")
        told = self._told(rows, query.format(self._schema), [_written(vector), rows.tolist()])
        return -np.asarray(told, np.float32)

    def best_scores(self, vectors: Vectors) -> Vectors:
        """The score of the nearest passage to each row of float32 (n, dimension): float32 (n,)."""
        return np.asarray([self.search(one, 1)[1][0] for one in vectors] if len(self) else [], np.float32)

    def vectors_of(self, rows: Rows) -> Vectors:
        """The stored vectors of rows: float32 (n_rows, dimension)."""
        query = sql.SQL("SELECT passage_row, embedding FROM {}.embedding WHERE passage_row = ANY(%s)").format(
            self._schema
        )
        found = [np.frombuffer(one, ">f4", offset=4) for one in self._told(rows, query, [rows.tolist()])]
        return np.asarray(found, np.float32).reshape(len(found), self._dimension)

    def _filter(self, allowed: Rows | None) -> tuple[str, list[int]]:
        """The column and its values that let through what is allowed: documents, as a question's filters name them, or rows."""
        if allowed is None:
            return "", []
        documents, counts = np.unique(self._documents[allowed], return_counts=True)
        if (counts == self._sizes[documents]).all():
            return "document_row", documents.tolist()
        return "passage_row", allowed.tolist()

    def _told(self, rows: Rows, query: Query, values: list[object]) -> list[Any]:
        """What a query tells of each of those rows, in their order."""
        if not len(rows):
            return []
        told = {int(row): one for row, one in self._store.rows(query, values)}
        try:
            return [told[row] for row in rows.tolist()]
        except KeyError as gone:
            raise StoreError("store_damaged", f"{self._store.name} has no vector of passage {gone}.", HINT) from gone


_ONE_BY_ONE = sql.SQL(  # `OFFSET 0` keeps the graph, where there is one, out of it
    "SELECT passage_row, distance FROM (SELECT passage_row, embedding <#> %s::vector AS distance FROM {table} {filter} OFFSET 0) AS all_of_them"
    " ORDER BY distance, passage_row LIMIT %s"
)
_BY_GRAPH = sql.SQL(
    "SELECT passage_row, embedding <#> %s::vector AS distance FROM {table} {filter} ORDER BY distance LIMIT %s"
)
_GRAPH = sql.SQL(
    "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', {}, true)"
).format(str(CANDIDATES_LOOKED_AT))


def _written(vector: Vectors) -> str:
    """A vector as pgvector reads it: every number with all its digits, so that the same one is read."""
    return "[" + ",".join(map(repr, np.asarray(vector, np.float32).tolist())) + "]"
