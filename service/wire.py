"""Answers of the API as JSON: domain values go in; pydantic models, which also describe the API in OpenAPI, come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from corpus.document import Kind, Source, Status
from service.answer import Answer, Citation, Completeness, Evidence, Language, Mode, Notice, Outcome, Statement
from service.wire_parts import BoxOut, LinksOut, Out, PageRefOut, links_out, page_ref_out

if TYPE_CHECKING:
    from corpus.bundle import Bundle


class BundleOut(Out):
    """The index that an answer stands on."""

    id: str
    built_at: str


class DocumentRefOut(Out):
    """A document beside a passage or a quote. `sha256` is of its file, "" where it has none."""

    id: str
    title: str
    publisher: str
    published_on: dt.date | None
    language: str
    kind: Kind
    url: str | None
    licence: str
    status: Status
    valid_from: dt.date | None
    valid_to: dt.date | None
    superseded_by: list[str]
    sha256: str


class QuoteOut(Out):
    """`exact` is the served page text at [start, end), in Unicode code points."""

    exact: str
    lang: str
    prefix: str
    suffix: str
    start: int
    end: int


class CitationOut(Out):
    """A numbered quote. `page` is null for a document without pages, whose text is page 0.

    `text_sha256` is of all the text that is served of the document: with the document's `sha256` it lets the answer be
    verified later.
    """

    n: int
    passage_id: str
    document: DocumentRefOut
    page: PageRefOut | None
    section: list[str]
    quote: QuoteOut
    verified: bool
    text_sha256: str
    boxes: list[BoxOut]
    links: LinksOut


class StatementOut(Out):
    """One sentence of an answer: a quote, unless `ai_generated` says that a model worded it from its quotes."""

    text: str
    citations: list[int]
    status: Status
    ai_generated: bool


class NoticeOut(Out):
    """What the reader must know beside the answer."""

    code: str
    text: str
    citations: list[int]


class EvidenceOut(Out):
    """A passage that was found, with its scores."""

    passage_id: str
    text: str
    score: float
    scores: dict[str, float]
    document: DocumentRefOut
    page: PageRefOut | None
    section: list[str]
    links: LinksOut


class AnswerOut(Out):
    """The answer of POST /v1/answers. `nearest` is filled where nothing answers, `passages` where `include` asks for it.

    `model` and `prompt_version` are there where `ai_generated` is true.
    """

    id: str
    outcome: Outcome
    completeness: Completeness
    lang: Language
    mode: Mode
    ai_generated: bool
    text: str
    statements: list[StatementOut]
    citations: list[CitationOut]
    notices: list[NoticeOut]
    nearest: list[EvidenceOut]
    choices: list[str]
    confidence: float
    as_of: dt.date
    bundle: BundleOut
    timings_ms: dict[str, float]
    request_id: str
    passages: list[EvidenceOut] | None = None
    model: str | None = None
    prompt_version: str | None = None


class SearchOut(Out):
    """The answer of POST /v1/search, best first. A notice's `citations` are places in `data`, from 1."""

    data: list[EvidenceOut]
    notices: list[NoticeOut]
    bundle: BundleOut


class ProblemOut(Out):
    """A problem (RFC 9457). `field` names what is wrong in the request, `position` is line:column in its JSON."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    hint: str
    field: str | None = None
    position: str | None = None


def bundle_out(bundle: Bundle) -> BundleOut:
    """The bundle as answers name it."""
    return BundleOut(id=bundle.card.id, built_at=bundle.card.built_at)


def document_ref_out(source: Source) -> DocumentRefOut:
    """A document in short."""
    return DocumentRefOut(
        id=source.id,
        title=source.title,
        publisher=source.publisher,
        published_on=source.published_on,
        language=source.language,
        kind=source.kind,
        url=source.url,
        licence=source.licence,
        status=source.status,
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        superseded_by=list(source.superseded_by),
        sha256=source.sha256,
    )


def citation_out(citation: Citation, bundle: Bundle, boxes: Sequence[BoxOut] = ()) -> CitationOut:
    """A citation with the boxes of its quote; it was verified when it was made, or it would not be here."""
    source, passage, quote = citation.source, citation.passage, citation.quote
    record = bundle.document(source.id)
    return CitationOut(
        n=citation.n,
        passage_id=passage.id,
        document=document_ref_out(source),
        page=page_ref_out(source, passage.locator),
        section=list(passage.locator.section),
        quote=QuoteOut(
            exact=quote.exact,
            lang=quote.lang,
            prefix=quote.prefix,
            suffix=quote.suffix,
            start=quote.start,
            end=quote.end,
        ),
        verified=True,
        text_sha256=record.text_sha256 if record else "",
        boxes=list(boxes),
        links=links_out(source, passage, quote.start, quote.end),
    )


def evidence_out(evidence: Evidence) -> EvidenceOut:
    """A found passage."""
    source, passage = evidence.source, evidence.passage
    return EvidenceOut(
        passage_id=passage.id,
        text=passage.text,
        score=evidence.score,
        scores=dict(evidence.scores),
        document=document_ref_out(source),
        page=page_ref_out(source, passage.locator),
        section=list(passage.locator.section),
        links=links_out(source, passage, passage.locator.start, passage.locator.end),
    )


def statement_out(statement: Statement) -> StatementOut:
    """One sentence of an answer."""
    return StatementOut(
        text=statement.text,
        citations=list(statement.citations),
        status=statement.status,
        ai_generated=statement.ai_generated,
    )


def notices_out(notices: Sequence[Notice]) -> list[NoticeOut]:
    """What the reader must know."""
    return [NoticeOut(code=n.code, text=n.text, citations=list(n.citations)) for n in notices]


def answer_out(
    answer: Answer,
    bundle: Bundle,
    *,
    answer_id: str,
    request_id: str,
    as_of: dt.date,
    include: list[Literal["passages", "timings"]],
    boxes: Mapping[int, Sequence[BoxOut]] | None = None,
) -> AnswerOut:
    """The whole answer as it is sent; `boxes` by the number of the citation."""
    return AnswerOut(
        id=answer_id,
        outcome=answer.outcome,
        completeness=answer.completeness,
        lang=answer.lang,
        mode=answer.mode,
        ai_generated=answer.ai_generated,
        text=answer.text,
        statements=[statement_out(statement) for statement in answer.statements],
        citations=[citation_out(citation, bundle, (boxes or {}).get(citation.n, ())) for citation in answer.citations],
        notices=notices_out(answer.notices),
        nearest=[evidence_out(evidence) for evidence in answer.nearest],
        choices=list(answer.choices),
        confidence=round(answer.confidence, 4),
        as_of=as_of,
        bundle=bundle_out(bundle),
        timings_ms={stage: round(ms, 2) for stage, ms in answer.timings_ms.items()},
        request_id=request_id,
        passages=[evidence_out(evidence) for evidence in answer.evidence] if "passages" in include else None,
        model=answer.model or None,
        prompt_version=answer.prompt_version or None,
    )
