"""Requests of the API as JSON: strict pydantic models go in; a `Question` or `Filters` within limits comes out."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.document import Kind
from service.answer import Filters, Mode, Question, Turn
from service.personal_data import refuse_personal_data
from service.problems import ProblemError, invalid_request
from service.texts import Wording

if TYPE_CHECKING:
    from corpus.bundle import Bundle

MAX_QUESTION_CHARS = 500
MAX_TURN_CHARS = 4000
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
MAX_SENT_CHARS = 4 * MAX_QUESTION_CHARS
"""No more than four code points become one by NFC, so a longer text is too long in any case. Beyond, normalising takes time in
the square of the length: three quarters of a second for a body of nothing but combining marks."""
Asked = Field(description="1 to 500 characters after trimming.", json_schema_extra={"minLength": 1, "pattern": r"\S"})
Names = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)]


class Strict(BaseModel):
    """No coercion, no unknown field."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FiltersIn(Strict):
    """What may be searched; an empty list means everything."""

    publishers: Names = Field(default_factory=list)
    kinds: Annotated[list[Kind], Field(max_length=50)] = Field(default_factory=list)
    documents: Names = Field(default_factory=list)
    published_after: dt.date | None = None


class TurnIn(Strict):
    """One earlier message; the server keeps nothing, so the client sends it again."""

    role: Literal["user", "assistant"]
    text: Annotated[str, Field(max_length=MAX_TURN_CHARS)]


class AnswerRequest(Strict):
    """Body of POST /v1/answers. Only `question` is required: 1 to 500 characters after trimming."""

    question: Annotated[str, Asked]
    lang: Literal["fr", "en"] | None = None
    as_of: dt.date | None = None
    stream: bool = False
    mode: Literal["extractive", "generative"] | None = None
    filters: FiltersIn = Field(default_factory=FiltersIn)
    conversation: Annotated[list[TurnIn], Field(max_length=20)] = Field(default_factory=list)
    max_passages: Annotated[int, Field(ge=1, le=20)] = 6
    include: Annotated[list[Literal["passages", "timings"]], Field(max_length=8)] = Field(default_factory=list)


class SearchRequest(Strict):
    """Body of POST /v1/search. Only `query` is required, within the limits of a question."""

    query: Annotated[str, Asked]
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    as_of: dt.date | None = None
    filters: FiltersIn = Field(default_factory=FiltersIn)


def trimmed_question(text: str, field: str = "question") -> str:
    """The text in NFC, without the blank and invisible characters around it, its control characters made spaces.

    Raises: `question_empty`, `question_too_long` (more than 500 code points), `personal_data_detected`.
    """
    text = _trimmed(text)
    if len(text) <= MAX_SENT_CHARS:
        text = unicodedata.normalize("NFC", text)
    if not text:
        detail = Wording("La question est vide.", "The question is empty.")
        raise ProblemError("question_empty", detail, field=field)
    if len(text) > MAX_QUESTION_CHARS:
        detail = Wording(
            f"La question compte {len(text)} caractères ; {MAX_QUESTION_CHARS} au plus sont admis.",
            f"The question has {len(text)} characters; at most {MAX_QUESTION_CHARS} are accepted.",
        )
        raise ProblemError("question_too_long", detail, field=field)
    refuse_personal_data(text, field)
    return text


def _trimmed(text: str) -> str:
    """The text without the blank and invisible characters around it, its control characters made spaces."""
    text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start]) in _INVISIBLE:
        start += 1
    while end > start and unicodedata.category(text[end - 1]) in _INVISIBLE:
        end -= 1
    return text[start:end]


def question_of(request: AnswerRequest, bundle: Bundle, today: dt.date, mode_default: Mode = "extractive") -> Question:
    """The question of a request; `mode_default` is that of a request which names none.

    Raises: `question_empty`, `question_too_long`, `personal_data_detected`, `invalid_request` naming the field.
    """
    text = trimmed_question(request.question)
    for row, turn in enumerate(request.conversation):
        if turn.role == "user":  # what we said ourselves may quote the address of an office
            refuse_personal_data(turn.text, f"conversation[{row}].text")
    return Question(
        text=text,
        as_of=request.as_of or today,
        lang=request.lang,
        mode=request.mode or mode_default,
        filters=filters_of(request.filters, bundle),
        conversation=tuple(Turn(turn.role, turn.text) for turn in request.conversation),
        max_passages=request.max_passages,
    )


def filters_of(filters: FiltersIn, bundle: Bundle) -> Filters:
    """The filters of a request: what they name must exist, or an empty result would look like silence of the corpus.

    Raises: `invalid_request` naming the field and the unknown value.
    """
    known = {record.source.publisher for record in bundle.documents} if filters.publishers else set()
    for row, publisher in enumerate(filters.publishers):
        if publisher not in known:
            raise _unknown(f"filters.publishers[{row}]", "éditeur", "publisher", publisher)
    for row, document in enumerate(filters.documents):
        if bundle.document(document) is None:
            raise _unknown(f"filters.documents[{row}]", "document", "document", document)
    return Filters(
        publishers=tuple(filters.publishers),
        kinds=tuple(filters.kinds),
        documents=tuple(filters.documents),
        published_after=filters.published_after,
    )


def _unknown(field: str, noun_fr: str, noun_en: str, value: str) -> ProblemError:
    shown = value[:80]
    detail = Wording(f"{field} : {noun_fr} inconnu, « {shown} ».", f'{field}: unknown {noun_en} "{shown}".')
    return invalid_request(field, detail)
