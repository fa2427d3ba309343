"""/openai/v1: a chat of an OpenAI client goes in; our cited answer to its last question comes out in that client's format."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from service.answer_text import text_of
from service.body import read_json
from service.desk import AtDesk, Desk
from service.openai_stream import ChunkStream
from service.openai_wire import MODEL, MODES, ChatRequest, asked_of, completion
from service.problems import ProblemError, not_found
from service.routes_answers import answer_stream, whole_answer
from service.stream import HEADERS as STREAM_HEADERS
from service.stream import MEDIA_TYPE as EVENTS
from service.texts import Wording

router = APIRouter(prefix="/openai/v1", include_in_schema=False)
NEVER_STORED = {"Cache-Control": "no-store"}


@router.post("/chat/completions")
async def create_completion(request: Request, desk: AtDesk) -> Response:
    """Answer the last user message."""
    chat = await read_json(request, ChatRequest, desk.settings.max_body_bytes)
    asked, names = asked_of(chat)
    base_url = str(request.base_url).rstrip("/")
    model = chat.model if chat.model in MODES else MODEL
    try:
        if chat.stream:
            ours = await answer_stream(request, desk, asked)
        else:
            answer = await whole_answer(request, desk, asked)
            return JSONResponse(completion(answer, text_of(answer, base_url), model, base_url), headers=NEVER_STORED)
    except ProblemError as problem:
        problem.field = names.get(problem.field or "", problem.field)  # as the client called it
        raise
    usage = chat.stream_options is not None and bool(chat.stream_options.include_usage)
    events = ChunkStream(model, base_url, usage).sent(ours)
    return StreamingResponse(events, headers=dict(STREAM_HEADERS), media_type=EVENTS)


@router.get("/models")
async def list_models(desk: AtDesk) -> Response:
    """The models that may be named: the generative one is there where the service has a model to word answers with."""
    names = [name for name, mode in MODES.items() if mode != "generative" or desk.settings.chat_model]
    return JSONResponse({"object": "list", "data": [_model(desk, name) for name in names]})


@router.get("/models/{name}")
async def get_model(desk: AtDesk, name: str) -> Response:
    """One of them."""
    if name not in MODES:
        raise not_found(Wording("Aucun modèle ne porte ce nom.", "No model has this name."))
    return JSONResponse(_model(desk, name))


def _model(desk: Desk, name: str) -> dict[str, Any]:
    built_at = dt.datetime.fromisoformat(desk.engine.bundle.card.built_at)
    return {"id": name, "object": "model", "created": int(built_at.timestamp()), "owned_by": MODEL}
