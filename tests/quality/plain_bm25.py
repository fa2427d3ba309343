"""Documents in, a plain BM25 ranking out, written apart from the product: title and text, stemmed, k1 1.2, b 0.75.

It is what every figure is held against. It shares the product's tokens and stemmer, not its index, fields or query.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from corpus.analysis import terms
from tests.quality.sets import SetDocument

K1, B = 1.2, 0.75


class PlainBm25:
    """BM25 over whole documents."""

    def __init__(self, documents: Sequence[SetDocument]) -> None:
        counts = [Counter(terms(f"{d.title} {d.text}", "fr")) for d in documents]
        lengths = np.asarray([sum(count.values()) for count in counts], np.float64)
        self._ids = [document.id for document in documents]
        self._norm = K1 * (1 - B + B * lengths / lengths.mean())
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, count in enumerate(counts):
            for name, frequency in count.items():
                self._postings[name].append((row, frequency))

    def rank(self, question: str, depth: int) -> list[str]:
        """The ids of the best documents, best first; documents that share no term are left out."""
        scores = np.zeros(len(self._ids))
        for name in terms(question, "fr"):
            postings = self._postings.get(name, [])
            idf = np.log1p((len(self._ids) - len(postings) + 0.5) / (len(postings) + 0.5))
            for row, frequency in postings:
                scores[row] += idf * frequency * (K1 + 1) / (frequency + self._norm[row])
        best = np.argsort(-scores, kind="stable")[:depth]
        return [self._ids[row] for row in best if scores[row] > 0]
