"""Generative mode over HTTP when the model fails, is slow or writes rubbish: extracts answer, in time, and say why."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from service.circuit import Circuit
from service.compose_chat import ChatComposer, ChatSettings
from service.engine import AnswerEngine
from tests.chat_maker import MODEL, ChatServer, Exchange, chat_server, replies, says_what_it_quotes, stated
from tests.http_maker import app_of, client_of
from tests.written_answers import ENGLISH, NEEDLE, QUESTION, ask, codes, counted, same_as_extracts


@pytest.fixture
def model() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def client(starter_engine: AnswerEngine, model: ChatServer) -> TestClient:
    return client_of(starter_engine, chat_model=MODEL, chat_base_url=model.url)


@pytest.mark.parametrize("text", ["Je ne peux pas répondre à cela.", "{{{", '{"statements": "aucune"}', "[]", ""])
def test_rubbish_gives_the_extracts_and_says_why(client: TestClient, model: ChatServer, text: str) -> None:
    def script(exchange: Exchange) -> None:
        exchange.say(text)
        exchange.begin() if not exchange.streaming else None
        exchange.end()

    model.script = script
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["generator_unavailable"])
    assert same_as_extracts(client, answer)
    assert "indisponible" in answer["notices"][0]["text"]
    assert counted(client, "sourcier_generator_faults_total") == {"rubbish": 1}
    assert "unavailable" in ask(client, ENGLISH)["notices"][0]["text"]


def test_a_model_that_finds_nothing_to_say_leaves_the_word_to_the_extracts(
    client: TestClient, model: ChatServer
) -> None:
    model.script = replies
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["nothing_written"])
    assert same_as_extracts(client, answer)


def test_half_a_reply_keeps_what_was_checked_and_goes_on_with_extracts(client: TestClient, model: ChatServer) -> None:
    def script(exchange: Exchange) -> None:
        other = next(n for n in exchange.passages if NEEDLE not in exchange.passages[n])
        sentence = exchange.passages[other].split(". ")[0].strip().rstrip(".") + "."
        whole = json.dumps({"statements": [stated(sentence, (other, sentence)), stated("Puis", (1, "x"))]})
        exchange.say(whole[:-20])

    model.script = script
    answer = ask(client)
    assert [s["ai_generated"] for s in answer["statements"]][:2] == [True, False]
    assert codes(answer) == ["generator_unavailable"]
    assert "interrompue" in answer["notices"][0]["text"]
    assert counted(client, "sourcier_generator_faults_total") == {"cut": 1}


@pytest.mark.parametrize(
    ("status", "reason"), [(500, "broken"), (503, "broken"), (429, "busy"), (401, "refused"), (404, "refused")]
)
def test_a_server_that_refuses_is_an_outage_never_a_silence(
    client: TestClient, model: ChatServer, status: int, reason: str
) -> None:
    model.script = lambda exchange: exchange.refuse(status)
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["generator_unavailable"])
    assert same_as_extracts(client, answer)
    assert counted(client, "sourcier_generator_faults_total") == {reason: 1}
    tries = {401: 1, 404: 2}.get(status, 3)
    assert len(model.asked) == tries, "what may pass is tried again, what will not is not"


def test_nobody_at_the_address_is_an_outage_too(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, chat_model=MODEL, chat_base_url="http://127.0.0.1:9/v1")
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["generator_unavailable"])
    assert counted(client, "sourcier_generator_faults_total") == {"unreachable": 1}


def test_a_busy_server_is_asked_again_when_it_says(client: TestClient, model: ChatServer) -> None:
    times: list[float] = []

    def script(exchange: Exchange) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            exchange.refuse(429, Retry_After="1")
        else:
            says_what_it_quotes(NEEDLE)(exchange)

    model.script = script
    assert ask(client)["ai_generated"] is True
    assert times[1] - times[0] >= 1.0


def test_a_server_that_asks_for_more_time_than_there_is_is_not_waited_for(
    client: TestClient, model: ChatServer
) -> None:
    model.script = lambda exchange: exchange.refuse(429, Retry_After="3600")
    assert codes(ask(client)) == ["generator_unavailable"]
    assert len(model.asked) == 1


@pytest.mark.parametrize(("limit", "reason"), [("chat_first_token_s", "first_piece"), ("chat_timeout_s", "timeout")])
def test_a_model_that_hangs_costs_its_time_limit_and_no_more(
    starter_engine: AnswerEngine, model: ChatServer, limit: str, reason: str
) -> None:
    model.script = model.waits_for_the_client_to_leave
    client = client_of(starter_engine, chat_model=MODEL, chat_base_url=model.url, answer_timeout_s=60, **{limit: 1.0})
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["generator_unavailable"])
    assert counted(client, "sourcier_generator_faults_total") == {reason: 1}
    assert model.left.wait(20), "the call is ended, not left to itself"


def test_a_slow_drip_ends_with_the_time_limit(starter_engine: AnswerEngine, model: ChatServer) -> None:
    model.script = lambda exchange: exchange.say("{" + " " * 100_000, size=1, pause_s=0.02)
    client = client_of(
        starter_engine, chat_model=MODEL, chat_base_url=model.url, answer_timeout_s=60, chat_timeout_s=1.5
    )
    answer = ask(client)
    assert codes(answer) == ["generator_unavailable"]
    assert counted(client, "sourcier_generator_faults_total") == {"timeout": 1}
    assert model.left.wait(20)


def test_a_reply_without_end_is_cut(client: TestClient, model: ChatServer) -> None:
    model.script = lambda exchange: exchange.say("{" + " " * 30_000_000, size=5000)
    assert codes(ask(client)) == ["generator_unavailable"]
    assert model.left.wait(20), "the rest of it is not listened to"
    assert counted(client, "sourcier_generator_faults_total") == {"rubbish": 1}


def test_after_failures_in_a_row_the_model_is_left_alone_then_tried_again(
    starter_engine: AnswerEngine, model: ChatServer
) -> None:
    now_s = [0.0]
    circuit = Circuit(failures_to_open=2, open_s=30, clock_s=lambda: now_s[0])
    writer = ChatComposer(ChatSettings(MODEL, model.url), circuit=circuit)
    app = app_of(starter_engine)
    app.state.writer = writer
    client = TestClient(app)
    model.script = lambda exchange: exchange.refuse(400)
    for _ in range(4):
        assert codes(ask(client)) == ["generator_unavailable"]
    assert counted(client, "sourcier_generator_faults_total") == {"refused": 2, "circuit_open": 2}
    asked = len(model.asked)
    now_s[0] = 31
    assert codes(ask(client)) == ["generator_unavailable"]
    assert len(model.asked) > asked, "one trial"
    asked = len(model.asked)
    assert codes(ask(client)) == ["generator_unavailable"]
    assert len(model.asked) == asked, "and closed again for as long"
    now_s[0] = 62
    model.script = says_what_it_quotes(NEEDLE)
    assert ask(client)["ai_generated"] is True
    assert not circuit.open


def test_without_a_model_the_mode_is_answered_by_extracts(starter_engine: AnswerEngine) -> None:
    answer = ask(client_of(starter_engine))
    assert (answer["mode"], codes(answer)) == ("extractive", ["generative_unavailable"])


def test_without_its_library_the_service_answers_and_says_what_to_install(
    starter_engine: AnswerEngine, model: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "langchain_openai", None)  # as where it is not installed
    client = client_of(starter_engine, chat_model=MODEL, chat_base_url=model.url)
    answer = ask(client)
    assert (answer["mode"], codes(answer)) == ("extractive", ["generative_unavailable"])
    assert "pip install 'sourcier[generative]'" in answer["notices"][0]["text"]
    assert model.asked == []


def test_a_provider_that_is_not_installed_is_named(starter_engine: AnswerEngine) -> None:
    answer = ask(client_of(starter_engine, chat_model="mistralai:mistral-small-latest"))
    assert "pip install langchain-mistralai" in answer["notices"][-1]["text"]


def test_questions_that_leave_the_machine_are_told_of(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, chat_model=MODEL, chat_base_url="http://exemple.invalid/v1", chat_timeout_s=2)
    answer = ask(client)
    assert codes(answer) == ["sent_to_model", "generator_unavailable"]
    assert "exemple.invalid" in answer["notices"][0]["text"]


def test_who_asks_for_extracts_does_not_wait_for_a_model_that_hangs(
    starter_engine: AnswerEngine, model: ChatServer
) -> None:
    reached = threading.Event()

    def script(exchange: Exchange) -> None:
        reached.set()
        model.waits_for_the_client_to_leave(exchange)

    model.script = script
    limits = {"answer_timeout_s": 60, "chat_timeout_s": 50, "chat_first_token_s": 40, "concurrent_asks": 1}
    app = app_of(starter_engine, chat_model=MODEL, chat_base_url=model.url, **limits)
    body = {"question": QUESTION, "mode": "generative"}
    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(TestClient(app).post, "/v1/answers", json=body)
        assert reached.wait(30)
        assert ask(TestClient(app), mode="extractive")["outcome"] == "answered"
        assert not hanging.done()
        model.closing.set()
        assert hanging.result(60).json()["outcome"] == "answered"


def test_where_questions_will_be_sent_is_told_before_they_are_asked(starter_engine: AnswerEngine) -> None:
    elsewhere = {"chat_model": MODEL, "chat_base_url": "https://modele.invalid/v1"}
    client = client_of(starter_engine, **elsewhere, mode_default="generative")
    assert client.get("/v1/suggestions").json()["sent_to"] == "modele.invalid"
    for page in ("/", "/ask"):
        assert "transmis à modele.invalid" in client.get(f"{page}?lang=fr").text
    for settings in (elsewhere, {**elsewhere, "chat_base_url": "http://127.0.0.1:9/v1", "mode_default": "generative"}):
        quiet = client_of(starter_engine, **settings)
        assert "sent_to" not in quiet.get("/v1/suggestions").json()
        assert "transmis" not in quiet.get("/ask?lang=fr").text
