"""The pages for people: /, /ask (no JavaScript needed) and the corpus browser; requests go in; HTML comes out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.answer import Question
from service.body import read_form
from service.desk import AtDesk, Desk
from service.language import LANGUAGES, language_of
from service.links import page_image_path, view_path
from service.page_groups import By, grouped
from service.page_render import Pages
from service.page_text import lay_out
from service.problems import ProblemError
from service.routes_corpus import no_such_page, record_of
from service.routes_visitors import suggestions_of
from service.wire import AnswerOut, answer_out, bundle_out
from service.wire_corpus import DocumentOut, document_out, latest_date
from service.wire_parts import PDF, page_ref_out
from service.wire_request import MAX_QUESTION_CHARS, trimmed_question

if TYPE_CHECKING:
    from corpus.passage import Passage

PROPOSED = 3


def page_router(pages: Pages) -> APIRouter:
    """The routes of the pages for people."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(request: Request, desk: AtDesk) -> Response:
        return pages.page(request, "home.html", **await _asking(request, desk), question="", error=None)

    @router.get("/demo")
    async def demo(request: Request, desk: AtDesk) -> Response:
        """The assistant in its place, on the page of a made-up site."""
        return pages.page(request, "demo.html", **_common(desk))

    @router.get("/ask")
    async def ask_form(request: Request, desk: AtDesk, q: str = "") -> Response:
        """The form; `q` only fills the field, so that no question is answered from an address."""
        values: dict[str, Any] = {"question": q[:MAX_QUESTION_CHARS], "error": None, "answer": None}
        return pages.page(request, "ask.html", **await _asking(request, desk), **values)

    @router.post("/ask")
    async def ask_question(request: Request, desk: AtDesk) -> Response:
        """The answer to a posted question, as a page."""
        fields = await read_form(request, desk.settings.max_body_bytes)
        asked = fields.get("question", "")
        common = await _asking(request, desk)
        try:
            answer = await _answer(request, desk, asked)
        except ProblemError as problem:
            request.state.outcome = problem.code
            error = problem.detail.in_(language_of(request)) + " " + problem.kind.hint.in_(language_of(request))
            values: dict[str, Any] = {"question": asked[: 4 * MAX_QUESTION_CHARS], "error": error, "answer": None}
            return pages.page(request, "ask.html", status=problem.kind.status, **common, **values)
        request.state.outcome = answer.outcome.value
        return pages.page(request, "ask.html", **common, question=asked.strip(), error=None, answer=answer)

    @router.get("/documents")
    async def documents(request: Request, desk: AtDesk, by: By = "publisher") -> Response:
        """The catalogue, by publisher, standing or date."""
        sent = (document_out(desk.engine.bundle, record, desk.clock()) for record in desk.standing())
        return pages.page(request, "documents.html", **_common(desk), groups=grouped(sent, by), by=by)

    @router.get("/documents/{document_id}")
    async def document(
        request: Request,
        desk: AtDesk,
        document_id: str,
        page: Annotated[int, Query(ge=0)] = 0,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int, Query(ge=0)] = 0,
        view: Literal["text", "passages"] = "text",
    ) -> Response:
        """A page's text, with characters [start, end) marked where they exist; or the passages of the document."""
        if view == "passages":
            return pages.page(request, "passages.html", **_common(desk), **_passages(desk, document_id))
        shown = _document_page(desk, document_id, page, (start, end))
        return pages.page(request, "document.html", **_common(desk), **shown)

    return router


async def _answer(request: Request, desk: Desk, asked: str) -> AnswerOut:
    lang = LANGUAGES.get(request.query_params.get("lang", ""))
    question = Question(trimmed_question(asked), desk.clock(), lang, desk.settings.mode_default)
    answer = await desk.permits_for(question).run(lambda _permit: desk.engine.ask(question))
    return answer_out(
        answer,
        desk.engine.bundle,
        answer_id="ans_" + secrets.token_hex(10),
        request_id=request.state.request_id,
        as_of=question.as_of,
        include=[],
    )


def _common(desk: Desk) -> dict[str, Any]:
    """What every page shows: the corpus and its date."""
    bundle = desk.engine.bundle
    return {
        "bundle": bundle_out(bundle),
        "n_documents": len(desk.standing()),
        "n_passages": len(bundle),
        "latest": latest_date(bundle) or bundle.card.built_at,
        "docs": desk.settings.docs,
        "sent_to": desk.sent_to,
    }


async def _asking(request: Request, desk: Desk) -> dict[str, Any]:
    """What every page with the form shows: the limit and questions to start from."""
    proposed = await suggestions_of(request, desk, language_of(request))
    return {**_common(desk), "max_chars": MAX_QUESTION_CHARS, "suggestions": proposed[:PROPOSED]}


def _document_page(desk: Desk, document_id: str, page_index: int, span: tuple[int, int]) -> dict[str, Any]:
    bundle = desk.engine.bundle
    record = record_of(desk, document_id)
    page = bundle.page(document_id, page_index)
    if page is None:
        raise no_such_page(record)
    rows = range(record.first_passage, record.first_passage + record.n_passages)
    headings = {name for row in rows for name in bundle.passage_at(row).locator.section}
    start, end = span
    printed = record.source.media_type == PDF and bundle.original(document_id) is not None
    shown = document_out(bundle, record, desk.clock())
    marked = span if start < end <= len(page.text) else None
    return {
        "document": shown,
        "page": page,
        "n_pages": record.n_pages,
        "picture": page_image_path(document_id, page_index, *(marked or (None, None))) if printed else None,
        "blocks": lay_out(page.text, marked, headings | {record.source.title}),
        "neighbours": {doc_id: _title_of(desk, doc_id) for doc_id in _neighbours(shown)},
    }


def _passages(desk: Desk, document_id: str) -> dict[str, Any]:
    bundle = desk.engine.bundle
    record = record_of(desk, document_id)
    rows = range(record.first_passage, record.first_passage + record.n_passages)
    found = [bundle.passage_at(row) for row in rows]
    return {
        "document": document_out(bundle, record, desk.clock()),
        "passages": [
            (passage, page_ref_out(record.source, passage.locator), _view_of(document_id, passage)) for passage in found
        ],
    }


def _view_of(document_id: str, passage: Passage) -> str:
    place = passage.locator
    return view_path(document_id, place.page_index, place.start, place.end)


def _neighbours(document: DocumentOut) -> list[str]:
    return [*document.superseded_by, *document.supersedes]


def _title_of(desk: Desk, document_id: str) -> str | None:
    record = desk.engine.bundle.document(document_id)
    return record.source.title if record else None
