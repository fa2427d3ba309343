"""Word evidence: a query in, BM25 scores over all passages out, each field divided by the best it could be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.postings import K1, Lexicon, Postings
from service.query import Query

Scores = NDArray[np.float32]
BIGRAM_FACTOR = 0.25
TITLE_FACTOR = 0.3


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Float32 (n_passages,) each; `ideal` is what a passage of mean length would score that held every notion once."""

    words: Scores
    grams: Scores
    ideal: float


def score_words(lexicon: Lexicon, query: Query) -> LexicalScores:
    """BM25 over body, title and bigrams (`words`) and over four-character grams (`grams`)."""
    total = np.zeros(lexicon.n_passages, np.float32)
    for slot in query.slots:
        for term_id, factor in slot.term_ids.items():
            lexicon.body.add_to(total, term_id, factor * slot.weight)
            lexicon.title.add_to(total, term_id, TITLE_FACTOR * factor * slot.weight)
    for bucket in query.bigrams:
        lexicon.bigram.add_to(total, bucket, BIGRAM_FACTOR)
    return LexicalScores(total, _sum(lexicon.gram, query.grams, lexicon.n_passages), _ideal(query))


def _sum(field: Postings, buckets: tuple[int, ...], n_passages: int) -> Scores:
    scores = np.zeros(n_passages, np.float32)
    for bucket in buckets:
        field.add_to(scores, bucket)
    return scores


def _ideal(query: Query) -> float:
    """BM25's weight of one occurrence in a passage of mean length is the idf itself; (K1 + 1) is its ceiling."""
    return max(query.total_idf * (1 + TITLE_FACTOR) * (K1 + 1) / 2, 1e-6)
