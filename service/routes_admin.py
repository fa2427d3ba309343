"""The administration API under /v1/admin: a bearer token and a wish go in; jobs, bundles, documents and the switch come out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from service.admin import Operator
from service.admin_documents import check_id, read_push
from service.administration import Administration
from service.body import read_json
from service.desk import Engine
from service.doorkeeper import address_of
from service.jobs import Job
from service.openapi import body_of, media
from service.stream import HEADERS as STREAM_HEADERS
from service.stream import HEARTBEAT_S, event_text
from service.stream import MEDIA_TYPE as EVENTS
from service.wire_admin import (
    AuditOut,
    BundlesOut,
    JobOut,
    JobsOut,
    MaintenanceOut,
    MaintenanceRequest,
    PushedOut,
    WithdrawnOut,
    act_out,
    bundles_out,
    job_out,
    maintenance_out,
)
from service.wire_parts import Out, json_response, json_text

LOOK_EVERY_S = 0.25
MAX_WAIT_S = 300
NEVER_STORED: Mapping[str, str] = {"Cache-Control": "no-store"}
WITHDRAWN = "Retiré par l'exploitant du service."


@dataclass(frozen=True, slots=True)
class Office:
    """One admin request: who asks, and what they may do it with."""

    who: Operator
    administration: Administration
    request_id: str
    engine: Engine | None

    def serving(self) -> str | None:
        """The id of the open bundle."""
        return self.engine.bundle.card.id if self.engine else None

    def cites(self, document_id: str) -> bool:
        """Whether the open bundle holds a document."""
        return self.engine is not None and self.engine.bundle.document(document_id) is not None


async def office_of(request: Request) -> Office:
    """The office of a request with the right token.

    Raises: `unauthorized`, `rate_limited`.
    """
    administration: Administration = request.app.state.administration
    authorization = request.headers.get("authorization", "")
    who = administration.gate.by_header(authorization, address_of(request.scope))
    return Office(who, administration, request.state.request_id, request.app.state.engine)


AtOffice = Annotated[Office, Depends(office_of)]
router = APIRouter(prefix="/v1/admin", tags=["admin"])
_PUSH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "metadata": {"type": "string", "description": "JSON object with keys of the catalogue."},
                    },
                }
            }
        },
    }
}


@router.post("/reindex", status_code=202, response_model=JobOut)
async def start_reindex(office: AtOffice) -> Response:
    """Index the documents anew; what did not change is taken over. 409 while a job runs."""
    job_id = await run_in_threadpool(office.administration.reindex, office.who, office.request_id)
    return _accepted(job_out(office.administration.job(job_id)), job_id)


@router.get("/jobs", response_model=JobsOut)
async def list_jobs(office: AtOffice) -> Response:
    """The last jobs, the newest first."""
    jobs = await run_in_threadpool(office.administration.jobs.all)
    return json_response(JobsOut(data=[job_out(job) for job in jobs]), NEVER_STORED)


@router.get("/jobs/{job_id}", response_model=JobOut)
async def get_job(office: AtOffice, job_id: str) -> Response:
    """One job: its phase, counts, progress, and warnings by document."""
    return json_response(job_out(await run_in_threadpool(office.administration.job, job_id)), NEVER_STORED)


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses=media(EVENTS))
async def follow_job(request: Request, office: AtOffice, job_id: str) -> Response:
    """A job as server-sent events: `job.progress` whenever something changes, at last `job.ended`, unless the service stops first."""
    await run_in_threadpool(office.administration.job, job_id)
    events = _events(office.administration, job_id, request.app.state.stopping)
    return StreamingResponse(events, headers=dict(STREAM_HEADERS), media_type=EVENTS)


@router.post("/jobs/{job_id}/cancel", status_code=202, response_model=JobOut)
async def cancel_job(office: AtOffice, job_id: str) -> Response:
    """End a job that runs; the active bundle is untouched."""
    job = await run_in_threadpool(office.administration.cancel, office.who, job_id, office.request_id)
    return _accepted(job_out(job), job_id)


@router.put(
    "/documents/{document_id}",
    status_code=202,
    response_model=PushedOut,
    responses={200: {"model": PushedOut, "description": "The wait is over: `indexed` says how it ended."}},
    openapi_extra=_PUSH_BODY,
)
async def push_document(
    request: Request, office: AtOffice, document_id: str, wait_s: Annotated[float, Query(ge=0, le=MAX_WAIT_S)] = 0
) -> Response:
    """Take a document (`file`) with what the catalogue would say of it (`metadata`, JSON), and have it indexed.

    With `wait_s` the response comes when that is done, with 200, or after so many seconds, with 202.
    """
    pushed, form = await read_push(request, document_id, office.administration.max_document_bytes)
    try:
        push = partial(office.administration.push, cited=office.cites(document_id), request_id=office.request_id)
        job_id, sha256 = await run_in_threadpool(push, office.who, pushed)
    finally:
        await form.close()
    indexed, job = await _indexed(request, office, (document_id, sha256), job_id, wait_s)
    response = _accepted(PushedOut(document_id=document_id, indexed=indexed, job=job_out(job)), job.id)
    response.status_code = 202 if indexed is None else 200
    return response


@router.delete("/documents/{document_id}", status_code=202, response_model=WithdrawnOut)
async def withdraw_document(
    office: AtOffice, document_id: str, reason: Annotated[str, Query(max_length=2000)] = WITHDRAWN
) -> Response:
    """Withdraw a document: it is cited no more once this has answered, and then leaves the index."""
    check_id(document_id)
    withdraw = partial(office.administration.withdraw, cited=office.cites(document_id), request_id=office.request_id)
    made, job_id = await run_in_threadpool(withdraw, office.who, document_id, reason)
    job = job_out(office.administration.job(job_id))
    return _accepted(WithdrawnOut(document_id=document_id, since=made.since, reason=made.reason, job=job), job_id)


@router.get("/bundles", response_model=BundlesOut)
async def list_bundles(request: Request, office: AtOffice) -> Response:
    """The bundles that are kept, the newest first."""
    return json_response(await run_in_threadpool(_bundles, request, office), NEVER_STORED)


@router.post("/bundles/{bundle_id}/activate", response_model=BundlesOut)
async def activate_bundle(request: Request, office: AtOffice, bundle_id: str) -> Response:
    """Switch to a bundle, or roll back to it, after checking it; each worker takes it within a second."""
    await run_in_threadpool(office.administration.activate, office.who, bundle_id, office.request_id)
    return json_response(await run_in_threadpool(_bundles, request, office), NEVER_STORED)


@router.get("/maintenance", response_model=MaintenanceOut)
async def get_maintenance(office: AtOffice) -> Response:
    """The kill switch as it is."""
    return json_response(maintenance_out(office.administration.switch.current()), NEVER_STORED)


@router.post("/maintenance", response_model=MaintenanceOut, openapi_extra=body_of(MaintenanceRequest))
async def set_maintenance(request: Request, office: AtOffice) -> Response:
    """Refuse questions with the operator's words, or answer them again; it holds through a restart."""
    asked = await read_json(request, MaintenanceRequest, 65536)
    state = office.administration.maintain(office.who, asked.on, asked.message, office.request_id)
    return json_response(maintenance_out(state), NEVER_STORED)


