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
COARSE_FROM = 20_000
"""Passages from which on a second index of a byte a number is searched first: a fifth of the time (docs/speed.md)."""
COARSE_TIMES = 2
COARSE_LEAST = 100
_BLOCK = 1 << 15


class VectorIndex:
    """Inner-product search; on rows of unit length that is the cosine similarity. Scores are exact, rows too where there are few.

    Among many, `coarse` (the same rows, rounded to a byte a number) proposes twice as many as are asked for, which are then
    scored exactly. It has nothing that is learned, so that the same vectors give the same bytes everywhere.
    """

    def __init__(self, index: Any, coarse: Any = None) -> None:
        self._index = index
        self._coarse = coarse

    @classmethod
    def of(cls, vectors: Vectors, coarse_from: int = COARSE_FROM) -> VectorIndex:
        """An index over float32 (n_passages, dimension); row n of the index is passage n."""
        index = faiss.IndexFlatIP(int(vectors.shape[1]))
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index, _coarse_of(vectors) if len(vectors) >= coarse_from else None)

    @classmethod
    def open(cls, path: Path) -> VectorIndex:
        """The index of a file, memory-mapped where FAISS can.

        Raises: `bundle_corrupt` where FAISS refuses the file.
        """
        try:
            found = [
                faiss.read_index(str(one), faiss.IO_FLAG_MMAP_IFC) for one in (path, _beside(path)) if one.exists()
            ]
            if len({(index.ntotal, index.d) for index in found}) != 1:
                raise RuntimeError("no index, or two that disagree")
            return cls(*found)
        except RuntimeError as bad:
            raise BundleError("bundle_corrupt", f"{path.name} cannot be read", "Run: python -m ingest build") from bad

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format, and beside it the coarse one where there is one."""
        faiss.write_index(self._index, str(path))
        if self._coarse is not None:
            faiss.write_index(self._coarse, str(_beside(path)))

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
        if self._coarse is None:
            scores, rows = self._index.search(query, limit, params=options)
            found = rows[0] >= 0
            return rows[0][found], scores[0][found]
        proposed = min(max(COARSE_TIMES * limit, COARSE_LEAST), len(self))
        _, rows = self._coarse.search(_in_steps(query, float(np.abs(query).max())), proposed, params=options)
        near = np.sort(rows[0][rows[0] >= 0])
        exact = self.vectors_of(near) @ query[0]
        best = np.argsort(-exact, kind="stable")[:limit]
        return near[best], exact[best]

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


def _coarse_of(vectors: Vectors) -> Any:
    """The vectors with each number rounded to one of 255 steps between the largest and its negative."""
    coarse = faiss.IndexScalarQuantizer(
        int(vectors.shape[1]), faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    largest = max((float(np.abs(vectors[n : n + _BLOCK]).max()) for n in range(0, len(vectors), _BLOCK)), default=0.0)
    for start in range(0, len(vectors), _BLOCK):
        coarse.add(_in_steps(vectors[start : start + _BLOCK], largest))
    return coarse


def _in_steps(vectors: Vectors, largest: float) -> Vectors:
    """Whole numbers from -127 to 127, as float32: what FAISS makes bytes of, in passages and questions alike."""
    steps: Vectors = np.rint(np.asarray(vectors, np.float32) * np.float32(127.0 / largest if largest else 1.0))
    return steps


def _beside(path: Path) -> Path:
    return path.with_suffix(f".coarse{path.suffix}")
