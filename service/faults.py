"""Exceptions at the HTTP edge: what the framework, the kernel or a route raises goes in; a problem comes out."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from corpus.errors import KnownError
from service.body import problem_of_errors
from service.observe import internal_error, log_fault
from service.problems import ProblemError, problem_response
from service.texts import Wording


def install_fault_handlers(app: FastAPI) -> None:
    """Register a handler for everything that can be raised on purpose; what is left ends in `ObservedApp`."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(KnownError, _on_known)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


async def _on_problem(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, ProblemError)
    return problem_response(fault, request)


async def _on_validation(request: Request, fault: Exception) -> Response:
    """A path or query parameter that cannot be used; in a path, it leads nowhere."""
    assert isinstance(fault, RequestValidationError)
    first = dict(fault.errors()[0])
    where, *path = first["loc"]
    if where == "path":
        return problem_response(_nowhere(), request)
    return problem_response(problem_of_errors([{**first, "loc": tuple(path)}]), request)  # type: ignore[typeddict-item]


async def _on_http(request: Request, fault: Exception) -> Response:
    """What the framework's router refuses: an unknown path or a method."""
    assert isinstance(fault, HTTPException)
    if fault.status_code == 404:
        return problem_response(_nowhere(), request)
    if fault.status_code == 405:
        detail = Wording("Cette adresse n'accepte pas cette méthode.", "This address does not accept this method.")
        return problem_response(ProblemError("method_not_allowed", detail, headers=fault.headers), request)
    detail = Wording("La requête ne peut être lue.", "The request cannot be read.")
    return problem_response(ProblemError("invalid_request", detail), request)


async def _on_known(request: Request, fault: Exception) -> Response:
    """A named fault of the kernel while serving: the operator's business, so its text goes to nobody else."""
    log_fault(fault, request.state.request_id)
    return problem_response(internal_error(), request)


async def _on_disconnect(request: Request, fault: Exception) -> Response:
    """The client went away while sending; nobody reads this."""
    return Response(status_code=400)


def _nowhere() -> ProblemError:
    return ProblemError("not_found", Wording("Cette adresse n'existe pas.", "There is no such address."))
