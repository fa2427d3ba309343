"""POST /v1/answers and /v1/search: a JSON question goes in; a cited answer, whole or as events, or passages come out."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response

from service.answer import Answer, Citation, Evidence, Question, Statement
from service.answer_cache import Given
from service.body import read_json
from service.desk import AtDesk, Desk
from service.live import Event, LiveAnswer
from service.openapi import body_of
from service.page_image import PageImages
from service.search_notices import notices_of_search
from service.stream import (
    MEDIA_TYPE,
    CreatedOut,
    RetrievedOut,
    StatementEventOut,
    stream_events,
    stream_response,
    wants_stream,
)
from service.wire import (
    AnswerOut,
    EvidenceOut,
    SearchOut,
    answer_out,
    bundle_out,
    citation_out,
    evidence_out,
    notices_out,
    statement_out,
)
from service.wire_parts import PDF, BoxOut, json_response
from service.wire_request import AnswerRequest, SearchRequest, filters_of, question_of, trimmed_question

router = APIRouter(tags=["answers"])
Told = TypeVar("Told")
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {}}, "description": "The answer, whole or as events."}
}


@router.post("/v1/answers", response_model=AnswerOut, openapi_extra=body_of(AnswerRequest), responses=_EVENTS)
async def create_answer(request: Request, desk: AtDesk) -> Response:
    """Answer a question with exact, checked quotes, or say that the corpus does not answer it."""
    asked = await read_json(request, AnswerRequest, desk.settings.max_body_bytes)
    question = question_of(asked, desk.engine.bundle, desk.clock(), desk.settings.mode_default)
    answering = _Answering(request, desk, asked, question)
    if wants_stream(request, asked.stream):
        live = answering.live()
        return await stream_response(request, answering.created(), answering.streamed, live=live)
    sent = await answering.whole()
    request.state.outcome = sent.outcome.value
    return json_response(sent, {"Cache-Control": "no-store", "Vary": "Accept"})


@router.post("/v1/search", response_model=SearchOut, openapi_extra=body_of(SearchRequest))
async def search_passages(request: Request, desk: AtDesk) -> Response:
    """Passages near a query, best first, with their scores; nothing is composed."""
    asked = await read_json(request, SearchRequest, desk.settings.max_body_bytes)
    query = trimmed_question(asked.query, "query")
    filters = filters_of(asked.filters, desk.engine.bundle)
    as_of = asked.as_of or desk.clock()
    found = await desk.admission.run(
        lambda _permit: desk.engine.search(query, limit=asked.limit, as_of=as_of, filters=filters)
    )
    sent = SearchOut(
        data=[evidence_out(evidence) for evidence in found],
        notices=notices_out(notices_of_search(query, found, as_of)),
        bundle=bundle_out(desk.engine.bundle),
    )
    return json_response(sent, {"Cache-Control": "no-store"})


async def whole_answer(request: Request, desk: Desk, asked: AnswerRequest) -> AnswerOut:
    """The answer to a request that came by another door: the same limits, permits, refusals and counts.

    Raises: what POST /v1/answers answers as a problem.
    """
    question = question_of(asked, desk.engine.bundle, desk.clock(), desk.settings.mode_default)
    sent = await _Answering(request, desk, asked, question).whole()
    request.state.outcome = sent.outcome.value
    return sent


async def answer_stream(request: Request, desk: Desk, asked: AnswerRequest) -> AsyncGenerator[bytes, None]:
    """The same as events, one a piece, each as soon as it is known.

    Raises: what POST /v1/answers answers as a problem before its first event.
    """
    question = question_of(asked, desk.engine.bundle, desk.clock(), desk.settings.mode_default)
    answering = _Answering(request, desk, asked, question)
    return await stream_events(request, answering.created(), answering.streamed, live=answering.live())


class _Answering:
    """One accepted question on its way to an answer."""

    def __init__(self, request: Request, desk: Desk, asked: AnswerRequest, question: Question) -> None:
        self._request = request
        self._desk = desk
        self._asked = asked
        self._question = question
        self._images: PageImages = request.app.state.page_images
        self._id = "ans_" + secrets.token_hex(10)
        self._request_id: str = request.state.request_id
        self.listener = LiveAnswer(desk.settings.answer_timeout_s)

    def live(self) -> LiveAnswer:
        """What is told of the answer while it is made, from now on as events."""
        self.listener = LiveAnswer(self._desk.settings.answer_timeout_s, self._event_of_found, self._event_of_statement)
        return self.listener

    def created(self) -> CreatedOut:
        return CreatedOut(
            id=self._id,
            request_id=self._request_id,
            mode=self._question.mode,
            as_of=self._question.as_of,
            bundle=bundle_out(self._desk.engine.bundle),
        )

    async def whole(self) -> AnswerOut:
        """The answer in one piece, at once where it was given lately. A model's work for it ends when its client goes."""
        if (given := self._desk.engine.at_hand(self._question)) is not None:
            return await self._again(given)
        watching = self._question.mode == "generative"
        leaving = asyncio.ensure_future(_left(self._request, self.listener)) if watching else None
        try:
            return await self._computed(self._sent)
        finally:
            if leaving is not None:
                leaving.cancel()

    async def _again(self, given: Given) -> AnswerOut:
        """What was given lately, under an id of this request; where quotes stand on pages is looked up once."""
        start_s = time.perf_counter()
        included = tuple(self._asked.include)
        if (sent := given.sent.get(included)) is None:
            sent = await self._desk.admission.run(lambda _permit: self._sent(given.answer))
            given.sent[included] = sent
        took = {"total": round((time.perf_counter() - start_s) * 1000, 2)}
        return sent.model_copy(update={"id": self._id, "request_id": self._request_id, "timings_ms": took})

    async def streamed(self, admitted: Callable[[], None]) -> tuple[AnswerOut, list[EvidenceOut]]:
        """The answer and what it was made from; `admitted` is called when the work begins."""
        return await self._computed(
            lambda answer: (self._sent(answer), [evidence_out(found) for found in _read(answer)]), admitted
        )

    async def _computed(self, told: Callable[[Answer], Told], admitted: Callable[[], None] = lambda: None) -> Told:
        """What is told of the answer, made with a permit."""

        def work() -> Told:
            admitted()
            return told(self._desk.engine.ask(self._question, self.listener))

        return await self._desk.permits_for(self._question).run(lambda _permit: work())

    def _event_of_found(self, passages: Sequence[Evidence]) -> Event:
        return "retrieval.completed", RetrievedOut(passages=[evidence_out(found) for found in passages])

    def _event_of_statement(self, index: int, statement: Statement, citations: Sequence[Citation]) -> Event:
        boxes = boxes_of(citations, self._desk, self._images)
        bundle = self._desk.engine.bundle
        cited = [citation_out(citation, bundle, boxes.get(citation.n, ())) for citation in citations]
        return "answer.statement", StatementEventOut(index=index, statement=statement_out(statement), citations=cited)

    def _sent(self, answer: Answer) -> AnswerOut:
        return answer_out(
            answer,
            self._desk.engine.bundle,
            answer_id=self._id,
            request_id=self._request_id,
            as_of=self._question.as_of,
            include=self._asked.include,
            boxes=boxes_of(answer.citations, self._desk, self._images),
        )


def boxes_of(citations: Sequence[Citation], desk: Desk, images: PageImages) -> dict[int, list[BoxOut]]:
    """Where the quotes of PDF documents stand on their pages, by the number of the citation."""
    bundle = desk.engine.bundle
    boxes: dict[int, list[BoxOut]] = {}
    for citation in citations:
        if citation.source.media_type != PDF:
            continue
        path = bundle.original(citation.source.id)
        page = bundle.page(citation.source.id, citation.passage.locator.page_index)
        if path is not None and page is not None:
            found = images.boxes(path, page.runs, citation.quote.start, citation.quote.end)
            boxes[citation.n] = [BoxOut(page_index=b.page_index, x0=b.x0, y0=b.y0, x1=b.x1, y1=b.y1) for b in found]
    return boxes


async def _left(request: Request, listener: LiveAnswer) -> None:
    """Tell when the client has gone: nothing else comes after its body was read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    listener.leave()


def _read(answer: Answer) -> tuple[Evidence, ...]:
    return answer.evidence or answer.nearest
