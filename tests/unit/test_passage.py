"""Passage ids: read back from their string, refused when they are none."""

from __future__ import annotations

import pytest

from corpus.passage import PassageKey, parse_passage_id, text_digest


def test_an_id_is_read_back_from_its_string() -> None:
    for key in (PassageKey("ai-act", "0123456789ab"), PassageKey("a", "ffffffffffff", 3)):
        assert parse_passage_id(str(key)) == key


def test_the_first_occurrence_bears_no_number() -> None:
    assert str(PassageKey("a", "0123456789ab")) == "a.0123456789ab"
    assert str(PassageKey("a", "0123456789ab", 2)) == "a.0123456789ab-2"


@pytest.mark.parametrize(
    "text",
    [
        "", "ai-act", "ai-act.", ".0123456789ab", "ai-act.0123456789a", "ai-act.0123456789ab-0", "ai-act.0123456789ab-01",
        "ai-act.0123456789AB", "../x.0123456789ab", "ai-act.0123456789ab\n", "ai-act.0123456789ab-" + "9" * 40, "é.0123456789ab",
    ],
)  # fmt: skip
def test_a_string_that_is_no_id_is_read_as_none(text: str) -> None:
    assert parse_passage_id(text) is None


def test_a_digest_is_twelve_hexadecimal_digits_of_the_text() -> None:
    assert text_digest("La PECAN dure un an.") == text_digest("La PECAN dure un an.")
    assert text_digest("La PECAN dure un an.") != text_digest("La PECAN dure un an")
    assert len(text_digest("")) == 12
