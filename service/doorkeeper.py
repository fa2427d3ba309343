"""Who is let in to ask: a request goes in; leave, or a refusal before anything is read or computed, comes out."""

from __future__ import annotations

import math
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.admission import Admission
from service.loop_lag import LoopLag
from service.maintenance import MaintenanceSwitch
from service.metrics import Metrics
from service.problems import ProblemError
from service.rate_limit import RateLimit
from service.texts import Wording

ASKING = ("/v1/answers", "/v1/search", "/ask", "/openai/v1/chat/completions")
"""Where questions are asked; everything else is reading, and stays open under maintenance. /mcp does both: it calls `admit`."""


class Doorkeeper:
    """Wraps an application: maintenance first, then the crowd, then the limit of each client. Only posted questions are held to them."""

    def __init__(
        self,
        app: ASGIApp,
        respond: Callable[[Request, ProblemError], Response],
        switch: MaintenanceSwitch,
        limit: RateLimit | None,
        metrics: Metrics,
        admission: Admission,
        lag: LoopLag,
    ) -> None:
        self._admission = admission
        self._lag = lag
        self._app = app
        self._respond = respond
        self._switch = switch
        self._limit = limit
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in ASKING:
            try:
                self._switch.check()
                self._admission.check_door(self._lag.seconds())
                check_rate(scope, self._limit, self._metrics)
            except ProblemError as problem:
                await self._respond(Request(scope), problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def admit(request: Request) -> None:
    """Let a question in that came by a door of its own, under the same rules.

    Raises: `maintenance`, `rate_limited`.
    """
    state = request.app.state
    state.maintenance.check()
    check_rate(request.scope, state.rate_limit, state.metrics)


def check_rate(scope: Scope, limit: RateLimit | None, metrics: Metrics) -> None:
    """Let a client pass that does not ask too often.

    Raises: `rate_limited`.
    """
    if limit is None:
        return
    wait_s = limit.wait_s(address_of(scope))
    if wait_s:
        metrics.rate_limited.add("client")
        raise too_many(wait_s)


def too_many(wait_s: float) -> ProblemError:
    """The problem of a client that must wait."""
    seconds = max(1, math.ceil(wait_s))
    detail = Wording(
        f"Trop de demandes en peu de temps ; réessayez dans {seconds} s.",
        f"Too many requests in a short time; try again in {seconds} s.",
    )
    return ProblemError("rate_limited", detail, headers={"Retry-After": str(seconds)})


def address_of(scope: Scope) -> str:
    """The client's address as the server knows it; used at once and never kept."""
    client = scope.get("client")
    return client[0] if client else ""
