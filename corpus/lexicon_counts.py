"""Passages in, what the lexicon counts of them out: terms, pairs, four-grams, sentences; in blocks of arrays, never lists of a corpus."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import bigram_buckets, fold, gram_buckets, is_stop, term, words
from corpus.postings import FIELDS

Numbers = NDArray[np.int64]
MAX_COUNT = 255
"""Counts are bytes: BM25 saturates long before."""
_BLOCK_PASSAGES = 1 << 13


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """What the lexicon needs of one passage: its language, its heading path with the title, its sentences."""

    language: str
    title: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Occurrences in some passages: `terms` ascending, each once; rows (ascending) and counts of term n stand at
    [starts[n], starts[n + 1]).
    """

    terms: NDArray[np.int32]
    starts: Numbers
    rows: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    def renumbered(self, new_ids: NDArray[np.int32]) -> Block:
        """The same with other numbers for terms, in their order."""
        terms = new_ids[self.terms]
        order = np.argsort(terms, kind="stable")
        sizes = np.diff(self.starts)[order]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(len(self.rows)) + np.repeat(self.starts[:-1][order] - starts[:-1], sizes)
        return Block(terms[order], starts, self.rows[places], self.counts[places])


@dataclass(slots=True)
class FreshCounts:
    """The passages that are analysed, in order: `rows` is where each stands, `vocabulary` numbers terms by first use.

    By field `blocks` and `lengths` (terms of each passage); `sentences` is how many each passage has, `sentence_lengths`
    and `sentence_terms` are those of all sentences.
    """

    vocabulary: dict[str, int] = field(default_factory=dict)
    surface: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: array[int] = field(default_factory=lambda: array("I"))
    sentences: array[int] = field(default_factory=lambda: array("I"))
    sentence_lengths: array[int] = field(default_factory=lambda: array("I"))
    sentence_terms: array[int] = field(default_factory=lambda: array("I"))
    blocks: dict[str, list[Block]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    lengths: dict[str, array[int]] = field(default_factory=lambda: {name: array("I") for name in FIELDS})
    _ids: dict[str, array[int]] = field(default_factory=lambda: {name: array("I") for name in FIELDS})
    _counted: int = 0

    def add(self, row: int, entry: LexicalEntry) -> None:
        """Analyse a passage; rows must ascend."""
        ids_of, body, bigrams, grams = self.vocabulary, list[int](), list[int](), list[int]()
        for sentence in entry.sentences:
            kept = [token for token in words(sentence) if not is_stop(token, entry.language)]
            index_terms = [term(token, entry.language) for token in kept]
            self.surface.update((entry.language, fold(token)) for token in kept)
            body += [ids_of.setdefault(t, len(ids_of)) for t in index_terms]
            self.sentence_lengths.append(len(index_terms))
            bigrams += bigram_buckets(index_terms)
            grams += gram_buckets(kept)
        heading = [term(t, entry.language) for t in words(entry.title) if not is_stop(t, entry.language)]
        title = [ids_of.setdefault(t, len(ids_of)) for t in heading]
        self.rows.append(row)
        self.sentences.append(len(entry.sentences))
        self.sentence_terms.extend(body)
        for name, ids in zip(FIELDS, (body, title, bigrams, grams), strict=True):
            self._ids[name].extend(ids)
            self.lengths[name].append(len(ids))
        if len(self.rows) - self._counted >= _BLOCK_PASSAGES:
            self.count()

    def count(self) -> None:
        """Put what was added since the last time into blocks."""
        first, self._counted = self._counted, len(self.rows)
        rows = np.array(self.rows[first:], dtype=np.int64)
        for name in FIELDS:
            ids, self._ids[name] = self._ids[name], array("I")
            if len(ids):
                sizes = np.array(self.lengths[name][first:], dtype=np.int64)
                self.blocks[name].append(_block(np.array(ids, dtype=np.int64), rows, sizes))


def _block(ids: Numbers, rows: Numbers, sizes: Numbers) -> Block:
    n_rows = len(rows)
    pairs, frequency = np.unique(ids * n_rows + np.repeat(np.arange(n_rows), sizes), return_counts=True)
    term_of, place = np.divmod(pairs, n_rows)
    first = np.flatnonzero(np.diff(term_of, prepend=-1))
    counts = np.minimum(frequency, MAX_COUNT).astype(np.uint8)
    return Block(
        term_of[first].astype(np.int32),
        np.append(first, len(term_of)),
        rows[place].astype(np.uint32),
        counts,
    )


def surface_of(entry: LexicalEntry) -> Iterator[tuple[str, str]]:
    """The written forms of a passage that the speller counts, with their language."""
    for sentence in entry.sentences:
        for token in words(sentence):
            if not is_stop(token, entry.language):
                yield entry.language, fold(token)
