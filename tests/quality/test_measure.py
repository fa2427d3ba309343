"""The figures mean what they say: known rankings, confidences and texts in, known numbers out."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from tests.quality import measure
from tests.quality.document import DOCUMENT
from tests.quality.figures import at, fallen
from tests.quality.plain_bm25 import PlainBm25
from tests.quality.plot import quality_svg
from tests.quality.sentence_answers import holds_span
from tests.quality.sets import SetDocument
from tests.quality.variants import typos, unaccented


def test_ndcg_is_one_for_a_perfect_ranking_and_counts_a_second_place_by_its_logarithm() -> None:
    assert measure.ndcg(["a", "b", "c"], {"a", "b"}) == 1.0
    assert measure.ndcg(["x", "a"], {"a"}) == pytest.approx(1 / math.log2(3))
    assert measure.ndcg(["x", "y"], {"a"}) == 0.0


def test_recall_is_a_share_of_the_gold_documents_and_found_asks_for_one() -> None:
    assert measure.recall(["a", "x"], {"a", "b"}, 5) == 0.5
    assert measure.found(["a", "x"], {"a", "b"}, 5) == 1.0
    assert measure.reciprocal_rank(["x", "a"], {"a"}) == 0.5


def test_auroc_is_one_where_all_positives_score_higher_and_a_tie_is_one_half() -> None:
    assert measure.auroc([3, 2], [1, 0]) == 1.0
    assert measure.auroc([1, 1], [1, 1]) == 0.5


def test_the_threshold_lets_at_least_the_asked_share_be_answered() -> None:
    confidences = [n / 10 for n in range(10)]
    threshold = measure.threshold_answering(confidences, 0.9)
    assert sum(value >= threshold for value in confidences) == 9
    assert measure.refused([0.0, 0.05, 0.5], threshold) == pytest.approx(2 / 3)


def test_typos_change_every_long_word_but_no_first_letter_and_are_the_same_each_time() -> None:
    text = "Les données personnelles du patient"
    wrong = typos(text, "q1")
    assert wrong == typos(text, "q1") != typos(text, "q2")
    pairs = list(zip(text.split(), wrong.split(), strict=True))
    assert all((before == after) == (len(before) < 6) for before, after in pairs)
    assert all(before[0] == after[0] for before, after in pairs)


def test_unaccented_questions_keep_their_letters() -> None:
    assert unaccented("Où est né l'œuvre ?", "q1") == "Ou est ne l'oeuvre ?"


def test_a_gold_span_counts_as_whole_words_only() -> None:
    assert holds_span("50", "plus de 50 % des montants")
    assert not holds_span("50", "né en 1950")
    assert holds_span("L’État", "selon l'état du dossier")


def test_plain_bm25_puts_the_document_with_the_rarer_word_first() -> None:
    documents = [
        SetDocument("a", "", "le chat dort"),
        SetDocument("b", "", "le chien dort"),
        SetDocument("c", "", "la pluie"),
    ]
    assert PlainBm25(documents).rank("chien qui dort", 10) == ["b", "a"]


def test_a_figure_falls_only_by_more_than_its_tolerance_and_smaller_can_be_better() -> None:
    figures = {"retrieval": {"own": {"plain": {"ndcg_10": {"fused": 0.70}}}}, "questions": {"statements_mean": 2.0}}
    path = "retrieval.own.plain.ndcg_10.fused"
    assert at(figures, path) == 0.70
    assert fallen(figures, {path: {"value": 0.71, "tolerance": 0.02}}) == []
    assert fallen(figures, {path: {"value": 0.75, "tolerance": 0.02}})
    assert fallen(figures, {"questions.statements_mean": {"value": 1.5, "tolerance": 0.1}})


def test_the_plot_is_well_formed_and_the_page_has_a_place_for_each_table() -> None:
    figures = {
        "retrieval": {"a & b": {"plain": {"ndcg_10": {"fused": 0.8, "plain_bm25": 0.7}}}},
        "silence": {"a < b": {"curve": [[0.5, 0.9], [1.0, 0.1]]}},
    }
    assert ET.fromstring(quality_svg(figures)).tag.endswith("svg")
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"<!-- {name}: made by `make eval` -->" in text for name in ("goals", "tables", "size"))
