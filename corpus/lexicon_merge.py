"""Occurrences kept from another bundle and fresh ones in, one field's postings out: some terms at a time, so that memory is bounded.

Weights depend on how many passages there are, hence all are written anew; they are computed from counts that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.lexicon_counts import Block, Numbers
from corpus.postings import K1, B, Postings
from corpus.tables import TableStream, save_table

_PART = 1 << 18
"""About so many occurrences at a time."""
_FEW = 4096


@dataclass(frozen=True, slots=True)
class KeptField:
    """One field of another bundle: its postings and counts, where each of its passages goes (int32, -1 if it leaves), whether
    all stay, whether their order stays, and the new number of each of its terms (int32, ascending; those that go have any).
    """

    postings: Postings
    counts: NDArray[np.uint8]
    new_rows: NDArray[np.int32]
    all_stay: bool
    in_order: bool
    new_terms: NDArray[np.int32]

    def part(self, first: int, end: int) -> _Occurrences:
        """The occurrences of the new terms [first, end) that stay, by term, then row."""
        old_first, old_end = np.searchsorted(self.new_terms, [first, end]).tolist()
        starts = np.asarray(self.postings.starts[old_first : old_end + 1])
        terms = np.repeat(self.new_terms[old_first:old_end], np.diff(starts))
        span = slice(int(starts[0]), int(starts[-1]))
        rows, counts = self.new_rows[self.postings.rows[span]], np.asarray(self.counts[span])
        if not self.all_stay:
            stays = rows >= 0
            terms, rows, counts = terms[stays], rows[stays], counts[stays]
        if not self.in_order:
            order = np.lexsort((rows, terms))
            terms, rows, counts = terms[order], rows[order], counts[order]
        return _Occurrences(terms, rows.view(np.uint32), counts)


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """Term, passage, how often there; sorted by term, then passage."""

    terms: NDArray[np.int32]
    rows: NDArray[np.uint32]
    counts: NDArray[np.uint8]


def write_field(
    folder: Path,
    name: str,
    n_terms: int,
    lengths: NDArray[np.uint32],
    blocks: Sequence[Block],
    kept: KeptField | None,
) -> None:
    """Write the postings of one field with their BM25 weights, and what a later bundle needs to take them over."""
    weigh = _Weights(lengths)
    frequencies = [np.empty(0, np.int64)]
    with ExitStack() as files:
        rows, weights, counts = (
            files.enter_context(TableStream(folder / f"{name}.{part}.npy", np.dtype(dtype)))
            for part, dtype in (("rows", np.uint32), ("weights", np.float32), ("counts", np.uint8))
        )
        for first, end in _parts(n_terms, blocks, kept):
            part = _fresh_part(blocks, first, end)
            if kept is not None:
                part = _merged(kept.part(first, end), part, len(lengths))
            frequency = np.bincount(part.terms - first, minlength=end - first)
            frequencies.append(frequency)
            rows.write(part.rows)
            counts.write(part.counts)
            weights.write(weigh(part, frequency))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(frequencies))]).astype(np.int64)
    save_table(folder / f"{name}.starts.npy", starts)
    save_table(folder / f"{name}.lengths.npy", lengths)


class _Weights:
    """BM25 as `corpus.postings` says, of occurrences that are all those of their terms."""

    def __init__(self, lengths: NDArray[np.uint32]) -> None:
        self._n_passages = len(lengths)
        mean_length = float(lengths.mean()) if len(lengths) and lengths.any() else 1.0
        self._saturation = K1 * (1 - B + B * lengths.astype(np.float64) / mean_length)

    def __call__(self, part: _Occurrences, frequency: Numbers) -> NDArray[np.float32]:
        idf = np.log1p((self._n_passages - frequency + 0.5) / (frequency + 0.5))
        counts = part.counts.astype(np.float64)
        weights = np.repeat(idf, frequency)
        weights *= counts
        weights *= K1 + 1
        counts += self._saturation[part.rows]
        weights /= counts
        return weights.astype(np.float32)


def _parts(n_terms: int, blocks: Sequence[Block], kept: KeptField | None) -> Iterator[tuple[int, int]]:
    """Spans of terms that have about _PART occurrences together, or one term that has more."""
    sizes = np.zeros(n_terms, np.int64)
    for block in blocks:
        sizes[block.terms] += np.diff(block.starts)
    if kept is not None and len(kept.new_terms):
        np.add.at(sizes, kept.new_terms, np.diff(kept.postings.starts))
    ends = np.cumsum(sizes)
    first = 0
    while first < n_terms:
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _PART, "right")))
        yield first, end
        first = end


def _fresh_part(blocks: Sequence[Block], first: int, end: int) -> _Occurrences:
    """The fresh occurrences of the terms [first, end): those of each block behind those of the one before, in each term."""
    found = []
    for block in blocks:
        a, b = np.searchsorted(block.terms, [first, end]).tolist()
        if a < b:
            span = slice(int(block.starts[a]), int(block.starts[b]))
            terms = np.repeat(block.terms[a:b], np.diff(block.starts[a : b + 1]))
            found.append(_Occurrences(terms, block.rows[span], block.counts[span]))
    if not found:
        return _Occurrences(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.uint8))
    if len(found) == 1:
        return found[0]
    terms = np.concatenate([one.terms for one in found])
    order = np.argsort(terms, kind="stable")
    rows, counts = np.concatenate([one.rows for one in found]), np.concatenate([one.counts for one in found])
    return _Occurrences(terms[order], rows[order], counts[order])


def _merged(kept: _Occurrences, fresh: _Occurrences, n_passages: int) -> _Occurrences:
    """Both together, sorted by term, then passage."""
    if not len(fresh.terms):
        return kept
    places = _places(kept, fresh, n_passages)
    return _Occurrences(
        np.insert(kept.terms, places, fresh.terms),
        np.insert(kept.rows, places, fresh.rows),
        np.insert(kept.counts, places, fresh.counts),
    )


def _places(kept: _Occurrences, fresh: _Occurrences, n_passages: int) -> Numbers:
    """Where each fresh occurrence goes among the kept ones: int64. A few are looked up one by one, many by one long key."""
    if len(fresh.terms) > _FEW:
        keys = kept.terms.astype(np.int64) * n_passages + kept.rows
        return np.searchsorted(keys, fresh.terms.astype(np.int64) * n_passages + fresh.rows)
    first = np.searchsorted(kept.terms, fresh.terms, "left")
    end = np.searchsorted(kept.terms, fresh.terms, "right")
    within = [
        np.searchsorted(kept.rows[a:b], row) for a, b, row in zip(first.tolist(), end.tolist(), fresh.rows, strict=True)
    ]
    return first + np.array(within, dtype=np.int64)
