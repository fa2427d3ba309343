"""What is asked again: answered from memory, as another answer of its own id, and never from what is no longer served."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.encoder import Encoder
from service.engine import AnswerEngine
from tests.http_maker import app_of, client_of
from tests.makers import note, write

ASKED = {"question": "Quel est le plafond de la PECAN ?"}


def answer(client: TestClient, **more: Any) -> dict[str, Any]:
    sent = client.post("/v1/answers", json=ASKED | more)
    assert sent.status_code == 200, sent.text
    found: dict[str, Any] = sent.json()
    return found


def told(given: dict[str, Any]) -> dict[str, Any]:
    """What an answer says, without what is its own."""
    return {
        name: value for name, value in given.items() if name not in ("id", "request_id", "created_at", "timings_ms")
    }


def hits(client: TestClient) -> int:
    name = "sourcier_answers_cached_total "
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith(name)]
    return int(float(lines[0].removeprefix(name))) if lines else 0


def test_the_same_question_is_answered_from_memory_under_an_id_of_its_own(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine)
    first, second = answer(client), answer(client)
    assert told(first) == told(second)
    assert first["id"] != second["id"]
    assert first["request_id"] != second["request_id"]
    assert hits(client) == 1


def test_another_date_or_an_order_to_keep_nothing_makes_it_anew(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine)
    answer(client)
    answer(client, as_of="2024-01-01")
    assert hits(client) == 0
    keeping_none = client_of(starter_engine, cached_answers=0)
    assert told(answer(keeping_none)) == told(answer(keeping_none))
    assert hits(keeping_none) == 0


@pytest.fixture
def notes(encoder: Encoder, tmp_path: Path) -> list[AnswerEngine]:
    """Engines of two bundles that say different amounts."""
    texts = (f"Le plafond de la PECAN est de {amount} € par an et par patient." for amount in (780, 890))
    return [
        AnswerEngine(write(tmp_path / f"b{n}", [note("pecan", text)], encoder), encoder) for n, text in enumerate(texts)
    ]


def test_a_withdrawn_document_is_gone_at_once(notes: list[AnswerEngine], tmp_path: Path) -> None:
    app = app_of(notes[0], bundles_dir=tmp_path)
    client = TestClient(app)
    assert "780" in answer(client)["text"]
    app.state.withdrawals.withdraw("pecan", "Montant erroné.", dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    assert not answer(client)["citations"]


def test_another_bundle_is_answered_from_at_once(notes: list[AnswerEngine], tmp_path: Path) -> None:
    app = app_of(notes[0], bundles_dir=tmp_path)
    client = TestClient(app)
    assert "780" in answer(client)["text"]
    app.state.engine = notes[1]
    assert "890" in answer(client)["text"]
    app.state.engine = notes[0]
    assert "780" in answer(client)["text"]
