"""GET /healthz and /readyz: nothing goes in; whether the process lives, and whether it can answer, comes out."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from service.desk import AtDesk

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers requests; says nothing of the index."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
async def readyz(desk: AtDesk) -> Response:
    """A bundle is open and its encoder is loaded; else the problem `index_not_ready`."""
    body = {
        "status": "ready",
        "bundle": {"id": desk.engine.bundle.card.id, "built_at": desk.engine.bundle.card.built_at},
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})
