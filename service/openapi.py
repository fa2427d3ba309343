"""The description of the API: routes and wire models go in; the OpenAPI document comes out."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.problems import MEDIA_TYPE, PROBLEM_KINDS
from service.wire import ProblemOut
from service.wire_admin import MaintenanceRequest
from service.wire_request import AnswerRequest, SearchRequest

API_VERSION = "1"
_MODELS: tuple[tuple[type[BaseModel], Literal["validation"]], ...] = (
    (AnswerRequest, "validation"),
    (SearchRequest, "validation"),
    (MaintenanceRequest, "validation"),
    (ProblemOut, "validation"),
)
_REFERENCE = "#/components/schemas/{model}"


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """What a route that reads its body itself says of it."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of all routes of the API, with the problems that any of them may answer."""
    document = get_openapi(
        title="Sourcier",
        version=API_VERSION,
        summary="Answers about policy documents, made of exact quotes that are checked.",
        routes=app.routes,
    )
    _, extra = models_json_schema(_MODELS, ref_template=_REFERENCE)
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components.update(extra["$defs"])
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    problem = {
        "description": "A problem, by code: " + ", ".join(sorted(PROBLEM_KINDS)),
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ProblemOut")}}},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
    return document
