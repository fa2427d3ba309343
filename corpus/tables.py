"""The tables of a bundle: the row layouts that its writer and its reader agree on, little-endian, without pickle."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleError

Table = NDArray[Any]

# One row a page: its document, its 0-based index there, its bytes in text.bin, and its rows in the char runs.
PAGES = np.dtype(
    [
        ("document", "<u4"),
        ("index", "<u4"),
        ("byte_start", "<u8"),
        ("byte_end", "<u8"),
        ("run_start", "<u4"),
        ("run_end", "<u4"),
    ]
)
# One row a passage: page row, section, characters of the page, bytes of text.bin, sentence rows, digest, occurrence.
PASSAGES = np.dtype(
    [
        ("page", "<u4"),
        ("section", "<u4"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("byte_start", "<u8"),
        ("byte_end", "<u8"),
        ("sentence_start", "<u4"),
        ("sentence_end", "<u4"),
        ("digest", "S12"),
        ("occurrence", "<u2"),
    ]
)
# One row a sentence: its passage, its characters of the page, and what block it comes from (`SENTENCE_KINDS`).
SENTENCES = np.dtype([("passage", "<u4"), ("start", "<u4"), ("end", "<u4"), ("kind", "u1")])
RUNS = np.dtype([("text_start", "<u4"), ("length", "<u4"), ("pdf_page", "<u4"), ("pdf_char", "<u4")])
SENTENCE_KINDS = ("heading", "paragraph", "item", "table_row", "footnote")


def save_table(path: Path, table: Table) -> None:
    """Write an array as .npy; object arrays are refused."""
    np.save(path, np.ascontiguousarray(table), allow_pickle=False)


def open_table(path: Path, dtype: np.dtype[Any] | None = None) -> Table:
    """The array of a .npy file, memory-mapped and read-only.

    Raises: `bundle_corrupt` where the file is no array of the layout expected.
    """
    try:
        table: Table = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as bad:
        raise BundleError(
            "bundle_corrupt", f"{path.name} cannot be read: {bad}", "Run: python -m ingest build"
        ) from bad
    if dtype is not None and table.dtype != dtype:
        raise BundleError("bundle_corrupt", f"{path.name} has the layout {table.dtype}", "Run: python -m ingest build")
    return np.asarray(table)  # the same memory; numpy's own class for it costs microseconds at each look


class TableStream:
    """A one-dimensional array written to a .npy file part by part, as `save_table` would write it whole."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self._stream = path.open("wb")
        self._dtype = np.dtype(dtype)
        self._length = 0
        self._begin()

    def write(self, part: Table) -> None:
        """Add the elements of `part`."""
        np.ascontiguousarray(part, dtype=self._dtype).tofile(self._stream)
        self._length += len(part)

    def __enter__(self) -> TableStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stream:
            if fault is None:  # numpy leaves room in a header for the first axis to grow
                self._stream.seek(0)
                self._begin()

    def _begin(self) -> None:
        described = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self._length,),
        }
        np.lib.format.write_array_header_1_0(self._stream, described)
