"""Conditional requests: a validator and the request's If-None-Match go in; 304 or the full response comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

WIRE_REVISION = 1
"""Raised when the same bundle is served in another form, so that stored copies are fetched again."""


def bundle_validator(bundle_id: str) -> str:
    """The entity tag of everything that is made from a bundle alone."""
    return f'"{bundle_id}.{WIRE_REVISION}"'


def unless_known(
    request: Request,
    validator: str,
    make: Callable[[Mapping[str, str]], Response],
    cache_control: str = "no-cache",
) -> Response:
    """304 where the client holds this version already, else what `make` returns; it is given the headers to send."""
    headers = {"ETag": validator, "Cache-Control": cache_control}
    if _holds(request.headers.get("if-none-match", ""), validator):
        return Response(status_code=304, headers=headers)
    return make(headers)


def _holds(if_none_match: str, validator: str) -> bool:
    """Weak comparison (RFC 9110 8.8.3.2): the prefix W/ does not count."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match[:2000].split(",")]
    return validator in tags or tags == ["*"]
