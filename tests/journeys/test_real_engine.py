"""The generative mode over a real engine: `transformers serve` with a model of random weights. Opt-in: it loads torch, for minutes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from service.chat_line import ChatLine, Limits
from service.compose_chat import ChatComposer, ChatSettings
from service.engine import AnswerEngine
from tests.http_maker import client_of
from tests.tiny_engine import Engine, tiny_engine
from tests.written_answers import ask, codes, counted, same_as_extracts

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("SOURCIER_REAL_ENGINE") != "1", reason="opt-in: set SOURCIER_REAL_ENGINE=1"),
    pytest.mark.skipif(find_spec("accelerate") is None, reason="the engine needs: pip install accelerate"),
    pytest.mark.timeout(600),
]
PATIENT = {"timeout_s": 300.0, "first_token_s": 200.0}
TOLD = (("system", "Tu réponds."), ("user", "Bonjour, qui es-tu ?"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with tiny_engine(tmp_path_factory.mktemp("engine")) as started:
        yield started


def line_of(engine: Engine, max_tokens: int) -> ChatLine:
    """The line to the engine, as the service uses it."""
    composer = ChatComposer(ChatSettings(engine.model, engine.url, max_tokens=max_tokens, **PATIENT))
    composer.open()
    return ChatLine(composer._stream, Limits(PATIENT["timeout_s"], PATIENT["first_token_s"]))


def test_its_reply_comes_piece_by_piece(engine: Engine) -> None:
    pieces = list(line_of(engine, 40).read(TOLD, left_s=300, gone=lambda: False))
    assert 5 < len(pieces) <= 45
    assert all(pieces)


def test_a_call_that_is_closed_stops_the_engine(engine: Engine) -> None:
    reply = line_of(engine, 16000).read(TOLD, left_s=300, gone=lambda: False)
    assert next(reply)
    reply.close()
    assert engine.rests(), "it goes on for nobody"


def test_what_it_babbles_is_never_shown(engine: Engine, starter_engine: AnswerEngine) -> None:
    settings = {"chat_model": engine.model, "chat_base_url": engine.url, "chat_max_tokens": 60}
    limits = {"answer_timeout_s": 400, "chat_timeout_s": 300, "chat_first_token_s": 200}
    client = client_of(starter_engine, **settings, **limits)
    answer = ask(client)
    assert (answer["outcome"], codes(answer)) == ("answered", ["generator_unavailable"])
    assert same_as_extracts(client, answer)
    assert counted(client, "sourcier_generator_faults_total") == {"rubbish": 1}
