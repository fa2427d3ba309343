"""How an answer is judged: outcome, citation, facts, forbidden words; and which lines are no questions."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.bundle import Bundle
from corpus.errors import KnownError
from service.answer import Answer, Citation, Completeness, Outcome, Statement
from service.cite import cite
from service.compose import Span
from service.judge import Expected, fact_found, judge, load_questions, normalise


@pytest.fixture(scope="module")
def citation(small_bundle: Bundle) -> Citation:
    sentence = small_bundle.sentence_at(0)
    made = cite(small_bundle, Span(sentence, sentence.start, sentence.text), 1)
    assert made is not None
    return made


def answer(outcome: Outcome, text: str = "", *citations: Citation) -> Answer:
    completeness: Completeness = "complete" if outcome is Outcome.ANSWERED else "none"
    statements = (Statement(text, tuple(c.n for c in citations)),) if citations else ()
    return Answer(outcome, completeness, "fr", "extractive", text, "b-1", statements, citations)


def expected(behavior: str, facts: tuple[str, ...] = (), forbidden: tuple[str, ...] = ()) -> Expected:
    return Expected("Q1", "?", "fr", "factoid", behavior, facts, forbidden, (), dt.date(2026, 11, 23))


@pytest.mark.parametrize("behavior", ["answer", "correct_premise"])
def test_an_answer_needs_its_outcome_a_citation_and_every_fact(behavior: str, citation: Citation) -> None:
    wanted = expected(behavior, ("un an", "non renouvelable"))
    good = answer(Outcome.ANSWERED, "La PECAN dure un an, non renouvelable. [1]", citation)
    assert judge(wanted, good).passed
    assert judge(wanted, answer(Outcome.NO_SOURCE)).reason == "outcome"
    assert judge(wanted, answer(Outcome.ANSWERED, good.text)).reason == "no_citation"
    partial = judge(wanted, answer(Outcome.ANSWERED, "Elle dure un an. [1]", citation))
    assert (partial.reason, partial.missing) == ("facts_missing", ("non renouvelable",))


def test_a_forbidden_word_fails_an_answer_that_holds_every_fact(citation: Citation) -> None:
    wanted = expected("answer", ("un an",), ("deux ans",))
    assert judge(wanted, answer(Outcome.ANSWERED, "Un an, pas deux ans.", citation)).reason == "forbidden_found"


@pytest.mark.parametrize(
    ("behavior", "passing"),
    [
        ("abstain", {Outcome.NO_SOURCE, Outcome.OUT_OF_SCOPE}),
        ("redirect", {Outcome.OUT_OF_SCOPE}),
        ("refuse", {Outcome.DECLINED, Outcome.OUT_OF_SCOPE, Outcome.NO_SOURCE}),
        ("reserve", {Outcome.NO_SOURCE, Outcome.ANSWERED}),
    ],
)
def test_not_answering_passes_where_it_is_expected(behavior: str, passing: set[Outcome], citation: Citation) -> None:
    for outcome in Outcome:
        cited = (citation,) if outcome is Outcome.ANSWERED else ()
        assert judge(expected(behavior), answer(outcome, "", *cited)).passed == (outcome in passing)


def test_turning_elsewhere_must_say_where(citation: Citation) -> None:
    assert judge(expected("redirect", ("3114",)), answer(Outcome.OUT_OF_SCOPE, "Appelez le 3114.")).passed
    assert judge(expected("redirect", ("3114",)), answer(Outcome.OUT_OF_SCOPE, "Non.")).reason == "facts_missing"


def test_a_reserved_answer_needs_its_facts_only_where_it_is_given(citation: Citation) -> None:
    wanted = expected("reserve", ("rist",))
    assert judge(wanted, answer(Outcome.NO_SOURCE)).passed
    assert judge(wanted, answer(Outcome.ANSWERED, "Stéphanie Rist.", citation)).passed
    assert not judge(wanted, answer(Outcome.ANSWERED, "Yannick Neuder.", citation)).passed


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("L’Œuvre", "l'oeuvre"),
        ("1\u202f051\u00a0agents", "1 051 agents"),
        ("2025–2028", "2025-2028"),
        ("ÉTÉ\n  ", "ete "),
        ("cœur — ‘x’", "coeur - 'x'"),
    ],
)
def test_case_accents_spaces_dashes_and_apostrophes_do_not_matter(written: str, read: str) -> None:
    assert normalise(written) == read


def test_a_fact_is_a_pattern_on_the_normalised_text() -> None:
    assert fact_found("(1er|premier) juillet", "Le 1ᵉʳ puis le Premier\u00a0Juillet")
    assert not fact_found("deux ans", "un an")


def line(**changes: object) -> str:
    whole = {"id": "Q1", "question": "?", "behavior": "answer", "as_of": "2026-11-23", "expected_facts": ["a"]}
    return json.dumps({**whole, **changes})


def test_a_line_becomes_a_question_with_its_history(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line(history=[{"role": "user", "content": "Avant ?"}]) + "\n\n", encoding="utf-8")
    (found,) = load_questions(path)
    asked = found.to_question()
    assert (asked.text, asked.as_of) == ("?", dt.date(2026, 11, 23))
    assert asked.conversation[0].text == "Avant ?"


@pytest.mark.parametrize(
    "bad", ["{", "[]", line(behavior="guess"), line(expected_facts=["("]), line(as_of="hier"), '{"id": "Q1"}']
)
def test_a_line_that_is_no_question_is_refused_with_its_number(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line() + "\n" + bad + "\n", encoding="utf-8")
    with pytest.raises(KnownError, match="line 2") as caught:
        load_questions(path)
    assert caught.value.code == "questions_invalid"


def test_a_missing_questions_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"absent\.jsonl"):
        load_questions(tmp_path / "absent.jsonl")
