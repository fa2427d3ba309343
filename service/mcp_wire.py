"""What agents are given: plain values go in; pydantic models, whose JSON schemas the tools announce, come out."""

from __future__ import annotations

import datetime as dt

from corpus.document import Kind, Source, Status
from corpus.passage import Locator
from service.answer import Completeness, Language, Outcome
from service.answer_text import address_of_source
from service.wire import AnswerOut
from service.wire_parts import Out, page_ref_out


class Metadata(Out):
    """Where a text comes from. `status` is the document's on the asked date; `page` is the printed page number, if any."""

    document_id: str
    publisher: str
    published_on: dt.date | None
    kind: Kind
    language: str
    licence: str
    status: Status
    page: str | None
    section: list[str]


class Section(Out):
    """A passage that was found; `score` ranks within one search and is no probability."""

    id: str
    title: str
    url: str
    text: str
    score: float
    metadata: Metadata


class SearchResult(Out):
    """The passages nearest to a query, best first."""

    results: list[Section]
    notices: list[str]
    as_of: dt.date
    bundle_id: str


class FetchResult(Out):
    """A passage with what stands `before` and `after` it, or a document's text, cut where `truncated`."""

    id: str
    title: str
    text: str
    before: str
    after: str
    truncated: bool
    url: str
    metadata: Metadata


class Said(Out):
    """One sentence of an answer, the numbers of its citations, and whether it holds on the asked date."""

    text: str
    status: Status
    citations: list[int]


class CitedQuote(Out):
    """A numbered quote, character for character as its page has it; `id` is its passage's, for `fetch`."""

    n: int
    id: str
    document_id: str
    title: str
    publisher: str
    published_on: dt.date | None
    page: str | None
    quote: str
    url: str


class AnswerResult(Out):
    """A cited answer. `outcome` says whether there is one: `answered`, or why not, in the words of `text`."""

    outcome: Outcome
    completeness: Completeness
    text: str
    lang: Language
    as_of: dt.date
    ai_generated: bool
    statements: list[Said]
    citations: list[CitedQuote]
    notices: list[str]
    choices: list[str]
    bundle_id: str


def answer_result(made: AnswerOut, base_url: str) -> AnswerResult:
    """An answer in short; `base_url` is this service's."""
    return AnswerResult(
        outcome=made.outcome,
        completeness=made.completeness,
        text=made.text,
        lang=made.lang,
        as_of=made.as_of,
        ai_generated=made.ai_generated,
        statements=[Said(text=s.text, status=s.status, citations=s.citations) for s in made.statements],
        citations=[
            CitedQuote(
                n=c.n,
                id=c.passage_id,
                document_id=c.document.id,
                title=c.document.title,
                publisher=c.document.publisher,
                published_on=c.document.published_on,
                page=c.page.label if c.page else None,
                quote=c.quote.exact,
                url=address_of_source(c, base_url),
            )
            for c in made.citations
        ],
        notices=[notice.text for notice in made.notices],
        choices=made.choices,
        bundle_id=made.bundle.id,
    )


def metadata_of(source: Source, place: Locator | None) -> Metadata:
    """Where a text comes from; without a place, the document as a whole."""
    page = page_ref_out(source, place) if place else None
    return Metadata(
        document_id=source.id,
        publisher=source.publisher,
        published_on=source.published_on,
        kind=source.kind,
        language=source.language,
        licence=source.licence,
        status=source.status,
        page=page.label if page else None,
        section=list(place.section) if place else [],
    )
