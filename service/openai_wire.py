"""OpenAI's chat format: a request goes in and becomes one of ours; answers and faults in that format come out."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from service.answer import Mode
from service.answer_text import SOURCES, AnswerText, address_of_source
from service.problems import ProblemError, invalid_request, problem_body
from service.texts import Wording
from service.wire import AnswerOut
from service.wire_request import MAX_TURN_CHARS, AnswerRequest, FiltersIn, TurnIn

MODEL = "sourcier"
MODES: Mapping[str, Mode | None] = {
    MODEL: None,
    "sourcier-extractive": "extractive",
    "sourcier-generative": "generative",
}
"""By the name of a model, the mode that it stands for: the service's own by default, as for any other name."""
PREFIX = "/openai/"
MAX_TURNS = 20
ERROR_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
"""Extracts cost no tokens of a language model."""
TEXT_ONLY = Wording("seul du texte est accepté", "only text is accepted")


class _Loose(BaseModel):
    """What clients send for language models, such as `temperature`, means nothing here and is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class MessageIn(_Loose):
    """One message. `content` is a text or a list of parts; it is read only where the role is `user` or `assistant`."""

    role: Annotated[str, Field(max_length=50)]
    content: Any = None


class StreamOptionsIn(_Loose):
    """What a stream holds beside the text."""

    include_usage: bool | None = None


class FormatIn(_Loose):
    """The form that the client wants the text in."""

    type: str


class ChatRequest(_Loose):
    """Body of POST /openai/v1/chat/completions; `lang`, `as_of` and `filters` are ours, as in POST /v1/answers."""

    model: Annotated[str, Field(max_length=300)] = MODEL
    messages: Annotated[list[MessageIn], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptionsIn | None = None
    response_format: FormatIn | None = None
    lang: Literal["fr", "en"] | None = None
    as_of: dt.date | None = None
    filters: FiltersIn = Field(default_factory=FiltersIn)


def asked_of(chat: ChatRequest) -> tuple[AnswerRequest, dict[str, str]]:
    """The last user message as a question, what was said before as its conversation; and which of our fields is which of theirs.

    Messages of other roles (system, developer, tool) are not read: nobody gives this service orders.

    Raises: `invalid_request` where there is no user message, where it is not text, or where a form other than text is wanted.
    """
    if chat.response_format is not None and chat.response_format.type != "text":
        raise _not_text("response_format.type")
    users = [row for row, message in enumerate(chat.messages) if message.role == "user"]
    if not users:
        detail = Wording("messages : aucun message de rôle user.", "messages: no message has the role user.")
        raise invalid_request("messages", detail)
    last = users[-1]
    before = [row for row in range(last) if chat.messages[row].role in ("user", "assistant")][-MAX_TURNS:]
    turns = [(row, _turn(chat.messages[row])) for row in before]
    kept = [(row, turn) for row, turn in turns if turn.text]
    names = {f"conversation[{n}].text": f"messages[{row}].content" for n, (row, _) in enumerate(kept)}
    names["question"] = f"messages[{last}].content"
    asked = AnswerRequest(
        question=_text(chat.messages[last].content, names["question"]),
        lang=chat.lang,
        as_of=chat.as_of,
        mode=MODES.get(chat.model),
        filters=chat.filters,
        conversation=[turn for _, turn in kept],
    )
    return asked, names


def _turn(message: MessageIn) -> TurnIn:
    """An earlier message: its text alone, and of our own answers no list of sources."""
    text = _text(message.content, None)
    if message.role == "user":
        return TurnIn(role="user", text=text[:MAX_TURN_CHARS])
    for heading in {SOURCES.in_("fr"), SOURCES.in_("en")}:
        text = text.partition(f"\n\n{heading}")[0]
    return TurnIn(role="assistant", text=text[:MAX_TURN_CHARS])


def _text(content: object, field: str | None) -> str:
    """The text of a message; what is no text is passed over where no field is named.

    Raises: `invalid_request` naming the field that is no text.
    """
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in parts]
    if field is not None and (not isinstance(content, list) or not all(isinstance(text, str) for text in texts)):
        raise _not_text(field)
    return "\n".join(text for text in texts if isinstance(text, str))


def _not_text(field: str) -> ProblemError:
    return invalid_request(field, Wording(f"{field} : {TEXT_ONLY.fr}.", f"{field}: {TEXT_ONLY.en}."))


def completion(answer: AnswerOut, text: AnswerText, model: str, base_url: str) -> dict[str, Any]:
    """The whole answer as a `chat.completion`."""
    message = {
        "role": "assistant",
        "content": text.whole,
        "refusal": None,
        "annotations": url_citations(answer, text, base_url),
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    head = head_of("chat.completion", answer.id, model, answer.bundle.id)
    return {**head, "choices": [choice], "usage": NO_USAGE, **extensions(answer)}


def url_citations(answer: AnswerOut, text: AnswerText, base_url: str) -> list[dict[str, Any]]:
    """A `url_citation` for each mark in the text, in code points."""
    cited = {citation.n: citation for citation in answer.citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "title": cited[mark.n].document.title,
                "url": address_of_source(cited[mark.n], base_url),
            },
        }
        for mark in text.marks
        if mark.n in cited
    ]


def error_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem of ours as OpenAI's error object."""
    status = problem["status"]
    return {
        "message": f"{problem['detail']} {problem['hint']}",
        "type": ERROR_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error"),
        "param": problem.get("field"),
        "code": problem["code"],
    }


def error_response(problem: ProblemError, request: Request) -> Response:
    """A problem as OpenAI's clients read it, with the status, the headers and the words that it has everywhere else."""
    request.scope.setdefault("state", {})["outcome"] = problem.code
    content = json.dumps({"error": error_of(problem_body(problem, request))}, ensure_ascii=False)
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(content, problem.kind.status, headers, "application/json")


def head_of(kind: str, answer_id: str, model: str, bundle_id: str) -> dict[str, Any]:
    """What every object of one answer begins with; the bundle stands where OpenAI names what its models run on."""
    now_s = int(time.time())
    return {"id": answer_id, "object": kind, "created": now_s, "model": model, "system_fingerprint": bundle_id}


def extensions(answer: AnswerOut) -> dict[str, Any]:
    """What the format has no place for: the citations in full, and all else that an answer says of itself."""
    whole = answer.model_dump(mode="json", exclude={"text", "passages"})
    return {"citations": whole.pop("citations"), "sourcier": whole}
