"""GET /widget.js, /widget/ and /static/: a name goes in; a file that ships with the service comes out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.assets import Asset, asset_response, assets_of
from service.problems import not_found
from service.texts import Wording

HERE = Path(__file__).parent
FOR_ANY_SITE: Mapping[str, str] = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""A module script of another site is fetched with CORS; without this header it would not run there."""


def asset_router() -> APIRouter:
    """The routes of the files that ship with the service; the widget's folder is laid out as it is served."""
    router = APIRouter(include_in_schema=False)
    static, widget = assets_of(HERE / "static"), assets_of(HERE / "widget")

    @router.get("/static/{name}")
    async def static_file(request: Request, name: str) -> Response:
        return asset_response(request, _known(static, name))

    @router.get("/widget.js")
    async def widget_script(request: Request) -> Response:
        return asset_response(request, _known(widget, "widget.js"), FOR_ANY_SITE)

    @router.get("/widget/{name}")
    async def widget_module(request: Request, name: str) -> Response:
        return asset_response(request, _known(widget, f"widget/{name}"), FOR_ANY_SITE)

    return router


def _known(assets: Mapping[str, Asset], name: str) -> Asset:
    asset = assets.get(name)
    if asset is None:
        raise not_found(Wording("Ce fichier n'existe pas.", "There is no such file."))
    return asset
