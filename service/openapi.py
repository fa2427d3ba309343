"""The description of the API: routes and wire models go in; the OpenAPI document comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.doorkeeper import ASKING
from service.feedback import FeedbackRequest
from service.problems import MEDIA_TYPE, PROBLEM_KINDS
from service.wire import ProblemOut
from service.wire_admin import MaintenanceRequest
from service.wire_request import AnswerRequest, SearchRequest

API_VERSION = "1"
_MODELS: tuple[tuple[type[BaseModel], Literal["validation"]], ...] = (
    (AnswerRequest, "validation"),
    (SearchRequest, "validation"),
    (FeedbackRequest, "validation"),
    (MaintenanceRequest, "validation"),
    (ProblemOut, "validation"),
)
_REFERENCE = "#/components/schemas/{model}"
_OPERATOR = {"type": "http", "scheme": "bearer", "description": "The value of SOURCIER_ADMIN_TOKEN."}


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """What a route that reads its body itself says of it."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def media(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """What a route says whose answer is no JSON; of events, OpenAPI 3.1 has no way to say more than their media type."""
    text = {"schema": {"type": "string"}}
    content = {kind: {} if kind == "text/event-stream" else text for kind in kinds}
    return {200: {"description": "Found.", "content": content}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of all routes of the API, with the problems that each of them may answer, by status."""
    document = get_openapi(
        title="Sourcier",
        version=API_VERSION,
        summary="Answers about policy documents, made of exact quotes that are checked.",
        routes=app.routes,
    )
    _, extra = models_json_schema(_MODELS, ref_template=_REFERENCE)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(extra["$defs"])
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["responses"] = dict(_problems())
    codes = "A problem, by code: " + ", ".join(sorted(PROBLEM_KINDS))
    problem = {"description": codes, "content": _problem_content()}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation, problem)
    if any(path.startswith("/v1/admin") for path in document["paths"]):
        components["securitySchemes"] = {"operator": _OPERATOR}
    return document


def _problems() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A response a status, which names its codes."""
    for status in sorted({kind.status for kind in PROBLEM_KINDS.values()}):
        codes = ", ".join(code for code, kind in PROBLEM_KINDS.items() if kind.status == status)
        yield (
            f"Problem{status}",
            {"description": f"{HTTPStatus(status).phrase}: {codes}", "content": _problem_content()},
        )


def _problem_content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ProblemOut")}}}


def _complete(path: str, method: str, operation: dict[str, Any], problem: Mapping[str, Any]) -> None:
    """Write into an operation what it may answer beside its success."""
    statuses = [400, 404, 405, 500, 503]
    if path.startswith("/v1/admin"):
        operation["security"] = [{"operator": []}]
        statuses += [401, 409, 429]
    if path.startswith(("/v1/documents", "/v1/passages")):
        statuses += [410]
    if "requestBody" in operation:
        statuses += [408, 413, 415, 422]
    if path in ASKING or method == "post":
        statuses += [429, 504]
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    if method == "get" and path.startswith("/v1/") and "/admin" not in path:
        responses["304"] = {"description": "Unchanged since the ETag of If-None-Match."}
    responses.update({str(one): {"$ref": f"#/components/responses/Problem{one}"} for one in sorted(set(statuses))})
    responses["default"] = problem
