"""Faults at the HTTP edge: an exception goes in; an application/problem+json answer (RFC 9457), French or English, comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from service.language import language_of
from service.texts import Wording

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:sourcier:problem:"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What all problems of one code share: their HTTP status, their title, and what to do about them."""

    status: int
    title: Wording
    hint: Wording


PROBLEM_KINDS: Mapping[str, ProblemKind] = {
    "invalid_request": ProblemKind(
        400,
        Wording("Requête invalide", "Invalid request"),
        Wording("Corrigez ce que le détail désigne ; le format est décrit dans /openapi.json.",
                "Correct what the detail names; the format is described in /openapi.json."),
    ),
    "unauthorized": ProblemKind(
        401,
        Wording("Jeton absent ou refusé", "Token missing or refused"),
        Wording("Envoyez le jeton d'administration : Authorization: Bearer JETON.",
                "Send the administration token: Authorization: Bearer TOKEN."),
    ),
    "forbidden_origin": ProblemKind(
        403,
        Wording("Origine non autorisée", "Origin not allowed"),
        Wording("L'exploitant du service doit ajouter ce site à SOURCIER_CORS_ORIGINS.",
                "The operator of the service must add this site to SOURCIER_CORS_ORIGINS."),
    ),
    "not_found": ProblemKind(
        404,
        Wording("Introuvable", "Not found"),
        Wording("Vérifiez l'adresse ; /v1/documents donne la liste des documents.",
                "Check the address; /v1/documents lists the documents."),
    ),
    "method_not_allowed": ProblemKind(
        405,
        Wording("Méthode non autorisée", "Method not allowed"),
        Wording("Employez une méthode de l'en-tête Allow.", "Use a method of the Allow header."),
    ),
    "request_timeout": ProblemKind(
        408,
        Wording("Requête trop lente", "Request too slow"),
        Wording("Envoyez la requête d'un seul trait.", "Send the request without a pause."),
    ),
    "job_conflict": ProblemKind(
        409,
        Wording("Indexation en cours", "Indexing under way"),
        Wording("Attendez la fin du travail en cours ou annulez-le.",
                "Wait for the running job to end, or cancel it."),
    ),
    "bundle_refused": ProblemKind(
        409,
        Wording("Lot d'index inutilisable", "Unusable bundle"),
        Wording("Choisissez-en un autre, ou relancez l'indexation.", "Choose another one, or index again."),
    ),
    "gone": ProblemKind(
        410,
        Wording("Document retiré", "Document withdrawn"),
        Wording("Ce document n'est plus cité ; /v1/documents donne la liste de ceux qui le sont.",
                "This document is cited no more; /v1/documents lists those that are."),
    ),
    "payload_too_large": ProblemKind(
        413,
        Wording("Requête trop volumineuse", "Request too large"),
        Wording("Envoyez une requête plus courte.", "Send a shorter request."),
    ),
    "unsupported_media_type": ProblemKind(
        415,
        Wording("Type de contenu non pris en charge", "Unsupported content type"),
        Wording("Envoyez du JSON avec l'en-tête Content-Type: application/json.",
                "Send JSON with the header Content-Type: application/json."),
    ),
    "misdirected_request": ProblemKind(
        421,
        Wording("Nom d'hôte inconnu", "Unknown host name"),
        Wording("L'exploitant du service doit ajouter ce nom à SOURCIER_MCP_HOSTS.",
                "The operator of the service must add this name to SOURCIER_MCP_HOSTS."),
    ),
    "question_empty": ProblemKind(
        422,
        Wording("Question vide", "Empty question"),
        Wording("Écrivez une question.", "Write a question."),
    ),
    "question_too_long": ProblemKind(
        422,
        Wording("Question trop longue", "Question too long"),
        Wording("Raccourcissez la question ou posez-en plusieurs.", "Shorten the question or ask several."),
    ),
    "personal_data_detected": ProblemKind(
        422,
        Wording("Donnée personnelle", "Personal data"),
        Wording("Retirez-la et reformulez la question : elle n'est pas utile à la recherche.",
                "Take it out and ask again: the search has no use for it."),
    ),
    "rate_limited": ProblemKind(
        429,
        Wording("Trop de demandes", "Too many requests"),
        Wording("Attendez le nombre de secondes que donne l'en-tête Retry-After.",
                "Wait for the number of seconds in the Retry-After header."),
    ),
    "internal_error": ProblemKind(
        500,
        Wording("Erreur interne", "Internal error"),
        Wording("Réessayez ; si l'erreur persiste, signalez sa référence à l'exploitant du service.",
                "Try again; if it persists, give its reference to the operator of the service."),
    ),
    "stopping": ProblemKind(
        503,
        Wording("Service en cours d'arrêt", "Service stopping"),
        Wording("Réessayez dans quelques instants, par une nouvelle connexion.",
                "Try again shortly, over a new connection."),
    ),
    "index_not_ready": ProblemKind(
        503,
        Wording("Index indisponible", "Index not ready"),
        Wording("Réessayez dans quelques instants ; l'exploitant construit l'index par python -m ingest build.",
                "Try again shortly; the operator builds the index with python -m ingest build."),
    ),
    "maintenance": ProblemKind(
        503,
        Wording("Service interrompu", "Under maintenance"),
        Wording("Revenez plus tard ; les documents restent consultables.",
                "Come back later; the documents can still be read."),
    ),
    "overloaded": ProblemKind(
        503,
        Wording("Service surchargé", "Service overloaded"),
        Wording("Réessayez dans quelques secondes.", "Try again in a few seconds."),
    ),
    "feedback_full": ProblemKind(
        503,
        Wording("Signalements suspendus", "No room for reports"),
        Wording("Réessayez un autre jour ou écrivez à l'exploitant du service.",
                "Try on another day, or write to the operator of the service."),
    ),
    "timeout": ProblemKind(
        504,
        Wording("Délai dépassé", "Timed out"),
        Wording("Réessayez, avec une question plus simple si l'erreur persiste.",
                "Try again, with a simpler question if it persists."),
    ),
}  # fmt: skip


