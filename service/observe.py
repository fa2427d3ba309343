"""The outermost layer: every request gets an id, security headers, a log line and a count; a fault without a name becomes a problem."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import KnownError, StoreError
from service.log_line import LibraryLine, frames_of
from service.metrics import Metrics, known_method
from service.problems import PROBLEM_KINDS, ProblemError
from service.texts import Wording

ACCESS_LOG = logging.getLogger("sourcier.access")
FAULT_LOG = logging.getLogger("sourcier.fault")
INDEX_LOG = logging.getLogger("sourcier.index")
AUDIT_LOG = logging.getLogger("sourcier.audit")
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": API_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


class ObservedApp:
    """Wraps an application. HEAD is answered as GET without its body; no question and no address is ever logged."""

    def __init__(self, app: ASGIApp, respond: Callable[[Request, ProblemError], Response], metrics: Metrics) -> None:
        self._app = app
        self._respond = respond
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._metrics)
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as fault:
            exchange.failed = True
            log_fault(fault, exchange.request_id)
            if exchange.status:
                raise
            await self._respond(Request(scope), internal_error(fault))(scope, receive, exchange.send)
        finally:
            exchange.end()


class _Exchange:
    """One request and what was sent back."""

    def __init__(self, scope: Scope, send: Send, metrics: Metrics) -> None:
        self.request_id = new_request_id()
        self.status = 0
        self.failed = False
        self._scope = scope
        self._send = send
        self._metrics = metrics
        self._method = scope["method"]
        self._started = time.perf_counter()
        self._streams = self._streaming = self._whole = False
        scope.setdefault("state", {})["request_id"] = self.request_id
        if self._method == "HEAD":
            scope["method"] = "GET"

    async def send(self, message: Message) -> None:
        """Pass a message on, with the headers that every response has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            self._streams = headers.get("content-type", "").startswith("text/event-stream")
        elif message["type"] == "http.response.body":
            self._whole = not message.get("more_body", False)
            if self._streams and not self._streaming:
                self._streaming = True
                self._metrics.streams.begun(time.perf_counter() - self._started)
            if self._method == "HEAD":
                message = {**message, "body": b""}
        await self._send(message)

    def end(self) -> None:
        """Write the access line and count the request."""
        duration_s = time.perf_counter() - self._started
        route = getattr(self._scope.get("route"), "path", None) or "(none)"
        outcome = self._scope["state"].get("outcome")
        if self._streaming:
            self._metrics.streams.ended(whole=self._whole, failed=self.failed or outcome in PROBLEM_KINDS)
        self._metrics.request(route, self._method, self.status, outcome, duration_s)
        line = {
            "request_id": self.request_id,
            "method": known_method(self._method),
            "route": route,
            "status": self.status,
            "duration_ms": round(duration_s * 1000, 2),
            "outcome": outcome,
        }
        ACCESS_LOG.info(json.dumps(line))


def new_request_id() -> str:
    """An id that says nothing of the request."""
    return "req_" + secrets.token_hex(10)


def internal_error(fault: BaseException | None = None) -> ProblemError:
    """The problem of a fault that nobody foresaw, or of a store that does not answer; its cause is in the log alone."""
    if isinstance(fault, StoreError):
        detail = Wording("La base de données de l'index ne répond pas.", "The database of the index does not answer.")
        return ProblemError("index_not_ready", detail, headers={"Retry-After": "5"})
    detail = Wording("Le service a rencontré une erreur imprévue.", "The service met an unforeseen error.")
    return ProblemError("internal_error", detail)


def log_fault(fault: BaseException, request_id: str) -> None:
    """Log a fault's type and where it arose, never its message: that may quote the question."""
    line = {"request_id": request_id, "fault": type(fault).__name__, "frames": frames_of(fault.__traceback__)}
    if isinstance(fault, KnownError):
        line["code"] = fault.code
    FAULT_LOG.error(json.dumps(line))


def configure_logging() -> None:
    """Send the access, fault, index and audit lines to stderr, one JSON object a line, unless they go elsewhere already; and
    what libraries log, without the values of their messages.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    for logger in (ACCESS_LOG, FAULT_LOG, INDEX_LOG, AUDIT_LOG):
        if logger.handlers:
            continue
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.INFO)
    if not logging.root.handlers:
        others = logging.StreamHandler()
        others.setFormatter(LibraryLine())
        logging.root.addHandler(others)
