"""GET /healthz, /readyz and /metrics: nothing goes in; whether the process lives, can answer, and how it fares comes out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from service.desk import AtDesk
from service.metric_text import MEDIA_TYPE
from service.openapi import media
from service.problems import ProblemError
from service.texts import Wording

router = APIRouter(tags=["health"])
NEVER_STORED = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers requests; says nothing of the index."""
    return JSONResponse({"status": "ok"}, headers=NEVER_STORED)


@router.get("/readyz")
async def readyz(request: Request, desk: AtDesk) -> Response:
    """A bundle is open and its encoder is loaded; else the problem `index_not_ready`, or `stopping` where the process is about to end.

    `refused` names the bundle that was activated but cannot be served, while the one before it goes on.
    """
    if request.app.state.stopping.is_set():
        detail = Wording(
            "Ce processus termine ses réponses et n'en commence plus.",
            "This process ends its answers and begins no more.",
        )
        raise ProblemError("stopping", detail, headers={"Retry-After": "1"})
    body: dict[str, Any] = {
        "status": "ready",
        "bundle": {"id": desk.engine.bundle.card.id, "built_at": desk.engine.bundle.card.built_at},
        "maintenance": request.app.state.maintenance.current() is not None,
    }
    watch = request.app.state.watch
    if watch is not None and watch.refused is not None:
        body["refused"] = {"bundle_id": watch.refused.bundle_id, "code": watch.refused.code}
    return JSONResponse(body, headers=NEVER_STORED)


@router.get("/metrics", response_class=Response, responses=media("text/plain"))
async def metrics(request: Request) -> Response:
    """Counts and times of this worker process, in the text format of Prometheus."""
    return Response(request.app.state.metrics.registry.text(), headers={**NEVER_STORED, "Content-Type": MEDIA_TYPE})
