"""An answer that was kept, as a receipt: a JSON text of whatever origin goes in; what it claims, within limits, comes out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import KnownError
from service.body import problem_of_error

MAX_RECEIPT_BYTES = 8_000_000
MAX_ITEMS = 500
Name = Annotated[str, Field(max_length=400)]
Digest = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=200_000)]
Offset = Annotated[int, Field(ge=0, le=2**40)]
_HINT = "Give the JSON of POST /v1/answers, of `python -m service ask --json`, or of the assistant's export."


class _Claim(BaseModel):
    """What else an answer holds is not verified and passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class BundleClaim(_Claim):
    """The bundle that the answer stands on."""

    id: Name


class DocumentClaim(_Claim):
    """The document of a citation, with the digest of its file."""

    id: Name
    title: Text
    publisher: Text = ""
    published_on: dt.date | None = None
    url: Text | None = None
    sha256: Digest = ""


class PageClaim(_Claim):
    """The page of a citation."""

    index: Offset
    label: Name


class QuoteClaim(_Claim):
    """Characters [start, end) of the page's text, which are `exact`."""

    exact: Annotated[str, Field(min_length=1, max_length=200_000)]
    start: Offset
    end: Offset


class CitationClaim(_Claim):
    """One citation, with the digest of its document's whole text."""

    n: Annotated[int, Field(ge=0, le=2**31)]
    document: DocumentClaim
    page: PageClaim | None = None
    quote: QuoteClaim
    text_sha256: Digest = ""


class StatementClaim(_Claim):
    """One sentence of the answer: a quote, unless a model worded it."""

    text: Text
    ai_generated: bool = False
    citations: Annotated[list[int], Field(max_length=MAX_ITEMS)]


class Receipt(_Claim):
    """What an answer claims, as far as it can be verified."""

    id: Name = ""
    lang: Literal["fr", "en"] = "fr"
    mode: Literal["extractive", "generative"] = "extractive"
    outcome: Name
    text: Text
    statements: Annotated[list[StatementClaim], Field(max_length=MAX_ITEMS)]
    citations: Annotated[list[CitationClaim], Field(max_length=MAX_ITEMS)]
    bundle: BundleClaim


def read_receipt(text: bytes) -> Receipt:
    """The receipt of a JSON text.

    Raises: `answer_invalid`, naming the place and what was expected there.
    """
    if len(text) > MAX_RECEIPT_BYTES:
        raise KnownError("answer_invalid", f"The file has more than {MAX_RECEIPT_BYTES} bytes.", _HINT)
    try:
        return Receipt.model_validate_json(text, strict=True)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        problem = problem_of_error(first["type"], first["loc"], first["msg"], first.get("ctx", {}))
        raise KnownError("answer_invalid", f"This is no answer: {printable(problem.detail.en)}", _HINT) from None


def printable(text: str, limit_chars: int = 200) -> str:
    """The text as it may stand on a terminal: on one line, without control characters, cut."""
    cut = text if len(text) <= limit_chars else text[: limit_chars - 1] + "…"
    return "".join(char if char.isprintable() else " " for char in cut)
