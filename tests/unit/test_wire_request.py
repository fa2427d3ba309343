"""Requests within limits: what a question may be, and what becomes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bundle import Bundle
from service.body import field_path
from service.problems import ProblemError
from service.wire_request import MAX_QUESTION_CHARS, AnswerRequest, FiltersIn, filters_of, question_of, trimmed_question
from tests.makers import TODAY


@given(st.text(max_size=700))
def test_a_trimmed_question_is_within_limits_and_stays_as_it_is(text: str) -> None:
    try:
        trimmed = trimmed_question(text)
    except ProblemError as refused:
        assert refused.code in ("question_empty", "question_too_long", "personal_data_detected")
        return
    assert 1 <= len(trimmed) <= MAX_QUESTION_CHARS
    assert trimmed_question(trimmed) == trimmed
    assert not any(char < " " for char in trimmed)


def test_what_stands_inside_a_question_is_kept() -> None:
    assert trimmed_question("\u200b  Et l'« IA\u202f», d'où\u00a0?\n") == "Et l'« IA\u202f», d'où\u00a0?"
    assert trimmed_question("un\tdeux\nhuit") == "un deux huit"


def test_a_question_holds_today_unless_a_date_is_asked(small_bundle: Bundle) -> None:
    assert question_of(AnswerRequest(question="Qui ?"), small_bundle, TODAY).as_of == TODAY


@pytest.mark.parametrize("field", ["documents", "publishers"])
def test_a_filter_that_names_nothing_is_refused_by_name(small_bundle: Bundle, field: str) -> None:
    with pytest.raises(ProblemError) as refused:
        filters_of(FiltersIn(**{field: ["nowhere"]}), small_bundle)
    assert refused.value.field == f"filters.{field}[0]"
    assert "nowhere" in refused.value.detail.en


def test_a_filter_that_names_something_is_kept(small_bundle: Bundle) -> None:
    filters = filters_of(FiltersIn(documents=["hds"], publishers=["Agence B"]), small_bundle)
    assert [record.source.id for record in small_bundle.documents if filters.accept(record.source)] == ["hds"]


def test_a_place_in_a_request_is_written_as_one_would_say_it() -> None:
    assert field_path(("filters", "kinds", 0)) == "filters.kinds[0]"
    assert field_path(("conversation", 3, "role")) == "conversation[3].role"
    assert len(field_path(("x" * 1000,))) == 80
