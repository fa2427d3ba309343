"""A query in, the passages that may answer it out: words, four-grams and vectors fused by min-max scores.

Reciprocal rank fusion loses here to weighted min-max scores, because the dense leg is the weaker one in French
(docs/quality.md, "Fusion").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Bundle
from service.lexical import coverage, score_words, terms_of
from service.query import Query

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
CANDIDATES = 200
PART = 16
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "same": {"words": 0.58, "grams": 0.05, "dense": 0.19, "coverage": 0.18},
    "across": {"words": 0.44, "grams": 0.05, "dense": 0.31, "coverage": 0.12},
}


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows of the best passages, best first, with their fused scores (0..1) and the raw parts, all float32 (n,)."""

    rows: Rows
    fused: Scores
    dense: Scores
    lexical: Scores
    grams: Scores

    def first(self, limit: int) -> Hits:
        """The `limit` best of them."""
        return Hits(self.rows[:limit], self.fused[:limit], self.dense[:limit], self.lexical[:limit], self.grams[:limit])


def retrieve(bundle: Bundle, query: Query, limit: int, allowed: Rows | None = None, always: Rows | None = None) -> Hits:
    """The `limit` best passages for the query, among `allowed` rows where given; rows of `always` are kept in any case.

    Candidates are the best of each leg; each leg's scores are scaled to 0..1 over them, then weighted and summed.
    `lexical` is divided by the query's ideal score, so it does not depend on what else is in the corpus.
    """
    bundle.held.expect_words(terms_of(query))
    scored = score_words(bundle.lexicon, query)
    dense_rows, _ = bundle.vectors.search(query.vector, CANDIDATES, allowed)
    kept = np.empty(0, np.int64) if always is None else always
    if allowed is not None:
        kept = kept[np.isin(kept, allowed)]
    rows = np.unique(np.concatenate([_best(scored.words, allowed), _best(scored.grams, allowed), dense_rows, kept]))
    dense = bundle.held.scores_of(rows, query.vector)
    lexical, grams = scored.words[rows] / np.float32(scored.ideal), scored.grams[rows]
    covered = coverage(bundle.lexicon, query, rows)
    across = bundle.languages_of(rows) != query.lang
    fused = np.zeros(len(rows), np.float32)
    legs = {"words": lexical, "grams": _min_max(grams), "dense": _min_max(dense), "coverage": covered}
    for name, values in legs.items():
        fused += np.where(across, WEIGHTS["across"][name], WEIGHTS["same"][name]).astype(np.float32) * values
    order = np.argsort(-fused, kind="stable")
    order = np.concatenate([order[:limit], order[limit:][np.isin(rows[order[limit:]], kept)]])
    return Hits(rows[order], fused[order], dense[order], lexical[order], grams[order])


def _best(scores: Scores, allowed: Rows | None) -> Rows:
    """Rows of the CANDIDATES highest scores above zero."""
    values = scores if allowed is None else scores[allowed]
    places = _high(values)
    values = values[places]
    if len(values) > CANDIDATES:
        chosen = np.argpartition(-values, CANDIDATES)[:CANDIDATES]
        places, values = places[chosen], values[chosen]
    places = places[values > 0]
    return places if allowed is None else allowed[places]


def _high(values: Scores) -> Rows:
    """Places of the CANDIDATES highest values and few others: those that reach the highest of so many parts of them.

    One pass over all values, where choosing the very highest takes many.
    """
    n_parts = len(values) // PART
    if n_parts <= CANDIDATES:
        return np.arange(len(values))
    highest = values[: n_parts * PART].reshape(PART, n_parts).max(axis=0)
    return np.flatnonzero(values >= np.partition(highest, n_parts - CANDIDATES)[n_parts - CANDIDATES])


def _min_max(values: Scores) -> Scores:
    if not len(values):
        return values
    low, high = float(values.min()), float(values.max())
    return (values - low) / np.float32(high - low) if high > low else np.zeros_like(values)
