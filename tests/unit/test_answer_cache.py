"""Answers kept for a while: the same for the same question, none for another, none of what is no longer served."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from service.answer import Answer, Filters, Outcome, Question, Turn
from service.answer_cache import KEPT_S, AnswerCache

NONE: frozenset[str] = frozenset()
ASKED = Question("Quand le carnet est-il délivré ?", dt.date(2026, 11, 23))
GIVEN = Answer(Outcome.ANSWERED, "complete", "fr", "extractive", "En mars. [1]", "b-1", timings_ms={"rank": 3.0})


def held(cache: AnswerCache, question: Question = ASKED, bundle: str = "b-1", excluded: frozenset[str] = NONE) -> bool:
    return cache.find(question, bundle, excluded) is not None


def filled(cache: AnswerCache, *questions: Question) -> AnswerCache:
    for question in questions:
        assert not held(cache, question)
        cache.keep(question, "b-1", NONE, GIVEN)
    return cache


def test_the_same_question_finds_its_answer_without_the_time_that_it_took() -> None:
    given = filled(AnswerCache(8), ASKED).find(ASKED, "b-1", NONE)
    assert given is not None
    assert given.answer == replace(GIVEN, timings_ms={"total": 0.0})


def test_a_question_that_differs_in_anything_finds_nothing() -> None:
    cache = filled(AnswerCache(8), ASKED)
    for other in (
        replace(ASKED, text="Quand le carnet est-il rendu ?"),
        replace(ASKED, as_of=dt.date(2025, 1, 1)),
        replace(ASKED, lang="en"),
        replace(ASKED, filters=Filters(documents=("carnet",))),
        replace(ASKED, conversation=(Turn("user", "Et le livret ?"),)),
        replace(ASKED, max_passages=3),
    ):
        assert not held(cache, other)


def test_another_bundle_or_a_withdrawal_empties_it() -> None:
    assert not held(filled(AnswerCache(8), ASKED), bundle="b-2")
    cache = filled(AnswerCache(8), ASKED)
    assert not held(cache, excluded=frozenset({"carnet"}))
    assert not held(cache)


def test_an_answer_that_comes_after_a_switch_is_not_kept() -> None:
    cache = AnswerCache(8)
    assert not held(cache)
    assert not held(cache, bundle="b-2")
    cache.keep(ASKED, "b-1", NONE, GIVEN)
    assert not held(cache, bundle="b-2")
    assert not held(cache)


def test_the_least_used_goes_where_there_are_too_many() -> None:
    first, second, third = (replace(ASKED, text=f"Question {n} ?") for n in range(3))
    cache = filled(AnswerCache(2), first, second)
    assert held(cache, first)
    filled(cache, third)
    assert [held(cache, one) for one in (first, second, third)] == [True, False, True]


def test_ten_minutes_later_it_is_forgotten() -> None:
    now = [0.0]
    cache = filled(AnswerCache(8, lambda: now[0]), ASKED)
    now[0] = KEPT_S - 1
    assert held(cache)
    now[0] = KEPT_S
    assert not held(cache)


def test_a_cache_of_none_keeps_none() -> None:
    assert not held(filled(AnswerCache(0), ASKED))


def test_no_question_stands_in_what_is_kept() -> None:
    cache = filled(AnswerCache(8), ASKED)
    assert ASKED.text not in repr(vars(cache))
