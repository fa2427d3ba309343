"""The service as an operator starts it, with a model behind it: statements come when they are checked, and calls end with their clients."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chat_maker import MODEL, ChatServer, Exchange, chat_server, says_what_it_quotes, stated
from tests.makers import run
from tests.server_maker import Server, free_port, serving
from tests.written_answers import NEEDLE, QUESTION

SLOW = {"ANSWER_TIMEOUT_S": "60", "CHAT_TIMEOUT_S": "50", "CHAT_FIRST_TOKEN_S": "40"}


@pytest.fixture(scope="module")
def model() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture(scope="module")
def service(starter: Path, model: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("written") / "log"
    with serving(starter, log, CHAT_MODEL=MODEL, CHAT_BASE_URL=model.url, **SLOW) as server:
        yield server


class Asked:
    """One question over a connection that the test keeps in hand."""

    def __init__(self, service: Server, *, stream: bool) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        body = json.dumps({"question": QUESTION, "mode": "generative", "stream": stream})
        self.connection.request("POST", "/v1/answers", body, {"Content-Type": "application/json"})

    def events(self) -> Iterator[tuple[str, Any]]:
        """The events as they come."""
        response = self.connection.getresponse()
        name = ""
        while line := response.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)

    def leave(self) -> None:
        """Hang up."""
        sock = self.connection.sock
        if sock is not None:
            sock.close()
        self.connection.close()


def two_statements(exchange: Exchange, between: threading.Event) -> None:
    """A good statement, the beginning of another; the rest once the event is set."""
    number = exchange.number_of(NEEDLE)
    other = next(n for n in exchange.passages if n != number)
    sentence = exchange.passages[other].split(". ")[0].strip().rstrip(".") + "."
    first = stated("Il a été officiellement publié le 11 février 2025.", (number, NEEDLE))
    second = json.dumps(stated(sentence, (other, sentence)))
    exchange.say(f'{{"statements": [{json.dumps(first)}, {second[:-5]}')
    between.wait(60)
    exchange.say(f"{second[-5:]}]}}")
    exchange.end()


def test_a_statement_is_sent_as_soon_as_it_is_checked_and_nothing_before(service: Server, model: ChatServer) -> None:
    go_on = threading.Event()
    model.script = lambda exchange: two_statements(exchange, go_on)
    events = Asked(service, stream=True).events()
    assert [next(events)[0] for _ in range(2)] == ["answer.created", "retrieval.completed"]
    name, first = next(events)
    assert not go_on.is_set(), "the model is still writing"
    assert (name, first["index"], first["statement"]["ai_generated"]) == ("answer.statement", 0, True)
    assert first["citations"][0]["verified"] is True
    go_on.set()
    rest = list(events)
    assert [name for name, _ in rest] == ["answer.statement", "answer.completed"]
    answer = rest[-1][1]
    assert [first["statement"], rest[0][1]["statement"]] == answer["statements"]
    assert first["citations"] == [answer["citations"][0]]
    assert answer["mode"] == "generative"


def test_what_is_not_borne_out_is_never_sent(service: Server, model: ChatServer) -> None:
    def script(exchange: Exchange) -> None:
        number = exchange.number_of(NEEDLE)
        lie = stated("Il a été publié en 2031 par le Zéphyr.", (number, NEEDLE))
        good = stated("Il a été officiellement publié le 11 février 2025.", (number, NEEDLE))
        exchange.say(json.dumps({"statements": [lie, good, lie]}))
        exchange.end()

    model.script = script
    sent = list(Asked(service, stream=True).events())
    assert "Zéphyr" not in json.dumps(sent, ensure_ascii=False)
    stated_early = [data["statement"] for name, data in sent if name == "answer.statement"]
    assert stated_early == sent[-1][1]["statements"]
    assert [data["notice"]["code"] for name, data in sent if name == "answer.notice"] == ["statements_dropped"]


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_call(service: Server, model: ChatServer, stream: bool, begun: bool) -> None:
    reached = threading.Event()

    def script(exchange: Exchange) -> None:
        if begun:
            exchange.say('{"statements": [')
        reached.set()
        model.waits_for_the_client_to_leave(exchange)

    model.left.clear()
    model.script = script
    asked = Asked(service, stream=stream)
    assert reached.wait(30)
    asked.leave()
    assert model.left.wait(20), "the model goes on for nobody"


def test_a_stream_whose_model_fails_ends_in_extracts(service: Server, model: ChatServer) -> None:
    model.script = lambda exchange: exchange.refuse(503)
    *_, (name, answer) = Asked(service, stream=True).events()
    assert (name, answer["outcome"], answer["mode"]) == ("answer.completed", "answered", "extractive")
    assert answer["statements"] and answer["notices"][0]["code"] == "generator_unavailable"


def test_the_command_line_writes_too(starter: Path, model: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    model.script = says_what_it_quotes(NEEDLE)
    monkeypatch.setenv("SOURCIER_CHAT_MODEL", MODEL)
    monkeypatch.setenv("SOURCIER_CHAT_BASE_URL", model.url)
    told = run("service", "ask", QUESTION, "--mode", "generative", "--bundles", str(starter))
    assert "rédigé par une IA" in told.stdout and f"({MODEL}, answer.fr.v1)" in told.stdout, told.stderr


def test_questions_that_will_leave_the_machine_are_told_of_at_the_start(starter: Path, tmp_path: Path) -> None:
    with serving(starter, tmp_path / "log", CHAT_MODEL="m", CHAT_BASE_URL="https://modele.invalid/v1") as server:
        log = server.log.read_text(encoding="utf-8")
    assert "warning: generative mode: questions and passages are sent to modele.invalid" in log


def test_questions_that_stay_are_not_told_of(service: Server) -> None:
    assert "warning" not in service.log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"CHAT_MODEL": "m"}, "SOURCIER_CHAT_BASE_URL"),
        ({"CHAT_MODEL": "m", "CHAT_BASE_URL": "ollama"}, "SOURCIER_CHAT_BASE_URL"),
        ({"CHAT_MODEL": "openai:m", "CHAT_TIMEOUT_S": "10"}, "SOURCIER_CHAT_TIMEOUT_S"),
        ({"MODE_DEFAULT": "generative"}, "SOURCIER_MODE_DEFAULT"),
    ],
)
def test_settings_that_cannot_work_together_are_refused_by_name(
    settings: dict[str, str], named: str, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"SOURCIER_{name}", value)
    refused = run("service", "serve", "--bundles", str(starter), "--port", str(free_port()))
    assert (refused.returncode, named in refused.stderr) == (2, True), refused.stderr