class ProblemError(Exception):
    """A request that cannot be served. `field` names what is wrong in the request; `position` is "line:column" in its JSON."""

    def __init__(
        self,
        code: str,
        detail: Wording,
        *,
        field: str | None = None,
        position: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.kind = PROBLEM_KINDS[code]
        self.detail = detail
        self.field = field
        self.position = position
        self.headers = dict(headers or {})


def invalid_request(field: str, detail: Wording) -> ProblemError:
    """The problem of a request in which `field` cannot be used."""
    return ProblemError("invalid_request", detail, field=field)


def not_found(what: Wording) -> ProblemError:
    """The problem of an address that leads nowhere."""
    return ProblemError("not_found", what)


def problem_body(problem: ProblemError, request: Request) -> dict[str, Any]:
    """The problem as JSON in the language that the request asks for."""
    lang = language_of(request)
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.kind.title.in_(lang),
        "status": problem.kind.status,
        "detail": problem.detail.in_(lang),
        "code": problem.code,
        "request_id": request.scope.get("state", {}).get("request_id", ""),
        "hint": problem.kind.hint.in_(lang),
    }
    if problem.field is not None:
        body["field"] = problem.field
    if problem.position is not None:
        body["position"] = problem.position
    return body


def problem_response(problem: ProblemError, request: Request) -> Response:
    """The HTTP response of a problem; never cached, and the log line learns its code."""
    request.scope.setdefault("state", {})["outcome"] = problem.code
    lang = language_of(request)
    headers = {"Cache-Control": "no-store", "Content-Language": lang, **problem.headers}
    content = json.dumps(problem_body(problem, request), ensure_ascii=False)
    return Response(content, problem.kind.status, headers, MEDIA_TYPE)
