"""No figure of the small set that is in every clone falls below what was held."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.encoder import Encoder
from tests.quality import parts
from tests.quality.figures import at, fallen, read_baselines, summary
from tests.quality.sets import AS_TYPED, OWN, OWN_SET, open_set, read_questions
from tests.quality.variants import VARIANTS


@pytest.fixture(scope="module")
def figures(encoder: Encoder) -> dict[str, Any]:
    sets = {name: found for name in (OWN, AS_TYPED) if (found := open_set(name)) is not None}
    measured: dict[str, Any] = {
        "retrieval": {name: parts.retrieval(found, encoder, tuple(VARIANTS)) for name, found in sets.items()},
        "silence": parts.silence(encoder, sets, 0),
    }
    return {**measured, "summary": summary(measured)}


def test_the_small_set_is_whole_and_every_question_names_a_passage_that_is_there() -> None:
    questions, typed = open_set(OWN), open_set(AS_TYPED)
    assert questions is not None
    assert typed is not None
    assert (len(questions.documents), len(questions.questions), len(typed.questions)) == (300, 100, 54)
    there = {document.id for document in questions.documents}
    assert len(there) == 300
    assert all(gold <= there for gold in questions.gold.values())
    assert len({question.text for question in read_questions(OWN_SET / "unanswerable.jsonl")}) == 40


def test_no_figure_of_the_small_set_falls_below_its_baseline(figures: dict[str, Any]) -> None:
    held = {path: value for path, value in read_baselines().items() if path.split(".")[1] in (OWN, AS_TYPED)}
    assert len(held) >= 10
    assert all(at(figures, path) is not None for path in held)
    assert fallen(figures, held) == []


def test_fusing_is_no_worse_than_its_best_part_on_the_small_set(figures: dict[str, Any]) -> None:
    assert figures["summary"]["fusion_worst"] >= 0


def test_leaving_out_accents_costs_nothing(figures: dict[str, Any]) -> None:
    assert figures["summary"]["lost_unaccented"] <= 0.005
