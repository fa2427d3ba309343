"""A quote is found again in the page that is served, or there is no citation."""

from __future__ import annotations

from dataclasses import replace

from corpus.bundle import Bundle
from service.cite import CONTEXT_CHARS, cite


def test_every_sentence_of_a_bundle_can_be_cited_character_for_character(small_bundle: Bundle) -> None:
    for row in range(len(small_bundle.sentences)):
        sentence = small_bundle.sentence_at(row)
        citation = cite(small_bundle, sentence, 1)
        assert citation is not None
        page = small_bundle.page(citation.source.id, citation.passage.locator.page_index)
        assert page is not None
        quote = citation.quote
        assert page.text[quote.start : quote.end] == quote.exact == sentence.text
        assert page.text[: quote.start].endswith(quote.prefix)
        assert page.text[quote.end :].startswith(quote.suffix)
        assert len(quote.prefix) <= CONTEXT_CHARS and len(quote.suffix) <= CONTEXT_CHARS
        assert quote.lang == citation.source.language


def test_words_that_the_page_does_not_hold_are_not_cited(small_bundle: Bundle) -> None:
    sentence = small_bundle.sentence_at(0)
    for altered in (
        replace(sentence, text=sentence.text.replace("un an", "deux ans")),
        replace(sentence, text=sentence.text.upper()),
        replace(sentence, start=sentence.start + 1),
        replace(sentence, end=sentence.end + 1),
    ):
        assert cite(small_bundle, altered, 1) is None
