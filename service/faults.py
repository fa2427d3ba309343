"""Exceptions at the HTTP edge: what the framework, the kernel or a route raises goes in; a problem, or its page, comes out."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from corpus.errors import KnownError
from service.body import problem_of_error
from service.observe import internal_error, log_fault
from service.openai_wire import PREFIX as OPENAI_PREFIX
from service.openai_wire import error_response
from service.page_render import Pages
from service.problems import ProblemError, problem_response
from service.texts import Wording

PROGRAM_PREFIXES = ("/v1/", "/mcp", "/openapi.json", "/healthz", "/readyz", "/static/", "/widget", "/docs/")
CLIENT_CLOSED_REQUEST = 499


class Responder:
    """Answers a problem: as a page to a browser that asked for one, in OpenAI's form to its clients, as
    application/problem+json to all others.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def __call__(self, request: Request, problem: ProblemError) -> Response:
        """The response of a problem."""
        if request.url.path.startswith(OPENAI_PREFIX):
            return error_response(problem, request)
        for_programs = request.url.path.startswith(PROGRAM_PREFIXES)
        if not for_programs and "text/html" in request.headers.get("accept", ""):
            return self._pages.problem(request, problem)
        return problem_response(problem, request)


def install_fault_handlers(app: FastAPI, respond: Responder) -> None:
    """Register a handler for everything that can be raised on purpose; what is left ends in `ObservedApp`."""

    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, fault: ProblemError) -> Response:
        return respond(request, fault)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, fault: RequestValidationError) -> Response:
        """A path or query parameter that cannot be used; in a path, it leads nowhere."""
        first = fault.errors()[0]
        where, *path = first["loc"]
        if where == "path":
            return respond(request, _nowhere())
        return respond(request, problem_of_error(first["type"], tuple(path), first["msg"], first.get("ctx", {})))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, fault: HTTPException) -> Response:
        """What the framework's router refuses: an unknown path or a method."""
        return respond(request, _refusal(fault, request))

    @app.exception_handler(KnownError)
    async def on_known(request: Request, fault: KnownError) -> Response:
        """A named fault of the kernel while serving: the operator's business, so its text goes to nobody else."""
        log_fault(fault, request.state.request_id)
        return respond(request, internal_error(fault))

    @app.exception_handler(ClientDisconnect)
    async def on_disconnect(request: Request, fault: ClientDisconnect) -> Response:
        """The client went away while sending; nobody reads this, but the access line tells it."""
        return Response(status_code=CLIENT_CLOSED_REQUEST)


def _refusal(fault: HTTPException, request: Request) -> ProblemError:
    if fault.status_code == 404:
        return _nowhere()
    if fault.status_code == 405:
        detail = Wording("Cette adresse n'accepte pas cette méthode.", "This address does not accept this method.")
        return ProblemError("method_not_allowed", detail, headers={"Allow": _methods_at(request)})
    return ProblemError("invalid_request", Wording("La requête ne peut être lue.", "The request cannot be read."))


def _methods_at(request: Request) -> str:
    """The methods of an address. The framework names those of one of its routes alone; two may stand at one address."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        regex = getattr(route, "path_regex", None)
        if regex is not None and regex.match(request.scope["path"]):
            found |= route.methods or set()
    return ", ".join(sorted(found))


def _nowhere() -> ProblemError:
    return ProblemError("not_found", Wording("Cette adresse n'existe pas.", "There is no such address."))
