"""Request bodies: bytes are read within the limit and checked; a JSON text of a strict model or a form's fields come out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from service.problems import ProblemError
from service.texts import Wording

Model = TypeVar("Model", bound=BaseModel)
_POSITION = re.compile(r" at line (\d+) column (\d+)$")
_MESSAGES = {
    "missing": Wording("ce champ est obligatoire", "this field is required"),
    "extra_forbidden": Wording("ce champ n'existe pas", "there is no such field"),
    "string_type": Wording("une chaîne de caractères est attendue", "a string is expected"),
    "bool_type": Wording("true ou false est attendu", "true or false is expected"),
    "int_type": Wording("un nombre entier est attendu", "a whole number is expected"),
    "list_type": Wording("une liste est attendue", "a list is expected"),
    "tuple_type": Wording("une liste est attendue", "a list is expected"),
    "model_type": Wording("un objet JSON est attendu", "a JSON object is expected"),
    "date_type": Wording("une date AAAA-MM-JJ est attendue", "a date YYYY-MM-DD is expected"),
    "date_parsing": Wording("une date AAAA-MM-JJ est attendue", "a date YYYY-MM-DD is expected"),
    "date_from_datetime_parsing": Wording("une date AAAA-MM-JJ est attendue", "a date YYYY-MM-DD is expected"),
    "date_from_datetime_inexact": Wording("une date AAAA-MM-JJ est attendue", "a date YYYY-MM-DD is expected"),
    "literal_error": Wording(
        "valeur inconnue ; valeurs possibles : {expected}", "unknown value; possible values: {expected}"
    ),
    "enum": Wording("valeur inconnue ; valeurs possibles : {expected}", "unknown value; possible values: {expected}"),
    "too_long": Wording("{max_length} éléments au plus", "at most {max_length} items"),
    "string_too_long": Wording("{max_length} caractères au plus", "at most {max_length} characters"),
    "greater_than_equal": Wording("{ge} au moins", "at least {ge}"),
    "less_than_equal": Wording("{le} au plus", "at most {le}"),
}


async def read_body(request: Request, max_body_bytes: int) -> bytes:
    """The body; reading stops as soon as it proves too large, whatever its headers say.

    Raises: `payload_too_large`, `request_timeout`.
    """
    too_large = ProblemError(
        "payload_too_large",
        Wording(
            f"Le corps de la requête dépasse {max_body_bytes} octets.", f"The body exceeds {max_body_bytes} bytes."
        ),
        headers={"Connection": "close"},
    )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_body_bytes:
        raise too_large
    body = bytearray()
    timeout_s: float = request.app.state.settings.request_timeout_s
    try:
        async with asyncio.timeout(timeout_s):
            async for block in request.stream():
                body += block
                if len(body) > max_body_bytes:
                    raise too_large
    except TimeoutError:
        raise too_slow(timeout_s) from None
    return bytes(body)


def too_slow(timeout_s: float) -> ProblemError:
    """The problem of a client that does not go on sending."""
    detail = Wording(
        f"Le corps de la requête n'était pas arrivé après {timeout_s:g} s.",
        f"The body had not come after {timeout_s:g} s.",
    )
    return ProblemError("request_timeout", detail, headers={"Connection": "close"})


async def read_json(request: Request, model: type[Model], max_body_bytes: int) -> Model:
    """The body as a value of `model`, validated strictly.

    Raises: `unsupported_media_type`, `payload_too_large`, `invalid_request` (with `position` or `field`).
    """
    _check_media_type(request, "application/json")
    body = await read_body(request, max_body_bytes)
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        raise problem_of_error(first["type"], first["loc"], first["msg"], first.get("ctx", {})) from None


async def read_form(request: Request, max_body_bytes: int) -> dict[str, str]:
    """The fields of a posted form, the last of each name.

    Raises: `unsupported_media_type`, `payload_too_large`, `invalid_request`.
    """
    _check_media_type(request, "application/x-www-form-urlencoded")
    body = await read_body(request, max_body_bytes)
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as bad:
        detail = Wording("Le formulaire n'est pas en UTF-8.", "The form is not in UTF-8.")
        raise ProblemError("invalid_request", detail) from bad
    return {name: values[-1] for name, values in fields.items()}


def problem_of_error(
    kind: str, location: tuple[int | str, ...], message: str, context: Mapping[str, object]
) -> ProblemError:
    """The problem of one of pydantic's errors: it names the place and says what was expected there."""
    if kind == "json_invalid":
        return _broken_json(str(context.get("error", "")))
    field = field_path(location)
    expected = _MESSAGES.get(kind, Wording("valeur inutilisable", message.lower()))
    values = {name: str(context[name]) for name in ("expected", "max_length", "ge", "le") if name in context}
    if "expected" in values:
        values["expected"] = values["expected"].replace("'", "").replace(" or ", ", ")
    fr, en = _fill(expected.fr, values), _fill(expected.en, values)
    detail = Wording(f"{field} : {fr}.", f"{field}: {en}.") if field else Wording(f"{fr}.", f"{en}.")
    return ProblemError("invalid_request", detail, field=field or None)


def field_path(location: tuple[int | str, ...]) -> str:
    """`("filters", "kinds", 0)` as `filters.kinds[0]`; a name that the client invented is cut at 80 characters."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:80]}"
    return path.lstrip(".")


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _broken_json(reason: str) -> ProblemError:
    found = _POSITION.search(reason)
    reason = _POSITION.sub("", reason)
    if found is None:
        return ProblemError("invalid_request", Wording("Le corps n'est pas du JSON.", "The body is not JSON."))
    line, column = found.groups()
    return ProblemError(
        "invalid_request",
        Wording(
            f"Le corps n'est pas du JSON valide : ligne {line}, colonne {column}.",
            f"The body is not valid JSON: {reason}, line {line}, column {column}.",
        ),
        position=f"{line}:{column}",
    )


def _check_media_type(request: Request, expected: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != expected:
        shown = given[:80] or "-"
        detail = Wording(
            f"Content-Type reçu : {shown} ; attendu : {expected}.",
            f"Content-Type received: {shown}; expected: {expected}.",
        )
        raise ProblemError("unsupported_media_type", detail)
