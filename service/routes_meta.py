"""GET /openapi.json: nothing goes in; the description of the API comes out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from service.openapi import describe

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return JSONResponse(describe(request.app), headers={"Cache-Control": "no-cache"})
