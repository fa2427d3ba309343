"""A quote is found again in the page that is served, or there is no citation."""

from __future__ import annotations

from dataclasses import replace

from corpus.bundle import Bundle
from service.cite import CONTEXT_CHARS, cite
from service.compose import Span


def whole(bundle: Bundle, row: int) -> Span:
    """A sentence as the span to quote."""
    sentence = bundle.sentence_at(row)
    return Span(sentence, sentence.start, sentence.text)


def test_every_sentence_of_a_bundle_can_be_cited_character_for_character(small_bundle: Bundle) -> None:
    for row in range(len(small_bundle.sentences)):
        span = whole(small_bundle, row)
        citation = cite(small_bundle, span, 1)
        assert citation is not None
        page = small_bundle.page(citation.source.id, citation.passage.locator.page_index)
        assert page is not None
        quote = citation.quote
        assert page.text[quote.start : quote.end] == quote.exact == span.text
        assert page.text[: quote.start].endswith(quote.prefix)
        assert page.text[quote.end :].startswith(quote.suffix)
        assert len(quote.prefix) <= CONTEXT_CHARS and len(quote.suffix) <= CONTEXT_CHARS
        assert quote.lang == citation.source.language


def test_two_sentences_that_lean_on_each_other_are_cited_as_they_stand(small_bundle: Bundle) -> None:
    first, second = small_bundle.sentence_at(0), small_bundle.sentence_at(1)
    assert first.passage_row == second.passage_row
    page = small_bundle.page("pecan", 0)
    assert page is not None
    citation = cite(small_bundle, Span(second, first.start, page.text[first.start : second.end]), 1)
    assert citation is not None
    assert citation.quote.exact == f"{first.text} {second.text}"


def test_words_that_the_page_does_not_hold_are_not_cited(small_bundle: Bundle) -> None:
    span = whole(small_bundle, 0)
    for altered in (
        replace(span, text=span.text.replace("un an", "deux ans")),
        replace(span, text=span.text.upper()),
        replace(span, text=span.text + " "),
        replace(span, start=span.start + 1),
        replace(span, sentence=replace(span.sentence, end=span.sentence.end + 1)),
    ):
        assert cite(small_bundle, altered, 1) is None
