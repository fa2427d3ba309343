"""Rankings and confidences in, figures out: nDCG, recall, reciprocal rank, AUROC, refusals at a coverage, intervals."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
DEPTH = 10
RESAMPLES = 1000


def ndcg(ranked: Sequence[str], gold: Collection[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain of the first `depth`, every gold document worth the same."""
    gains = sum(1 / np.log2(place + 2) for place, document in enumerate(ranked[:depth]) if document in gold)
    ideal = sum(1 / np.log2(place + 2) for place in range(min(len(gold), depth)))
    return float(gains / ideal) if ideal else 0.0


def recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Share of the gold documents among the first `depth`."""
    return sum(document in gold for document in ranked[:depth]) / len(gold)


def found(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """1 where any gold document is among the first `depth`, else 0."""
    return float(any(document in gold for document in ranked[:depth]))


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str], depth: int = DEPTH) -> float:
    """One over the place of the first gold document, 0 beyond `depth`."""
    return next((1 / place for place, document in enumerate(ranked[:depth], 1) if document in gold), 0.0)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties one half; not a number where either is missing."""
    if not len(positives) or not len(negatives):
        return float("nan")
    below = np.sort(np.asarray(negatives, np.float64))
    values = np.asarray(positives, np.float64)
    lower, upper = np.searchsorted(below, values, "left"), np.searchsorted(below, values, "right")
    return float((lower + upper).mean() / 2 / len(below))


def threshold_answering(answerable: Sequence[float], share: float) -> float:
    """The highest confidence such that at least `share` of the answerable questions reach it."""
    ordered = np.sort(np.asarray(answerable, np.float64))
    return float(ordered[int(np.floor(len(ordered) * (1 - share) + 1e-9))])


def refused(confidences: Sequence[float], threshold: float) -> float:
    """Share of the questions whose confidence stays below the threshold."""
    return float((np.asarray(confidences, np.float64) < threshold).mean()) if len(confidences) else float("nan")


def refusal_curve(
    answerable: Sequence[float], unanswerable: Sequence[float], shares: Sequence[float]
) -> list[tuple[float, float]]:
    """(share of the answerable answered, share of the unanswerable refused) at each share to be answered."""
    return [(share, refused(unanswerable, threshold_answering(answerable, share))) for share in shares]


def interval(values: Sequence[float], *, seed: int = 0, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of `values`."""
    array = np.asarray(values, np.float64)
    if len(array) < 2:
        return (float("nan"), float("nan"))
    chance = np.random.default_rng(seed)
    means = [array[chance.integers(0, len(array), len(array))].mean() for _ in range(resamples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return float(np.quantile(np.asarray(values, np.float64), share)) if len(values) else float("nan")
