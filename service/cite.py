"""A span of a page in, a citation out, but only if its words are found again in the page that is served."""

from __future__ import annotations

from corpus.bundle import Bundle
from service.answer import Citation, Quote
from service.compose import Span

CONTEXT_CHARS = 160


def cite(bundle: Bundle, span: Span, number: int) -> Citation | None:
    """The citation of a span, or None where its page does not hold it at its offsets, character for character."""
    passage = bundle.passage_at(span.sentence.passage_row)
    page = bundle.page(passage.document_id, passage.locator.page_index)
    if page is None or page.text[span.start : span.sentence.end] != span.text:
        return None
    source = bundle.source_of(span.sentence.passage_row)
    quote = Quote(
        exact=span.text,
        start=span.start,
        end=span.sentence.end,
        prefix=page.text[max(0, span.start - CONTEXT_CHARS) : span.start],
        suffix=page.text[span.sentence.end : span.sentence.end + CONTEXT_CHARS],
        lang=source.language,
    )
    return Citation(number, passage, source, quote)
