"""Laws of the text analysis, on any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import BIGRAM_BUCKETS, GRAM_BUCKETS, bigram_buckets, fold, gram_buckets, terms, words

any_text = st.text(max_size=80)
languages = st.sampled_from(["fr", "en"])


@given(any_text)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(any_text, languages)
def test_terms_are_made_of_plain_lower_case_characters(text: str, language: str) -> None:
    for found in terms(text, language):
        assert found
        assert found == found.lower()
        assert not any(character.isspace() for character in found)


@given(any_text, any_text, languages)
def test_a_line_break_parts_terms_so_that_texts_can_be_analysed_apart(first: str, second: str, language: str) -> None:
    assert terms(first + "\n" + second, language) == terms(first, language) + terms(second, language)


@given(any_text)
def test_every_token_stands_in_the_text_but_for_its_marks(text: str) -> None:
    plain = "".join(character for character in fold(text) if character.isalnum())
    for token in words(text):
        assert "".join(character for character in token.lower() if character.isalnum()) in plain


@given(st.lists(st.text(alphabet="abcdé1", min_size=1, max_size=12), max_size=10))
def test_buckets_stay_within_their_tables(tokens: list[str]) -> None:
    assert all(0 <= bucket < GRAM_BUCKETS for bucket in gram_buckets(tokens))
    assert all(0 <= bucket < BIGRAM_BUCKETS for bucket in bigram_buckets(tokens))
