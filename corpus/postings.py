"""The lexical half of a bundle: for each term, the passages that hold it and the BM25 weight there.

Weights are computed when the bundle is written ("eager" BM25: Lù, "BM25S", arXiv 2407.03618), so that a question costs
one addition a posting. BM25 as in Robertson and Zaragoza 2009, idf with the +1 of Lucene, never negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import BIGRAM_BUCKETS, GRAM_BUCKETS, bigram_buckets, fold, gram_buckets, is_stop, term, words
from corpus.errors import BundleError
from corpus.tables import open_table, save_table

Scores = NDArray[np.float32]
K1 = 1.2
B = 0.75
FIELDS = ("body", "title", "bigram", "gram")


@dataclass(frozen=True, slots=True)
class Postings:
    """One field: rows `rows[starts[t]:starts[t + 1]]` (uint32) hold term t with BM25 weights `weights` (float32)."""

    starts: NDArray[np.int64]
    rows: NDArray[np.uint32]
    weights: NDArray[np.float32]

    def add_to(self, scores: Scores, term_id: int, factor: float = 1.0) -> None:
        """Add the term's weights, times `factor`, to `scores` (float32, one a passage)."""
        start, end = int(self.starts[term_id]), int(self.starts[term_id + 1])
        if start < end:
            scores[self.rows[start:end]] += self.weights[start:end] * np.float32(factor)

    def rows_of(self, term_id: int) -> NDArray[np.uint32]:
        """The passages that hold the term, ascending: uint32."""
        return self.rows[int(self.starts[term_id]) : int(self.starts[term_id + 1])]

    def frequency(self, term_id: int) -> int:
        """In how many passages the term stands."""
        return int(self.starts[term_id + 1] - self.starts[term_id])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lexical data of a bundle: the vocabulary, four fields over passages, and the terms of every sentence.

    `surface` counts, by language, the words as they are written (accents and case folded).
    """

    vocabulary: dict[str, int]
    n_passages: int
    body: Postings
    title: Postings
    bigram: Postings
    gram: Postings
    sentence_starts: NDArray[np.int64]
    sentence_terms: NDArray[np.uint32]
    surface: dict[str, dict[str, int]]

    def idf(self, frequency: int) -> float:
        """Inverse document frequency, natural logarithm, of what stands in `frequency` passages."""
        return float(np.log1p((self.n_passages - frequency + 0.5) / (frequency + 0.5)))

    def terms_of(self, sentence_row: int) -> NDArray[np.uint32]:
        """The term ids of a sentence, in order, stop words left out."""
        return self.sentence_terms[
            int(self.sentence_starts[sentence_row]) : int(self.sentence_starts[sentence_row + 1])
        ]

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """Read what `write_lexicon` wrote; arrays are memory-mapped.

        Raises: `bundle_corrupt`.
        """
        try:
            vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
            surface = (folder / "surface.txt").read_text(encoding="utf-8").splitlines()
            forms: dict[str, dict[str, int]] = {}
            for line in surface:
                language, form, count = line.split("\t")
                forms.setdefault(language, {})[form] = int(count)
        except (OSError, ValueError) as bad:
            raise BundleError("bundle_corrupt", f"lexical data: {bad}", "Run: python -m ingest build") from bad
        fields = {
            name: Postings(*(open_table(folder / f"{name}.{part}.npy") for part in ("starts", "rows", "weights")))
            for name in FIELDS
        }
        return cls(
            vocabulary={word: n for n, word in enumerate(vocabulary)},
            n_passages=int(open_table(folder / "size.npy")[0]),
            sentence_starts=open_table(folder / "sentences.starts.npy"),
            sentence_terms=open_table(folder / "sentences.terms.npy"),
            surface=forms,
            **fields,
        )


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """What the lexicon needs of one passage: its language, its heading path with the title, its sentences."""

    language: str
    title: str
    sentences: Sequence[str]


def write_lexicon(folder: Path, entries: Iterable[LexicalEntry]) -> None:
    """Write the lexical data of passages given in row order into `folder`, which must exist."""
    vocabulary: dict[str, int] = {}
    surface: dict[tuple[str, str], int] = {}
    fields: dict[str, list[NDArray[np.int64]]] = {name: [] for name in FIELDS}
    sentence_lengths: list[int] = []
    sentence_terms: list[int] = []
    for entry in entries:
        grams: list[int] = []
        bigrams: list[int] = []
        body: list[int] = []
        for sentence in entry.sentences:
            kept = [token for token in words(sentence) if not is_stop(token, entry.language)]
            index_terms = [term(token, entry.language) for token in kept]
            for token in kept:
                form = (entry.language, fold(token))
                surface[form] = surface.get(form, 0) + 1
            ids = [vocabulary.setdefault(t, len(vocabulary)) for t in index_terms]
            body += ids
            sentence_lengths.append(len(ids))
            sentence_terms += ids
            bigrams += bigram_buckets(index_terms)
            grams += gram_buckets(kept)
        heading = [term(t, entry.language) for t in words(entry.title) if not is_stop(t, entry.language)]
        title = [vocabulary.setdefault(t, len(vocabulary)) for t in heading]
        for name, ids in zip(FIELDS, (body, title, bigrams, grams), strict=True):
            fields[name].append(np.asarray(ids, dtype=np.int64))
    sizes = {"body": len(vocabulary), "title": len(vocabulary), "bigram": BIGRAM_BUCKETS, "gram": GRAM_BUCKETS}
    for name in FIELDS:
        _save_postings(folder, name, _bm25(fields[name], sizes[name]))
    save_table(folder / "size.npy", np.asarray([len(fields["body"])], dtype=np.int64))
    save_table(folder / "sentences.starts.npy", np.concatenate([[0], np.cumsum(sentence_lengths)]).astype(np.int64))
    save_table(folder / "sentences.terms.npy", np.asarray(sentence_terms, dtype=np.uint32))
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in vocabulary), encoding="utf-8")
    (folder / "surface.txt").write_text(
        "".join(f"{language}\t{form}\t{count}\n" for (language, form), count in sorted(surface.items())),
        encoding="utf-8",
    )


def _bm25(term_ids: Sequence[NDArray[np.int64]], n_terms: int) -> Postings:
    """Postings with weights, from the term ids of each passage."""
    n_passages = len(term_ids)
    lengths = np.asarray([len(ids) for ids in term_ids], dtype=np.float64)
    rows = np.repeat(np.arange(n_passages, dtype=np.int64), lengths.astype(np.int64))
    flat = np.concatenate(term_ids) if n_passages else np.empty(0, np.int64)
    pairs, frequency = np.unique(flat * max(n_passages, 1) + rows, return_counts=True)
    term_of, row_of = np.divmod(pairs, max(n_passages, 1))
    document_frequency = np.bincount(term_of, minlength=n_terms)
    idf = np.log1p((n_passages - document_frequency + 0.5) / (document_frequency + 0.5))
    mean_length = float(lengths.mean()) if n_passages and lengths.any() else 1.0
    saturation = K1 * (1 - B + B * lengths[row_of] / mean_length)
    weights = idf[term_of] * frequency * (K1 + 1) / (frequency + saturation)
    starts = np.concatenate([[0], np.cumsum(document_frequency)]).astype(np.int64)
    return Postings(starts, row_of.astype(np.uint32), weights.astype(np.float32))


def _save_postings(folder: Path, name: str, postings: Postings) -> None:
    save_table(folder / f"{name}.starts.npy", postings.starts)
    save_table(folder / f"{name}.rows.npy", postings.rows)
    save_table(folder / f"{name}.weights.npy", postings.weights)
