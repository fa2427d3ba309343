"""Our events of an answer go in, as they travel; the chunks of OpenAI's stream come out, each statement as soon as it was checked."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from service.answer_text import AnswerText, Mark, statement_text, text_of
from service.openai_wire import NO_USAGE, error_of, extensions, head_of, url_citations
from service.stream import CreatedOut, StatementEventOut
from service.wire import AnswerOut

DONE = "data: [DONE]\n\n"


class ChunkStream:
    """One answer on its way out. A comment stays a comment; a fault that comes too late for a status ends the stream."""

    def __init__(self, model: str, base_url: str, include_usage: bool) -> None:
        self._model = model
        self._base_url = base_url
        self._include_usage = include_usage
        self._head: dict[str, Any] = {}
        self._said = ""

    async def sent(self, events: AsyncGenerator[bytes, None]) -> AsyncIterator[str]:
        """Everything that is sent, for everything that would be sent of `POST /v1/answers`."""
        async with aclosing(events):  # whoever goes away leaves no work behind
            async for event in events:
                for part in self._translated(event.decode()):
                    yield part

    def _translated(self, event: str) -> Iterator[str]:
        name, _, data = event.partition("\n")
        data = data.removeprefix("data: ")
        match name.removeprefix("event: "):
            case "answer.created":
                created = CreatedOut.model_validate_json(data)
                self._head = head_of("chat.completion.chunk", created.id, self._model, created.bundle.id)
                yield self._chunk({"role": "assistant", "content": ""})
            case "answer.statement":
                stated = StatementEventOut.model_validate_json(data).statement
                yield self._more(statement_text(stated, first=not self._said)[0])
            case "answer.completed":
                yield from self._ended(AnswerOut.model_validate_json(data))
            case "error":
                yield f"data: {json.dumps({'error': error_of(json.loads(data))}, ensure_ascii=False)}\n\n"
                yield DONE
            case comment if comment.startswith(":"):
                yield event

    def _ended(self, answer: AnswerOut) -> Iterator[str]:
        """What was not said yet; then annotations, citations and the end."""
        text = text_of(answer, self._base_url)
        if not text.whole.startswith(
            self._said
        ):  # what came early was worded otherwise in the end: all of it once more
            text = _after(self._said + "\n\n", text)
        at = 0
        for part in text.parts:
            at += len(part)
            if at > len(self._said):
                yield self._more(text.whole[len(self._said) : at])
        delta = {"annotations": url_citations(answer, text, self._base_url)}
        yield self._chunk(delta, "stop", **extensions(answer))
        if self._include_usage:
            yield _data({**self._head, "choices": [], "usage": NO_USAGE})
        yield DONE

    def _more(self, text: str) -> str:
        self._said += text
        return self._chunk({"content": text})

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _data({**self._head, "choices": [choice], **more})


def _after(before: str, text: AnswerText) -> AnswerText:
    """The text with something before it, which its marks do not count from."""
    moved = tuple(Mark(mark.n, mark.start + len(before), mark.end + len(before)) for mark in text.marks)
    return AnswerText((before, *text.parts), moved)


def _data(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
