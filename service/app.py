"""The HTTP application: settings and an engine go in; an application that serves the API, the pages and the widget comes out."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from service import (
    openai_api,
    routes_admin,
    routes_answers,
    routes_changes,
    routes_corpus,
    routes_health,
    routes_images,
    routes_meta,
    routes_visitors,
)
from service.admin_pages import admin_router
from service.administration import Administration
from service.admission import Admission
from service.answer_cache import AnswerCache
from service.compose import Writer
from service.cors import AllowedOrigins
from service.crowd import Crowd
from service.desk import Clock, Engine
from service.doorkeeper import Doorkeeper
from service.engine import AnswerEngine
from service.faults import Responder, install_fault_handlers
from service.index_metrics import show_index
from service.loop_lag import LoopLag
from service.maintenance import MaintenanceSwitch
from service.mcp_server import McpDoor
from service.metrics import Metrics
from service.observe import ObservedApp, configure_logging
from service.opening import own_shelf, shelf_of
from service.page_image import PageImages
from service.page_render import Pages
from service.pages import page_router
from service.rate_limit import RateLimit
from service.reload import BundleWatch
from service.routes_assets import asset_router
from service.routes_docs import docs_router
from service.settings import ServiceSettings
from service.writer import writer_of


def create_app(
    settings: ServiceSettings,
    engine: Engine | None,
    *,
    clock: Clock = dt.date.today,
    follow: bool = False,
    writer: Writer | None = None,
) -> FastAPI:
    """The application. `app.state.engine` is the one reference to the engine: each request reads it once, so another may be
    put there while the service runs. With None, every question is answered by the problem `index_not_ready`.

    With `follow`, the application takes each bundle that is activated while it runs. `writer` words answers in generative mode; None:
    the one of the settings, if they name one.
    """
    app = FastAPI(
        title="Sourcier", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, redirect_slashes=False
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.writer = writer or writer_of(settings)
    app.state.clock = clock
    metrics = _equip(app, settings, follow)
    app.state.page_images = PageImages()
    app.state.stopping = asyncio.Event()
    routes_visitors.equip(app, settings)
    pages = Pages()
    respond = Responder(pages)
    install_fault_handlers(app, respond)
    for module in (
        routes_answers,
        routes_corpus,
        routes_changes,
        routes_images,
        routes_visitors,
        routes_health,
        routes_meta,
        openai_api,
    ):
        app.include_router(module.router)
    app.include_router(asset_router())
    app.include_router(page_router(pages))
    if settings.admin_token.get_secret_value():
        app.include_router(routes_admin.router)
        app.include_router(admin_router(pages))
    if settings.docs:
        app.include_router(docs_router(pages))
    app.router.routes.extend(McpDoor(settings).routes())
    state = app.state
    door = {"switch": state.maintenance, "limit": state.rate_limit, "admission": state.admission, "lag": state.loop_lag}
    app.add_middleware(Doorkeeper, respond=respond, metrics=metrics, **door)
    app.add_middleware(AllowedOrigins, origins=settings.cors_origins)
    app.add_middleware(ObservedApp, respond=respond, metrics=metrics)
    return app


def _equip(app: FastAPI, settings: ServiceSettings, follow: bool) -> Metrics:
    """Give the application what stands beside its engine: counts, permits, and what the shelf says from outside."""
    state, shelf, served_from = app.state, own_shelf(settings), shelf_of(settings)
    state.metrics = metrics = Metrics(settings.workers)
    state.answer_cache = AnswerCache(settings.cached_answers)
    limits = settings.concurrent_asks, settings.answer_timeout_s, settings.waiting_asks
    state.admission, state.writing = Admission(*limits, metrics, in_turn=True), Admission(*limits, metrics)
    state.loop_lag = LoopLag()
    places = (state.admission, state.writing)
    metrics.show(
        "sourcier_queue_depth", "Questions that wait for their turn.", lambda: sum(p.waiting() for p in places)
    )
    state.rate_limit = _limit_of(settings)
    state.withdrawals = served_from.withdrawals()
    state.maintenance = MaintenanceSwitch(shelf.folder)
    state.crowd = Crowd(state.admission, state.loop_lag, state.maintenance, metrics, settings.cors_origins)
    if settings.admin_token.get_secret_value():
        state.administration = Administration(settings, shelf, state.maintenance, metrics)
    state.watch = None
    show_index(app, metrics)
    if follow:
        served = state.engine if isinstance(state.engine, AnswerEngine) else None
        state.watch = BundleWatch(
            served_from, served, lambda engine: setattr(state, "engine", engine), metrics, encoder=settings.encoder
        )
    return metrics


def _limit_of(settings: ServiceSettings) -> RateLimit | None:
    """A worker's share of each client's limit, at least one question a minute.

    The limit that holds by default is for clients of elsewhere; one that the operator set is for all.
    """
    spares_own = "rate_per_minute" not in settings.model_fields_set
    share = max(1.0, settings.rate_per_minute / settings.workers)
    return RateLimit(share, spares_own_machine=spares_own) if settings.rate_per_minute else None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    configure_logging()
    app.state.loop_lag.start()
    if app.state.watch is not None:
        app.state.watch.start()
    state = app.state
    yield {"request_timeout_s": state.settings.request_timeout_s, "stopping": state.stopping, "crowd": state.crowd}
    if app.state.watch is not None:
        app.state.watch.stop()
    app.state.loop_lag.stop()
    app.state.admission.close()
    app.state.writing.close()
