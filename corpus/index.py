"""Vector search over FAISS, the only module that knows it: passage vectors go in, the nearest rows come out."""

from __future__ import annotations

import os
import weakref
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
SIGNS_FROM = 200_000
"""Passages from which on it is one of a bit a number instead: a tenth of that time again (docs/adr/0017)."""
SIGNS_TIMES = 5
SIGNS_LEAST = 1000


class VectorIndex:
    """Inner-product search; on rows of unit length that is the cosine similarity. Scores are exact, rows too where there are few.

    Among many, an index beside it proposes more than are asked for, which are then scored exactly: `coarse` has the same
    rows rounded to a byte a number, `signs` the signs of their numbers alone. Neither has anything that is learned, so that
    the same vectors give the same bytes everywhere, and a new vector changes no other.
    """

    def __init__(self, index: Any, coarse: Any = None, signs: Any = None, stored: _StoredRows | None = None) -> None:
        self._index = index
        self._coarse = coarse
        self._signs = signs
        self._stored = stored

    @classmethod
    def of(cls, vectors: Vectors) -> VectorIndex:
        """An exact index over float32 (n_passages, dimension); row n of the index is passage n."""
        index = faiss.IndexFlatIP(int(vectors.shape[1]))
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> VectorIndex:
        """The index of a file and what is beside it, memory-mapped.

        Raises: `bundle_corrupt` where FAISS refuses a file.
        """
        try:
            exact = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            coarse = signs = None
            if coarse_beside(path).exists():
                coarse = faiss.read_index(str(coarse_beside(path)), faiss.IO_FLAG_MMAP_IFC)
            if signs_beside(path).exists():
                signs = faiss.read_index_binary(str(signs_beside(path)), faiss.IO_FLAG_MMAP_IFC)
            if len({(index.ntotal, index.d) for index in (exact, coarse, signs) if index is not None}) != 1:
                raise RuntimeError("two that disagree")
            return cls(exact, coarse, signs, _StoredRows(path, exact) if signs is not None else None)
        except RuntimeError as bad:
            raise BundleError("bundle_corrupt", f"{path.name} cannot be read", "Run: python -m ingest build") from bad

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
            selector, _bits = _selector(allowed, len(self))
            options = faiss.SearchParameters()
            options.sel = selector
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        if self._coarse is None and self._signs is None:
            scores, rows = self._index.search(query, limit, params=options)
            found = rows[0] >= 0
            return rows[0][found], scores[0][found]
        near = self._proposed(query, limit, options)
        exact = self.vectors_of(near) @ query[0]
        best = np.argsort(-exact, kind="stable")[:limit]
        return near[best], exact[best]

    def _proposed(self, query: Vectors, limit: int, options: Any) -> Rows:
        """More rows than are asked for, ascending, by what is rounded."""
        if self._signs is not None:
            proposed = min(max(SIGNS_TIMES * limit, SIGNS_LEAST), len(self))
            _, rows = self._signs.search(signs_of(query), proposed, params=options)
        else:
            proposed = min(max(COARSE_TIMES * limit, COARSE_LEAST), len(self))
            _, rows = self._coarse.search(in_steps(query, float(np.abs(query).max())), proposed, params=options)
        near: Rows = np.sort(rows[0][rows[0] >= 0])
        return near

    def best_scores(self, vectors: Vectors) -> Vectors:
        """The score of the nearest passage to each row of float32 (n, dimension): float32 (n,); found as questions are."""
        if not len(self) or not len(vectors):
            return np.empty(0, np.float32)
        if self._coarse is not None or self._signs is not None:
            return np.asarray([self.search(vector, 1)[1][0] for vector in vectors], np.float32)
        scores, _ = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), 1)
        best: Vectors = scores[:, 0]
        return best

    def vectors_of(self, rows: Rows) -> Vectors:
        """The stored vectors of rows: float32 (n_rows, dimension)."""
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        if self._stored is not None:
            return self._stored.of(rows)
        vectors: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return vectors

    def between(self, first: int, end: int) -> Vectors:
        """The stored vectors of rows [first, end) themselves, not a copy: not to be kept longer than this index, nor written to."""
        stored: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dimension)
        return stored.reshape(len(self), self.dimension)[first:end]


class _StoredRows:
    """The vectors of an index's file, read row by row. Through a map each would bring its neighbours into the process: of a
    million passages soon all, three gigabytes, for what a thousand rows a question need.
    """

    def __init__(self, path: Path, index: Any) -> None:
        self._name = path.name
        self._number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._number)
        self._dimension = int(index.d)
        self._row_bytes = 4 * self._dimension
        self._first_byte = path.stat().st_size - int(index.ntotal) * self._row_bytes

    def of(self, rows: Rows) -> Vectors:
        """Float32 (n_rows, dimension). Raises: `bundle_corrupt` where the file was cut since it was opened."""
        vectors = np.empty((len(rows), self._dimension), np.float32)
        raw: Any = vectors.reshape(-1).view(np.uint8)
        places, size, number = memoryview(raw), self._row_bytes, self._number
        for start, row in zip(range(0, len(places), size), rows.tolist(), strict=True):
            if os.preadv(number, [places[start : start + size]], self._first_byte + row * size) != size:
                raise BundleError("bundle_corrupt", f"{self._name} was cut", "Run: python -m ingest build")
        return vectors


def in_steps(vectors: Vectors, largest: float) -> Vectors:
    """Whole numbers from -127 to 127, as float32: what FAISS makes bytes of, in passages and questions alike."""
    steps = np.asarray(vectors, np.float32) * np.float32(127.0 / largest if largest else 1.0)
    rounded: Vectors = np.rint(steps, out=steps)
    return rounded


def signs_of(vectors: Vectors) -> NDArray[np.uint8]:
    """A bit for each number, set where it is above zero: uint8 (n, dimension / 8)."""
    return np.packbits(np.asarray(vectors) > 0, axis=1)


def coarse_beside(path: Path) -> Path:
    """The file of bytes beside an exact index."""
    return path.with_suffix(f".coarse{path.suffix}")


def signs_beside(path: Path) -> Path:
    """The file of bits beside an exact index."""
    return path.with_suffix(f".signs{path.suffix}")


def _selector(allowed: Rows, n_rows: int) -> tuple[Any, NDArray[np.uint8]]:
    """What FAISS asks whether a row is allowed, and the bits that it looks at, which must outlive it."""
    chosen = np.zeros(n_rows, bool)
    chosen[allowed] = True
    bits = np.packbits(chosen, bitorder="little")
    selector: Any = faiss.IDSelectorBitmap  # FAISS's own wrapper takes an array, its stubs do not know
    return selector(bits), bits
