"""What is large in a bundle (texts, vectors, words), behind one protocol: a folder goes in; what a question reads of it comes out.

`InFiles` maps the bundle's own files. `corpus.postgres_bundle` asks a database for the same; nothing above knows which it is.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from corpus.errors import BundleError
from corpus.index import Rows, VectorIndex, Vectors
from corpus.postings import Lexicon

ORIGINALS = "originals"


class Text(Protocol):
    """All pages' texts one after the other, UTF-8, of which spans are read."""

    def __getitem__(self, span: slice) -> bytes:
        """Bytes [start, stop)."""
        ...


class VectorSearch(Protocol):
    """The passages' vectors, float32 (n_passages, dimension), rows of unit length; as `corpus.index.VectorIndex`."""

    def __len__(self) -> int: ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def search(self, vector: Vectors, limit: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Rows (int64) and scores (float32) of the nearest passages, best first, at most `limit`, among `allowed` if given."""
        ...

    def best_scores(self, vectors: Vectors) -> Vectors:
        """The score of the nearest passage to each row of float32 (n, dimension): float32 (n,)."""
        ...

    def vectors_of(self, rows: Rows) -> Vectors:
        """The stored vectors of rows: float32 (n_rows, dimension)."""
        ...


class Held(Protocol):
    """Where a bundle keeps what is large. The two `expect` calls only say what is about to be read, so that it can come at once."""

    @property
    def text(self) -> Text:
        """The pages' texts."""
        ...

    @property
    def vectors(self) -> VectorSearch:
        """The passages' vectors."""
        ...

    @property
    def lexicon(self) -> Lexicon:
        """The words of passages and sentences."""
        ...

    def expect_words(self, terms: Mapping[str, Iterable[int]]) -> None:
        """The postings of those terms, by field (`corpus.postings.FIELDS`), will be read."""
        ...

    def expect_passages(self, rows: Iterable[int]) -> None:
        """The texts of those passages will be read."""
        ...

    def scores_of(self, rows: Rows, vector: Vectors) -> Vectors:
        """The inner product of those passages' vectors with `vector`: float32 (n_rows,)."""
        ...

    def original(self, sha256: str) -> Path | None:
        """A file with the bytes of that digest, or None where they were not kept."""
        ...


class InFiles:
    """The large parts of a bundle in its own folder: memory-mapped, so that all is at hand."""

    def __init__(self, folder: Path) -> None:
        self._originals = folder / ORIGINALS
        self.text: Text = _map_bytes(folder / "text.bin")
        self.vectors: VectorSearch = VectorIndex.open(folder / "vectors.faiss")
        self.lexicon = Lexicon.open(folder / "lexical")

    def expect_words(self, terms: Mapping[str, Iterable[int]]) -> None:
        """Nothing to do."""

    def expect_passages(self, rows: Iterable[int]) -> None:
        """Nothing to do."""

    def scores_of(self, rows: Rows, vector: Vectors) -> Vectors:
        """The inner product of those passages' vectors with `vector`: float32 (n_rows,)."""
        scores: Vectors = self.vectors.vectors_of(rows) @ vector
        return scores

    def original(self, sha256: str) -> Path | None:
        """The file of those bytes in the bundle's folder."""
        path = self._originals / sha256
        return path if path.is_file() else None


def _map_bytes(path: Path) -> bytes | mmap.mmap:
    """The file's bytes, mapped; an empty file cannot be mapped and is read instead."""
    try:
        with path.open("rb") as stream:
            if path.stat().st_size == 0:
                return b""
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as bad:
        raise BundleError(
            "bundle_corrupt", f"{path.name} cannot be read: {bad}", "Run: python -m ingest build"
        ) from bad
