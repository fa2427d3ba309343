"""An answer as plain text: marks where they stand, notices and sources after it; and its stream, whatever came early."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from service.answer_text import text_of
from service.engine import AnswerEngine
from service.openai_stream import ChunkStream
from service.stream import CreatedOut, StatementEventOut, event_text
from service.wire import AnswerOut
from service.wire_parts import json_text
from tests.http_maker import client_of

BASE = "https://assistant.exemple.fr"
QUESTION = "Quel est le plafond de la PECAN ?"


@pytest.fixture(scope="module")
def answer(starter_engine: AnswerEngine) -> AnswerOut:
    """A real answer of one statement."""
    given = client_of(starter_engine).post("/v1/answers", json={"question": QUESTION, "as_of": "2026-11-23"})
    made = AnswerOut.model_validate(given.json())
    assert len(made.statements) == len(made.citations) == 1
    return made


def streamed(answer: AnswerOut, *early: str) -> list[dict[str, Any]]:
    """The chunks of an answer of which these texts came early, as statements."""

    async def events() -> AsyncGenerator[bytes, None]:
        told = CreatedOut(id="ans_1", request_id="r", mode="extractive", as_of=answer.as_of, bundle=answer.bundle)
        yield event_text("answer.created", json_text(told))
        yield b": heartbeat\n\n"
        for index, text in enumerate(early):
            statement = answer.statements[0].model_copy(update={"text": text})
            event = StatementEventOut(index=index, statement=statement, citations=answer.citations)
            yield event_text("answer.statement", json_text(event))
        yield event_text("answer.completed", json_text(answer))

    async def read() -> list[str]:
        return [part async for part in ChunkStream("sourcier", BASE, False).sent(events())]

    sent = asyncio.run(read())
    assert sent[1] == ": heartbeat\n\n" and sent[-1] == "data: [DONE]\n\n"
    return [json.loads(part.removeprefix("data: ")) for part in sent if part.startswith("data: {")]


def said(chunks: list[dict[str, Any]]) -> str:
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])


def test_marks_are_where_the_text_has_them(answer: AnswerOut) -> None:
    text = text_of(answer, BASE)
    assert [text.whole[mark.start : mark.end] for mark in text.marks] == ["[1]"]
    assert text.whole.startswith(answer.text)


def test_a_text_that_is_not_made_of_its_statements_keeps_its_marks(answer: AnswerOut) -> None:
    worded = answer.model_copy(update={"text": "Selon la note [1], le plafond est connu."})
    text = text_of(worded, BASE)
    assert text.parts[0] == worded.text
    assert [(mark.start, mark.end) for mark in text.marks] == [(14, 17)]
    quote = answer.citations[0].quote.exact
    assert f"«\u202f{quote}\u202f»" in text.whole.partition("Sources")[2]


def test_the_publisher_s_address_is_given_if_it_is_one_of_the_web(answer: AnswerOut) -> None:
    for url, expected in (
        ("https://exemple.fr/a", "https://exemple.fr/a"),
        ("javascript:alert(1)", BASE),
        (None, BASE),
    ):
        document = answer.citations[0].document.model_copy(update={"url": url})
        citation = answer.citations[0].model_copy(update={"document": document})
        whole = text_of(answer.model_copy(update={"citations": [citation]}), BASE).whole
        assert whole.rpartition(", ")[2].startswith(expected)


def test_what_came_early_is_not_said_again(answer: AnswerOut) -> None:
    whole = text_of(answer, BASE).whole
    assert said(streamed(answer)) == said(streamed(answer, answer.statements[0].text)) == whole


def test_an_answer_that_ended_otherwise_than_it_began_is_said_whole_and_its_marks_are_right(answer: AnswerOut) -> None:
    chunks = streamed(answer, "Autre chose.")
    text = said(chunks)
    assert text.startswith("Autre chose. [1]\n\n") and text.endswith(text_of(answer, BASE).whole)
    (place,) = [one["url_citation"] for one in chunks[-1]["choices"][0]["delta"]["annotations"]]
    assert text[place["start_index"] : place["end_index"]] == "[1]" and place["start_index"] > len("Autre chose. [1]")
