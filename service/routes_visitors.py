"""GET /v1/suggestions and POST /v1/feedback: what the assistant proposes to a visitor, and what the visitor reports."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from service.answer import Language
from service.body import read_json
from service.conditional import unless_known
from service.desk import AtDesk, Desk
from service.feedback import FeedbackFile, FeedbackOut, FeedbackRequest
from service.language import language_of
from service.openapi import body_of
from service.personal_data import refuse_personal_data
from service.problems import not_found
from service.settings import ServiceSettings
from service.suggestions import Suggestions
from service.texts import Wording
from service.wire import BundleOut, bundle_out
from service.wire_parts import Out, json_response

router = APIRouter(tags=["visitors"])


class SuggestionsOut(Out):
    """Questions that the index answers, in `lang`; what else the assistant may offer here; where questions are sent, if elsewhere."""

    data: list[str]
    lang: Language
    feedback: bool
    bundle: BundleOut
    sent_to: str | None = None


@router.get("/v1/suggestions", response_model=SuggestionsOut)
async def list_suggestions(request: Request, desk: AtDesk) -> Response:
    """Questions that the index really answers, in the language of `lang`, else of Accept-Language."""
    lang = language_of(request)
    sent = SuggestionsOut(
        data=list(await suggestions_of(request, desk, lang)),
        lang=lang,
        feedback=bool(desk.settings.feedback_file),
        bundle=bundle_out(desk.engine.bundle),
        sent_to=desk.sent_to or None,
    )
    digest = hashlib.sha256(sent.model_dump_json().encode()).hexdigest()[:20]
    extra = {"Vary": "Accept-Language"}
    return unless_known(request, f'"{digest}"', lambda headers: json_response(sent, {**headers, **extra}))


@router.post("/v1/feedback", response_model=FeedbackOut, status_code=201, openapi_extra=body_of(FeedbackRequest))
async def report(request: Request, desk: AtDesk) -> Response:
    """Keep a report on an answer or on one citation, where the operator has named a file for it."""
    file: FeedbackFile | None = request.app.state.feedback
    if file is None:
        raise not_found(Wording("Ce service ne recueille pas de signalements.", "This service does not take reports."))
    asked = await read_json(request, FeedbackRequest, desk.settings.max_body_bytes)
    refuse_personal_data(asked.note, "note")
    kept = await run_in_threadpool(file.add, asked, dt.datetime.now(dt.UTC))
    request.app.state.metrics.feedback.add(asked.reason)
    response = json_response(kept, {"Cache-Control": "no-store"})
    response.status_code = 201
    return response


def equip(app: FastAPI, settings: ServiceSettings) -> None:
    """Give the application what these routes work with."""
    path = settings.feedback_file
    app.state.suggestions = Suggestions()
    app.state.feedback = FeedbackFile(Path(path), settings.feedback_max_bytes) if path else None


async def suggestions_of(request: Request, desk: Desk, lang: Language) -> tuple[str, ...]:
    """The questions to propose; found once, in a thread."""
    state = request.app.state
    return await run_in_threadpool(state.suggestions.of, state.engine, desk.edition(), lang, desk.clock())
