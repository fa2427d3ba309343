"""Laws of the sentence splitter: nothing is lost, nothing overlaps, edges are clean."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans

prose = st.text(
    alphabet=st.sampled_from(list("aÀéM.LnN°º1?!…»«\"'’()[]-–\n \t\u00a0\u202f;:,é")), max_size=120
) | st.text(max_size=80)


@given(prose)
def test_spans_cover_every_character_but_white_space_in_order(text: str) -> None:
    position = 0
    for start, end in sentence_spans(text):
        assert start < end
        assert text[position:start].strip() == ""
        position = end
    assert text[position:].strip() == ""


@given(prose)
def test_spans_have_no_white_space_at_their_edges_and_no_line_break_inside(text: str) -> None:
    for start, end in sentence_spans(text):
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]


@given(prose, prose)
def test_a_line_break_isolates_what_stands_before_it_from_what_follows(first: str, second: str) -> None:
    alone = [first[start:end] for start, end in sentence_spans(first)]
    together = [(first + "\n" + second)[start:end] for start, end in sentence_spans(first + "\n" + second)]
    assert together[: len(alone)] == alone
