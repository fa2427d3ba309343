"""Vector search over FAISS, the only module that knows it: passage vectors go in, the nearest rows come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleError

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class VectorIndex:
    """Exact inner-product search; on rows of unit length that is the cosine similarity."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors) -> VectorIndex:
        """An index over float32 (n_passages, dimension); row n of the index is passage n."""
        index = faiss.IndexFlatIP(int(vectors.shape[1]))
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> VectorIndex:
        """The index of a file, memory-mapped where FAISS can.

        Raises: `bundle_corrupt` where FAISS refuses the file.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as bad:
            raise BundleError("bundle_corrupt", f"{path.name} cannot be read", "Run: python -m ingest build") from bad

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, vector: Vectors, limit: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Rows (int64) and scores (float32) of the nearest passages, best first, at most `limit`, among `allowed` if given."""
        limit = min(limit, len(self))
        if limit == 0 or (allowed is not None and not len(allowed)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        options = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, dtype=np.int64))
            options = faiss.SearchParameters()
            options.sel = selector
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, rows = self._index.search(query, limit, params=options)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def best_scores(self, vectors: Vectors) -> Vectors:
        """The score of the nearest passage to each row of float32 (n, dimension): float32 (n,); all in one search."""
        if not len(self) or not len(vectors):
            return np.empty(0, np.float32)
        scores, _ = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), 1)
        best: Vectors = scores[:, 0]
        return best

    def vectors_of(self, rows: Rows) -> Vectors:
        """The stored vectors of rows: float32 (n_rows, dimension)."""
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        vectors: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return vectors
