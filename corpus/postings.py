"""The lexical half of a bundle: for each term, the passages that hold it and the BM25 weight there.

Weights are computed when the bundle is written ("eager" BM25: Lù, "BM25S", arXiv 2407.03618), so that a question costs
one addition a posting. BM25 as in Robertson and Zaragoza 2009, idf with the +1 of Lucene, never negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleError
from corpus.tables import open_table

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
            weights = self.weights[start:end]
            # A third of the time of `scores[rows] += weights`: rows are unlike each other, so the sums are the same.
            np.add.at(
                scores, self.rows[start:end].astype(np.intp), weights if factor == 1 else weights * np.float32(factor)
            )

    def rows_of(self, term_id: int) -> NDArray[np.uint32]:
        """The passages that hold the term, ascending: uint32."""
        return self.rows[int(self.starts[term_id]) : int(self.starts[term_id + 1])]

    def among(self, term_id: int, rows: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Which of some passages (uint32, ascending) hold the term: bool (n_rows,)."""
        holding = self.rows_of(term_id)
        if not len(holding):
            return np.zeros(len(rows), bool)
        places = np.searchsorted(holding, rows)
        found: NDArray[np.bool_] = holding[np.minimum(places, len(holding) - 1)] == rows
        return found

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
        """Read what `corpus.lexicon_writer` wrote; arrays are memory-mapped.

        Raises: `bundle_corrupt`.
        """
        vocabulary, surface = read_words(folder, "Run: python -m ingest build")
        fields = {
            name: Postings(*(open_table(folder / f"{name}.{part}.npy") for part in ("starts", "rows", "weights")))
            for name in FIELDS
        }
        return cls(
            vocabulary=vocabulary,
            n_passages=int(open_table(folder / "size.npy")[0]),
            sentence_starts=open_table(folder / "sentences.starts.npy"),
            sentence_terms=open_table(folder / "sentences.terms.npy"),
            surface=surface,
            **fields,
        )


def read_words(folder: Path, mend: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """The vocabulary, each term with its id, and by language how often each word is written so.

    Raises: `bundle_corrupt`, with `mend` as its hint.
    """
    forms: dict[str, dict[str, int]] = {}
    try:
        vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
        for line in (folder / "surface.txt").read_text(encoding="utf-8").splitlines():
            language, form, count = line.split("\t")
            forms.setdefault(language, {})[form] = int(count)
    except (OSError, ValueError) as bad:
        raise BundleError("bundle_corrupt", f"lexical data: {bad}", mend) from bad
    return {word: n for n, word in enumerate(vocabulary)}, forms
