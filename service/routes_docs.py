"""GET /docs: nothing goes in; Swagger UI over /openapi.json comes out, from files of an installed package, never a CDN."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.assets import Asset, asset_response
from service.page_render import PAGE_POLICY, Pages
from service.problems import not_found
from service.texts import Wording

ASSET_NAMES = ("swagger-ui-bundle.js", "swagger-ui.css")
DOCS_POLICY = PAGE_POLICY.partition("; require-trusted-types-for")[0]
"""Swagger UI sets HTML from strings of its own, so the page of the docs alone goes without Trusted Types."""


def docs_router(pages: Pages) -> APIRouter:
    """The routes of the browsable description of the API."""
    router = APIRouter(include_in_schema=False)
    assets = _assets()

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        return pages.page(request, "docs.html", policy=DOCS_POLICY, docs=True)

    @router.get("/docs/{name}")
    async def docs_asset(request: Request, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            raise not_found(Wording("Ce fichier n'existe pas.", "There is no such file."))
        return asset_response(request, asset)

    return router


def _assets() -> Mapping[str, Asset]:
    """Swagger UI's files in the package `fastapi_offline`, which is found but not imported."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "static"
    return {name: Asset(folder / name) for name in ASSET_NAMES if (folder / name).is_file()}
