"""A set and its engine in, how well the gold documents are found out: fused, and each part by itself.

A document's place is that of its best passage. The parts are read from the same hits: words (BM25 over body, title and
bigrams), grams (four characters) and dense (the encoder's cosine), each over the candidates of all three.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from service.engine import AnswerEngine
from service.question_language import language_of_text
from service.retrieve import Hits, retrieve
from tests.quality import measure
from tests.quality.plain_bm25 import PlainBm25
from tests.quality.set_bundle import SetEngine
from tests.quality.sets import RetrievalSet
from tests.quality.variants import VARIANTS

AS_OF = dt.date(2026, 1, 1)
PASSAGES = 600
REORDERED = 50
"""As many as `POST /v1/search` gives; those after them keep the order of the first stage."""
PARTS = ("fused", "words", "grams", "dense")
PLAIN = "plain_bm25"


@dataclass(slots=True)
class RankingFigures:
    """Per question, in the set's order: what each ranking scored; `time_ms` is reading and retrieving."""

    ndcg: dict[str, list[float]] = field(default_factory=dict)
    recall: dict[int, list[float]] = field(default_factory=dict)
    found: dict[int, list[float]] = field(default_factory=dict)
    reciprocal_rank: list[float] = field(default_factory=list)
    time_ms: list[float] = field(default_factory=list)
    ranked: list[list[str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    taken_for_english: int = 0

    def to_json(self) -> dict[str, object]:
        """Means, and the interval of the fused nDCG."""
        means = {part: _mean(values) for part, values in self.ndcg.items()}
        best = max((part for part in means if part not in ("fused", PLAIN)), key=lambda part: means[part])
        worse = np.mean(np.asarray(self.ndcg["fused"]) < np.asarray(self.ndcg[best]) - 1e-9)
        return {
            "questions": len(self.reciprocal_rank),
            "ndcg_10": means,
            "ndcg_10_interval": [round(v, 4) for v in measure.interval(self.ndcg["fused"])],
            "recall": {str(k): _mean(values) for k, values in self.recall.items()},
            "found": {str(k): _mean(values) for k, values in self.found.items()},
            "mrr_10": _mean(self.reciprocal_rank),
            "best_part": best,
            "fused_minus_best_part": round(means["fused"] - means[best], 4),
            "questions_worse_than_best_part": round(float(worse), 4),
            "ndcg_10_by_kind": self._by_kind(),
            "taken_for_english": self.taken_for_english,
            "retrieve_ms": {
                "median": round(measure.quantile(self.time_ms, 0.5), 2),
                "p95": round(measure.quantile(self.time_ms, 0.95), 2),
            },
        }

    def _by_kind(self) -> dict[str, float]:
        kinds = sorted(set(self.kinds))
        values = list(zip(self.kinds, self.ndcg["fused"], strict=True))
        return {kind: _mean([v for k, v in values if k == kind]) for kind in kinds} if len(kinds) > 1 else {}


def measure_retrieval(found: RetrievalSet, held: SetEngine, variant: str, *, with_plain: bool) -> RankingFigures:
    """Ask every question of the set in one variant; `with_plain` adds the plain BM25 ranking."""
    figures = RankingFigures()
    reference = PlainBm25(found.documents) if with_plain else None
    for question in found.questions:
        text = VARIANTS[variant](question.text, f"{found.name} {question.id}")
        start = time.perf_counter()
        hits = hits_of(held.engine, text)
        figures.time_ms.append((time.perf_counter() - start) * 1000)
        gold = found.gold[question.id]
        rankings = rankings_of(held, hits)
        if reference is not None:
            rankings[PLAIN] = reference.rank(text, measure.DEPTH)
        for part, ranked in rankings.items():
            figures.ndcg.setdefault(part, []).append(measure.ndcg(ranked, gold))
        for depth in (1, 5, 10):
            figures.recall.setdefault(depth, []).append(measure.recall(rankings["fused"], gold, depth))
            figures.found.setdefault(depth, []).append(measure.found(rankings["fused"], gold, depth))
        figures.reciprocal_rank.append(measure.reciprocal_rank(rankings["fused"], gold))
        figures.kinds.append(question.kind or "unlabelled")
        figures.ranked.append(rankings["fused"])
        figures.taken_for_english += question.language == "fr" and language_of_text(text) == "en"
    return figures


def hits_of(engine: AnswerEngine, text: str, limit: int = PASSAGES) -> Hits:
    """What the engine finds for a question, as its own reading and retrieving have it."""
    query = engine.query_of(text)
    hits = retrieve(engine.bundle, query, limit)
    first = engine.find(query, REORDERED)
    kept = ~np.isin(hits.rows, first.rows)
    return Hits(*(np.concatenate([best, rest[kept]]) for best, rest in zip(_parts(first), _parts(hits), strict=True)))


def _parts(hits: Hits) -> tuple[np.ndarray, ...]:
    return hits.rows, hits.fused, hits.dense, hits.lexical, hits.grams


def rankings_of(held: SetEngine, hits: Hits) -> dict[str, list[str]]:
    """The first ten documents by each part."""
    orders: Mapping[str, Sequence[int]] = {
        "fused": range(len(hits.rows)),
        "words": _order(hits.lexical),
        "grams": _order(hits.grams),
        "dense": _order(hits.dense),
    }
    return {part: _documents(held, hits, order) for part, order in orders.items()}


def _order(scores: np.ndarray) -> list[int]:
    return [int(n) for n in np.argsort(-scores, kind="stable") if scores[n] > 0]


def _documents(held: SetEngine, hits: Hits, order: Sequence[int]) -> list[str]:
    ranked: dict[str, None] = {}
    for n in order:
        ranked.setdefault(held.document_ids[int(held.engine.bundle.passage_document[hits.rows[n]])])
        if len(ranked) >= measure.DEPTH:
            break
    return list(ranked)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else float("nan")
