"""The HTTP application: settings and an engine go in; an application that serves the API, the pages and the widget comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from service import routes_answers, routes_corpus, routes_health, routes_images, routes_meta
from service.admission import Admission
from service.cors import AllowedOrigins
from service.desk import Clock, Engine
from service.faults import Responder, install_fault_handlers
from service.observe import ObservedApp, configure_logging
from service.page_image import PageImages
from service.page_render import Pages
from service.pages import page_router
from service.routes_assets import asset_router
from service.routes_docs import docs_router
from service.settings import ServiceSettings


def create_app(settings: ServiceSettings, engine: Engine | None, *, clock: Clock = dt.date.today) -> FastAPI:
    """The application. `app.state.engine` is the one reference to the engine: each request reads it once, so another may be
    put there while the service runs. With None, every question is answered by the problem `index_not_ready`.
    """
    app = FastAPI(
        title="Sourcier", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, redirect_slashes=False
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.clock = clock
    app.state.admission = Admission(settings.concurrent_asks, settings.answer_timeout_s)
    app.state.page_images = PageImages()
    pages = Pages()
    respond = Responder(pages)
    install_fault_handlers(app, respond)
    for module in (routes_answers, routes_corpus, routes_images, routes_health, routes_meta):
        app.include_router(module.router)
    app.include_router(asset_router())
    app.include_router(page_router(pages))
    if settings.docs:
        app.include_router(docs_router(pages))
    app.add_middleware(AllowedOrigins, origins=settings.cors_origins)
    app.add_middleware(ObservedApp, respond=respond)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    configure_logging()
    yield {}
    app.state.admission.close()
