"""POST /v1/answers and /v1/search: a JSON question goes in; a cited answer or the passages found come out."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from service.body import read_json
from service.desk import AtDesk
from service.openapi import body_of
from service.wire import AnswerOut, SearchOut, answer_out, bundle_out, evidence_out, json_response
from service.wire_request import AnswerRequest, SearchRequest, filters_of, question_of, trimmed_question

router = APIRouter(tags=["answers"])


@router.post("/v1/answers", response_model=AnswerOut, openapi_extra=body_of(AnswerRequest))
async def create_answer(request: Request, desk: AtDesk) -> Response:
    """Answer a question with exact, checked quotes, or say that the corpus does not answer it."""
    asked = await read_json(request, AnswerRequest, desk.settings.max_body_bytes)
    question = question_of(asked, desk.engine.bundle, desk.clock())
    answer = await desk.admission.run(lambda _permit: desk.engine.ask(question))
    request.state.outcome = answer.outcome.value
    sent = answer_out(
        answer,
        desk.engine.bundle,
        answer_id="ans_" + secrets.token_hex(10),
        request_id=request.state.request_id,
        as_of=question.as_of,
        include=asked.include,
    )
    return json_response(sent, {"Cache-Control": "no-store"})


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
    sent = SearchOut(data=[evidence_out(evidence) for evidence in found], bundle=bundle_out(desk.engine.bundle))
    return json_response(sent, {"Cache-Control": "no-store"})
