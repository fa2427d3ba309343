"""Vectors in, block by block, the files of a vector index out: no more than a block of them needs to be in memory.

What is kept from another index is read from there as it is written, so that a change costs its own vectors only.
"""

from __future__ import annotations

import os
import struct
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.index import (
    COARSE_FROM,
    SIGNS_FROM,
    Rows,
    VectorIndex,
    Vectors,
    coarse_beside,
    in_steps,
    signs_beside,
    signs_of,
)

_SPOOLED_BYTES = 64 << 20
_BLOCK = 1 << 9
"""Rows at a time: a megabyte or two, which stays in the processor's cache from one step to the next."""


class StoredVectors(Protocol):
    """Vectors that are read by row, as `corpus.index.VectorIndex` has them."""

    def vectors_of(self, rows: Rows) -> Vectors:
        """Those of rows: float32 (n_rows, dimension)."""
        ...


class SpooledVectors:
    """Vectors put aside one after the other until they are written, float32 (n, dimension): many wait in a file that has no name."""

    def __init__(self, dimension: int, in_memory_bytes: int = _SPOOLED_BYTES) -> None:
        self._spool = tempfile.SpooledTemporaryFile(in_memory_bytes)  # noqa: SIM115 - closed when nobody holds it any more
        weakref.finalize(self, self._spool.close)
        self._dimension = dimension
        self._n = 0

    def append(self, vectors: Vectors) -> None:
        """Add float32 (n, dimension)."""
        self._spool.seek(0, os.SEEK_END)
        self._spool.write(np.ascontiguousarray(vectors, dtype=np.float32).tobytes())
        self._n += len(vectors)

    def __len__(self) -> int:
        return self._n

    @property
    def shape(self) -> tuple[int, int]:
        """How many, and the length of each."""
        return self._n, self._dimension

    def __getitem__(self, rows: slice) -> Vectors:
        """A copy of those of `rows`, which must be neighbours."""
        start, stop, _ = rows.indices(self._n)
        self._spool.seek(start * self._dimension * 4)
        read = self._spool.read(max(0, stop - start) * self._dimension * 4)
        return np.frombuffer(read, np.float32).reshape(-1, self._dimension)


@dataclass(frozen=True, slots=True)
class MergedVectors:
    """The vectors of passages in row order: `kept` int64 (n,) is the row of `base` that a passage's vector is in, or -1
    where it is the next of `fresh`, float32 (n_fresh, dimension).
    """

    base: StoredVectors | None
    kept: Rows
    fresh: Vectors | SpooledVectors

    @classmethod
    def of(cls, vectors: Vectors) -> MergedVectors:
        """Vectors that are all at hand: float32 (n, dimension)."""
        return cls(None, np.full(len(vectors), -1, np.int64), vectors)

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.fresh.shape[1])

    def blocks(self) -> Iterator[Vectors]:
        """All of them in order, float32 (at most some hundreds, dimension) at a time."""
        used = 0
        for start in range(0, len(self), _BLOCK):
            kept = self.kept[start : start + _BLOCK]
            is_fresh = kept < 0
            fresh = self.fresh[used : used + int(is_fresh.sum())]
            used += len(fresh)
            if self.base is None or len(fresh) == len(kept):
                yield np.ascontiguousarray(fresh, dtype=np.float32)
            elif not len(fresh):
                yield self._stored(self.base, kept)
            else:
                block = np.empty((len(kept), self.dimension), np.float32)
                block[is_fresh], block[~is_fresh] = fresh, self.base.vectors_of(kept[~is_fresh])
                yield block

    @staticmethod
    def _stored(base: StoredVectors, rows: Rows) -> Vectors:
        """The vectors of some rows, not copied where they are neighbours."""
        if isinstance(base, VectorIndex) and bool((np.diff(rows) == 1).all()):
            return base.between(int(rows[0]), int(rows[-1]) + 1)
        return base.vectors_of(rows)


def write_index(
    path: Path, vectors: MergedVectors, coarse_from: int = COARSE_FROM, signs_from: int = SIGNS_FROM
) -> None:
    """Write the exact index in FAISS's own format, and beside it, where there are many rows, what is searched first.

    Raises: OSError where the disk is full.
    """
    n, dimension = len(vectors), vectors.dimension
    with ExitStack() as files:
        exact = files.enter_context(path.open("wb"))
        exact.write(_header(faiss.IndexFlatIP(dimension), n, n * dimension))
        beside = None
        largest = 0.0
        if n >= signs_from:
            beside = files.enter_context(signs_beside(path).open("wb"))
            beside.write(_header(faiss.IndexBinaryFlat(dimension), n, n * dimension // 8))
        elif n >= coarse_from:
            largest = max((_largest(block) for block in vectors.blocks()), default=0.0)
            beside = files.enter_context(coarse_beside(path).open("wb"))
            beside.write(_header(_byte_quantizer(dimension), n, n * dimension))
        for block in vectors.blocks():
            block.tofile(exact)
            if beside is not None:
                (signs_of(block) if n >= signs_from else _bytes_of(block, largest)).tofile(beside)


def _byte_quantizer(dimension: int) -> Any:
    return faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )


def _bytes_of(vectors: Vectors, largest: float) -> NDArray[np.uint8]:
    """What FAISS's quantizer makes of whole numbers from -127 to 127."""
    steps = in_steps(vectors, largest)
    steps += 128
    return steps.astype(np.uint8)


def _largest(block: Vectors) -> float:
    return float(np.abs(block).max()) if block.size else 0.0


def _header(empty: Any, n_rows: int, size: int) -> bytes:
    """The first bytes of an index of so many rows: those of an empty one, with its two counts set."""
    binary = isinstance(empty, faiss.IndexBinary)
    serialized = faiss.serialize_index_binary(empty) if binary else faiss.serialize_index(empty)
    header = bytearray(serialized.tobytes())
    struct.pack_into("<q", header, 12 if binary else 8, n_rows)
    struct.pack_into("<Q", header, len(header) - 8, size)
    return bytes(header)
