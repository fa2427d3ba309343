"""Which sites may call the API from a browser: an Origin goes in; the allowlist's headers, or a refusal, come out."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import ProblemError, problem_response
from service.texts import Wording

API_PREFIXES = ("/v1/", "/openai/", "/mcp", "/openapi.json")
CLIENT_PREFIXES = ("/openai/", "/mcp")
"""Where clients of others' making ask: they send headers of their own, all of which are let in (Authorization must be named)."""
PREFLIGHT_AGE_S = 600


class AllowedOrigins:
    """Wraps an application. Without an allowlist no site may read the API; a same-origin page needs no permission."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(API_PREFIXES):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin", "")
        allowed = origin in self._origins
        if scope["method"] == "OPTIONS" and "access-control-request-method" in request.headers:
            await self._preflight(request, origin, allowed)(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                mark_response(MutableHeaders(scope=message), origin, allowed)
            await send(message)

        await self._app(scope, receive, send_marked)

    def _preflight(self, request: Request, origin: str, allowed: bool) -> Response:
        if not allowed:
            detail = Wording(
                f"Les pages de {origin[:200]} ne peuvent appeler ce service.",
                f"Pages of {origin[:200]} may not call this service.",
            )
            return problem_response(ProblemError("forbidden_origin", detail, headers={"Vary": "Origin"}), request)
        ours = "Accept, Accept-Language, Content-Type, If-None-Match"
        any_client = request.url.path.startswith(CLIENT_PREFIXES)
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": "*, Authorization" if any_client else ours,
                "Access-Control-Max-Age": str(PREFLIGHT_AGE_S),
                "Vary": "Origin",
            },
        )


def mark_response(headers: MutableHeaders, origin: str, allowed: bool) -> None:
    """Say in a response's headers that a page of that origin may read it, where it may."""
    headers.add_vary_header("Origin")
    if allowed:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-ID"
