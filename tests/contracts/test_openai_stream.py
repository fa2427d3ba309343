"""A stream in OpenAI's format: statements that a model words come as soon as they are checked, and its end is always said."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from service.engine import AnswerEngine
from tests.chat_maker import MODEL, ChatServer, Exchange, chat_server, stated
from tests.http_maker import BrokenEngine, app_of
from tests.loopback import on_loopback
from tests.written_answers import NEEDLE, QUESTION

SAID = "L'état des lieux a été publié le 11 février 2025."


@pytest.fixture
def model() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def client(starter_engine: AnswerEngine, model: ChatServer) -> Iterator[openai.OpenAI]:
    with on_loopback(app_of(starter_engine, chat_model=MODEL, chat_base_url=model.url)) as url:
        yield openai.OpenAI(base_url=f"{url}/openai/v1", api_key="none", max_retries=0)


def asked(client: openai.OpenAI, name: str = "sourcier-generative") -> Any:
    return client.chat.completions.create(model=name, messages=[{"role": "user", "content": QUESTION}], stream=True)


def test_a_worded_statement_is_sent_before_the_model_has_ended(client: openai.OpenAI, model: ChatServer) -> None:
    seen = threading.Event()

    def script(exchange: Exchange) -> None:
        first = stated(SAID, (exchange.number_of(NEEDLE), NEEDLE))
        second = stated("Rien ne le dit en 2031.", (exchange.number_of(NEEDLE), NEEDLE))
        exchange.say(f'{{"statements": [{json.dumps(first, ensure_ascii=False)}, ')
        assert seen.wait(7)
        exchange.say(f"{json.dumps(second, ensure_ascii=False)}]}}")
        exchange.end()

    model.script = script
    said = ""
    for chunk in asked(client):
        said += "".join(choice.delta.content or "" for choice in chunk.choices)
        if SAID in said:
            seen.set()
    assert seen.is_set()
    assert said.startswith(f"{SAID} [1]") and said.count(SAID) == 1
    assert "2031" not in said
    assert "\n\nÀ savoir\u00a0: Texte rédigé par une IA à partir des extraits cités." in said
    assert NEEDLE in said.partition("\n\nSources")[2]


def test_the_whole_answer_and_the_stream_say_the_same(client: openai.OpenAI, model: ChatServer) -> None:
    def script(exchange: Exchange) -> None:
        first = stated(SAID, (exchange.number_of(NEEDLE), NEEDLE))
        reply = json.dumps({"statements": [first]}, ensure_ascii=False)
        exchange.say(reply)
        exchange.end()

    model.script = script
    whole = client.chat.completions.create(
        model="sourcier-generative", messages=[{"role": "user", "content": QUESTION}]
    )
    chunks = list(asked(client))
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == whole.choices[0].message.content
    last = (chunks[-1].choices[0].delta.model_extra or {})["annotations"]
    marks = [text[one["url_citation"]["start_index"] : one["url_citation"]["end_index"]] for one in last]
    assert marks == ["[1]"] and (chunks[-1].model_extra or {})["sourcier"]["ai_generated"] is True
    assert [one.id for one in client.models.list()] == ["sourcier", "sourcier-extractive", "sourcier-generative"]


def test_a_client_that_goes_away_ends_the_model_s_work(client: openai.OpenAI, model: ChatServer) -> None:
    def script(exchange: Exchange) -> None:
        first = stated(SAID, (exchange.number_of(NEEDLE), NEEDLE))
        exchange.say(f'{{"statements": [{json.dumps(first, ensure_ascii=False)}, ')
        model.waits_for_the_client_to_leave(exchange)

    model.script = script
    stream = asked(client)
    next(chunk for chunk in stream if chunk.choices[0].delta.content)
    stream.close()
    assert model.left.wait(20)


def test_a_fault_that_comes_too_late_for_a_status_is_raised_by_the_client(starter_engine: AnswerEngine) -> None:
    class LateEngine(BrokenEngine):
        def ask(self, *given: Any) -> Any:
            time.sleep(1.5)
            return super().ask(*given)

    with on_loopback(app_of(LateEngine(starter_engine))) as url:
        client = openai.OpenAI(base_url=f"{url}/openai/v1", api_key="none", max_retries=0)
        with pytest.raises(openai.APIError) as late:
            list(asked(client, "sourcier"))
    assert late.value.code == "internal_error" and "PECAN" not in str(late.value)
