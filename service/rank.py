"""Candidate sentences in, the same in order of how well each answers out; and how sure we are that the first does."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Sentence
from service.features import NAMES, Candidates
from service.intent import Asks
from service.query import Query
from service.retrieve import Hits

COVERAGE = NAMES.index("coverage_with_title")
WEIGHTS_FILE = Path(__file__).with_name("weights.json")
CONFIDENCE_NAMES = (
    "coverage", "coverage_with_title", "passage_coverage", "cosine", "dense", "bigrams", "lead", "nearness", "has_form",
    "lacks_form", "unknown_share", "neighbour_coverage", "best_coverage", "best_cosine", "missing", "missing_in_passage", "short", "counted", "named",
    "count_missing", "form_missing", "person_missing", "notions",
)  # fmt: skip
BEST_OF = 5
FORMS_NEEDED = frozenset({Asks.DATE, Asks.QUANTITY, Asks.MONEY, Asks.DURATION, Asks.ADDRESS})
RIVAL_GAP = 1.2
MANY_NOTIONS = 10
SENTENCE_SHARE = 0.05
"""A question for a number, a date, an amount or an address is rarely answered by sentences that have none."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Learned numbers, read from a JSON file: `sentence` float32 (n_features,), `confidence` float32 (n,) and its bias."""

    sentence: NDArray[np.float32]
    penalty: float
    confidence: NDArray[np.float32]
    bias: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence with its score, the passage among the hits that it is from, and the notions of the question it holds.

    `coverage` is the share (0..1) of the question that it holds together with the headings above it.
    """

    sentence: Sentence
    score: float
    hit: int
    held: frozenset[int]
    coverage: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sentences, the best first, and the confidence (0..1) that the best of them answers the question."""

    sentences: tuple[Ranked, ...]
    confidence: float


def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """The weights that ship; made by the command in docs/quality.md."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    sentence, confidence = raw["sentence"], raw["confidence"]
    return Weights(
        np.asarray([sentence[name] for name in NAMES], np.float32),
        float(sentence["penalty"]),
        np.asarray([confidence[name] for name in CONFIDENCE_NAMES], np.float32),
        float(confidence["bias"]),
    )


def rank(found: Candidates, query: Query, weights: Weights, limit: int) -> Ranking:
    """The `limit` best sentences and the confidence in the first."""
    if not found.sentences:
        return Ranking((), 0.0)
    scores = found.features @ weights.sentence + np.float32(weights.penalty) * found.penalty
    order = np.argsort(-scores, kind="stable")[:limit]
    held: list[list[int]] = [[] for _ in order]
    for place, slot in np.argwhere(found.held[order]).tolist():
        held[place].append(slot)
    parts = scores[order].tolist(), found.hit[order].tolist(), found.features[order, COVERAGE].tolist()
    ranked = tuple(
        Ranked(found.sentences[n], score, hit, frozenset(slots), coverage)
        for n, score, hit, coverage, slots in zip(order.tolist(), *parts, held, strict=True)
    )
    logit = float(confidence_features(found, query, scores) @ weights.confidence) + weights.bias
    return Ranking(ranked, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))))


def by_best_sentence(hits: Hits, found: Candidates, weights: Weights) -> Hits:
    """The same passages, each also judged by the best sentence in it (P(passage) and P(sentence) together)."""
    scores = found.features @ weights.sentence + np.float32(weights.penalty) * found.penalty
    best = np.zeros(len(hits.rows), np.float32)
    np.maximum.at(best, found.hit, scores)
    fused = np.minimum(hits.fused + SENTENCE_SHARE * best, 1.0).astype(np.float32)
    order = np.argsort(-(hits.fused + SENTENCE_SHARE * best), kind="stable")
    return Hits(hits.rows[order], fused[order], hits.dense[order], hits.lexical[order], hits.grams[order])


def confidence_features(found: Candidates, query: Query, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the best sentence, its passage and the next few hold of the question: float32 (len(CONFIDENCE_NAMES),).

    The last four: whether none of the best has the number, the form or the person asked for, and how many notions the
    question has, since of a long one any text holds less. How far the best score is ahead tells much on one corpus and
    misleads on another: it is not used.
    """
    order = np.argsort(-scores, kind="stable")
    best, few = found.features[order[0]], found.features[order[:BEST_OF]]
    of = {name: n for n, name in enumerate(NAMES)}
    rivals = few[scores[order[:BEST_OF]] >= scores[order[0]] - RIVAL_GAP]
    weights = np.asarray([slot.idf * slot.weight for slot in query.slots] or [0.0], np.float32)
    largest = float(weights.max()) or 1.0
    held = found.held[order[0]]
    in_passage = found.held[found.hit == found.hit[order[0]]].any(axis=0)
    return np.asarray(
        [
            *(best[of[name]] for name in CONFIDENCE_NAMES[:12]),
            few[:, of["coverage_with_title"]].max(),
            few[:, of["cosine"]].max(),
            weights[~held].max(initial=0.0) / largest,
            weights[~in_passage].max(initial=0.0) / largest,
            float(len(query.slots) <= 2),
            few[:, of["counted"]].max(),
            few[:, of["named"]].max(),
            float((rivals[:, of["counted"]] < 0).all()),
            float(query.intent.asks[0] in FORMS_NEEDED and not rivals[:, of["has_form"]].any()),
            float((rivals[:, of["named"]] < 0).all()),
            min(len(query.slots), MANY_NOTIONS) / MANY_NOTIONS,
        ],
        np.float32,
    )
