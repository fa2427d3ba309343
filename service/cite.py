"""A sentence of the bundle in, a citation out, but only if its words are found again in the page that is served."""

from __future__ import annotations

from corpus.bundle import Bundle, Sentence
from service.answer import Citation, Quote

CONTEXT_CHARS = 160


def cite(bundle: Bundle, sentence: Sentence, number: int) -> Citation | None:
    """The citation of a sentence, or None where its page does not hold it at its offsets, character for character."""
    passage = bundle.passage_at(sentence.passage_row)
    page = bundle.page(passage.document_id, passage.locator.page_index)
    if page is None or page.text[sentence.start : sentence.end] != sentence.text:
        return None
    source = bundle.source_of(sentence.passage_row)
    quote = Quote(
        exact=sentence.text,
        start=sentence.start,
        end=sentence.end,
        prefix=page.text[max(0, sentence.start - CONTEXT_CHARS) : sentence.start],
        suffix=page.text[sentence.end : sentence.end + CONTEXT_CHARS],
        lang=source.language,
    )
    return Citation(number, passage, source, quote)