@router.get("/audit", response_model=AuditOut)
async def read_audit(office: AtOffice, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    """The last acts of operators, the newest first."""
    acts = await run_in_threadpool(office.administration.audit.latest, limit)
    return json_response(AuditOut(data=[act_out(act) for act in acts]), NEVER_STORED)


async def _indexed(
    request: Request, office: Office, pushed: tuple[str, str], job_id: str, wait_s: float
) -> tuple[bool | None, Job]:
    """Whether the open bundle holds what was `pushed` (id and SHA-256), None while that may still come; and the last job for it."""
    jobs, end_s = office.administration.jobs, time.monotonic() + wait_s
    same_bytes = _holds(office.engine, pushed)  # then only its metadata may be new, and the end of the jobs tells
    while True:
        settled = not jobs.is_wanted()  # asked first: a job that is to follow is wanted until it runs
        running = await run_in_threadpool(jobs.running)
        job = await run_in_threadpool(office.administration.job, job_id) if running is None else running
        job_id = job.id
        engine: Engine | None = request.app.state.engine
        serves = engine is not None and engine.bundle.card.id == office.administration.shelf.active_id()
        over = (
            settled and job.state != "running" and job.code != "build_running" and (serves or job.state != "succeeded")
        )
        if over or (not same_bytes and _holds(engine, pushed)):
            return _holds(engine, pushed), job
        if time.monotonic() >= end_s or request.app.state.stopping.is_set():
            return None, job
        await asyncio.sleep(LOOK_EVERY_S)


def _holds(engine: Engine | None, pushed: tuple[str, str]) -> bool:
    record = engine.bundle.document(pushed[0]) if engine else None
    return record is not None and record.source.sha256 == pushed[1]


async def _events(administration: Administration, job_id: str, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """What is sent of a job: each state that differs from the one before, a heartbeat where nothing does."""
    before, silent_s = "", 0.0
    while not stopping.is_set():
        job = await run_in_threadpool(administration.job, job_id)
        text = json_text(job_out(job))
        if job.state != "running":
            yield event_text("job.ended", text)
            return
        if text != before:
            yield event_text("job.progress", text)
            before, silent_s = text, 0.0
        elif silent_s >= HEARTBEAT_S:
            yield b": heartbeat\n\n"
            silent_s = 0.0
        await asyncio.sleep(LOOK_EVERY_S)
        silent_s += LOOK_EVERY_S


def _bundles(request: Request, office: Office) -> BundlesOut:
    watch = request.app.state.watch
    refused = watch.refused if watch is not None else None
    return BundlesOut(
        data=bundles_out(office.administration.shelf, office.serving()),
        refused={"id": refused.bundle_id, "code": refused.code, "message": refused.message} if refused else None,
    )


def _accepted(sent: Out, job_id: str) -> Response:
    response = json_response(sent, {**NEVER_STORED, "Location": f"/v1/admin/jobs/{job_id}"})
    response.status_code = 202
    return response
