"""The best of many scores, found in one pass."""

from __future__ import annotations

import numpy as np
import pytest

from service.retrieve import CANDIDATES, _best


@pytest.mark.parametrize("n_passages", [10, CANDIDATES, 3_217, 50_001])
@pytest.mark.parametrize("share", [1.0, 0.001, 0.0])
def test_the_best_are_those_that_sorting_all_would_give(n_passages: int, share: float) -> None:
    chance = np.random.default_rng(n_passages)
    scores = np.where(chance.random(n_passages) < share, chance.random(n_passages), 0).astype(np.float32)
    expected = [row for row in np.argsort(-scores)[:CANDIDATES].tolist() if scores[row] > 0]
    assert sorted(_best(scores, None).tolist()) == sorted(expected)
    odd = np.arange(1, n_passages, 2)
    best_odd = [int(odd[n]) for n in np.argsort(-scores[odd])[:CANDIDATES] if scores[odd[n]] > 0]
    assert sorted(_best(scores, odd).tolist()) == sorted(best_odd)
