"""Word evidence: a query in, BM25 scores over all passages out, and how much of the question some of them cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.postings import K1, Lexicon, Postings
from service.query import Query

Scores = NDArray[np.float32]
BIGRAM_FACTOR = 0.25
TITLE_FACTOR = 1.15


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Float32 (n_passages,) each: BM25 of words, and BM25 of four-grams. `ideal` is the words score of a passage that holds
    it all, the words that the corpus does not have included.
    """

    words: Scores
    grams: Scores
    ideal: float


def terms_of(query: Query) -> dict[str, list[int]]:
    """By field, the terms whose postings a query reads."""
    own = list(dict.fromkeys(term_id for slot in query.slots for term_id in slot.term_ids))
    return {"body": own, "title": own, "bigram": list(query.bigrams), "gram": list(query.grams)}


def score_words(lexicon: Lexicon, query: Query) -> LexicalScores:
    """Score every passage by its words, headings and word pairs, and by its four-character grams."""
    words = np.zeros(lexicon.n_passages, np.float32)
    for slot in query.slots:
        for term_id, factor in slot.term_ids.items():
            lexicon.body.add_to(words, term_id, factor * slot.weight)
            lexicon.title.add_to(words, term_id, TITLE_FACTOR * factor * slot.weight)
    for bucket in query.bigrams:
        lexicon.bigram.add_to(words, bucket, BIGRAM_FACTOR)
    worth = query.total_idf + len(query.unknown) * lexicon.idf(1)
    ideal = max(worth, lexicon.idf(1)) * (1 + TITLE_FACTOR) * (K1 + 1) / 2
    return LexicalScores(words, _sum(lexicon.gram, query.grams, lexicon.n_passages), ideal)


def coverage(lexicon: Lexicon, query: Query, rows: NDArray[np.int64]) -> Scores:
    """The share (0..1) of the question's inverse frequency that stands in each of some passages (ascending) or its headings,
    each notion with the highest factor that it is held with: float32 (n_rows,).
    """
    asked = rows.astype(np.uint32)
    shares = np.zeros(len(rows), np.float32)
    total = max(query.total_idf, 1e-6)
    for slot in query.slots:
        held = np.zeros(len(rows), np.float32)
        for term_id, factor in slot.term_ids.items():
            for field in (lexicon.body, lexicon.title):
                there = field.among(term_id, asked)
                held[there] = np.maximum(held[there], np.float32(factor))
        shares += held * np.float32(slot.idf * slot.weight / total)
    return shares


def _sum(field: Postings, buckets: tuple[int, ...], n_passages: int) -> Scores:
    scores = np.zeros(n_passages, np.float32)
    for bucket in buckets:
        field.add_to(scores, bucket)
    return scores
