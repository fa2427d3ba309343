"""Laws of judging: writing habits never decide, and a fact once found stays found."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from service.judge import fact_found, normalise

any_text = st.text(max_size=60)


@given(any_text)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(any_text)
def test_case_does_not_matter(text: str) -> None:
    assert normalise(text) == normalise(text.casefold())


@given(st.text("abcdeé '’-–\u00a0", min_size=1, max_size=10), any_text, any_text)
def test_a_text_holds_its_own_words_whatever_stands_around(words: str, before: str, after: str) -> None:
    assert fact_found(re.escape(normalise(words).strip()), f"{before} {words} {after}")


@given(any_text)
def test_no_typographic_space_dash_or_apostrophe_is_left(text: str) -> None:
    assert not re.search(r"[\u00a0\u202f\u2009\u2013\u2014\u2011’‘]", normalise(text))
