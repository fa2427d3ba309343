"""The statement sets are whole, and no figure of them falls below what was held."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest

from tests.quality.figures import at, fallen, read_baselines
from tests.quality.statements import FILES, FOLDER, Pair, load_pairs, measure_statements


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return {"statements": measure_statements()}


def _all_pairs() -> list[Pair]:
    return [pair for file in FILES.values() for pair in load_pairs(FOLDER / file)]


def test_a_pair_is_sealed_exactly_if_the_hash_of_its_id_says_so() -> None:
    for name in ("open", "sealed"):
        for pair in load_pairs(FOLDER / FILES[name]):
            third = int(hashlib.sha256(pair.id.encode()).hexdigest(), 16) % 3
            assert (third == 0) == (name == "sealed"), pair.id


def test_about_half_of_the_pairs_are_wrong_and_each_error_has_its_share() -> None:
    pairs = _all_pairs()
    assert len(pairs) >= 330
    assert len({pair.id for pair in pairs}) == len(pairs)
    assert 0.4 <= sum(pair.right for pair in pairs) / len(pairs) <= 0.6
    errors = Counter(pair.kind for pair in pairs if not pair.right)
    assert len(errors) == 13
    assert min(errors.values()) >= 10
    assert sum(pair.lang == "en" for pair in pairs) >= 40


def test_no_figure_of_the_statements_falls_below_its_baseline(figures: dict[str, Any]) -> None:
    held = {path: value for path, value in read_baselines().items() if path.startswith("statements.")}
    assert len(held) == 2 * len(FILES)
    assert all(at(figures, path) is not None for path in held)
    assert fallen(figures, held) == []
