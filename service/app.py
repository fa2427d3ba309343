"""The HTTP application: settings and an engine go in; an application that serves the API, the pages and the widget comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from service import routes_answers, routes_health, routes_meta
from service.admission import Admission
from service.desk import Clock, Engine
from service.faults import install_fault_handlers
from service.observe import ObservedApp
from service.settings import ServiceSettings


def create_app(settings: ServiceSettings, engine: Engine | None, *, clock: Clock = dt.date.today) -> FastAPI:
    """The application. `app.state.engine` is the one reference to the engine: each request reads it once, so another may be
    put there while the service runs. With None, every question is answered by the problem `index_not_ready`.
    """
    app = FastAPI(title="Sourcier", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, redirect_slashes=False)
    app.state.settings = settings
    app.state.engine = engine
    app.state.clock = clock
    app.state.admission = Admission(settings.concurrent_asks, settings.answer_timeout_s)
    install_fault_handlers(app)
    for module in (routes_answers, routes_health, routes_meta):
        app.include_router(module.router)
    app.add_middleware(ObservedApp)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    yield {}
    app.state.admission.close()
