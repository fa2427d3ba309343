"""POST /v1/answers as a stream: its events, its beginning and its end keep the promises of docs/http.md."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from service.problems import ProblemError
from service.stream import CreatedOut, stream_response
from service.texts import Wording
from service.wire import AnswerOut, BundleOut
from tests.http_maker import BrokenEngine, SlowEngine, client_of
from tests.makers import TODAY

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, comments left out."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_an_answer_comes_statement_by_statement_and_whole_at_the_end(client: TestClient) -> None:
    response = client.post("/v1/answers", json={"question": QUESTION}, headers=STREAM)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    got = events(response.text)
    names = [name for name, _ in got]
    whole = got[-1][1]
    assert names[0] == "answer.created"
    assert names[1] == "retrieval.completed"
    assert names.count("answer.statement") == len(whole["statements"]) > 0
    assert names[-1] == "answer.completed"
    assert names.count("answer.completed") + names.count("error") == 1
    for index, (_, sent) in enumerate([event for event in got if event[0] == "answer.statement"]):
        assert sent["index"] == index
        assert sent["statement"] == whole["statements"][index]
        assert sent["citations"] == [whole["citations"][n - 1] for n in sent["statement"]["citations"]]
    assert [sent["notice"] for name, sent in got if name == "answer.notice"] == whole["notices"]
    created, retrieved = got[0][1], got[1][1]
    assert (created["id"], created["request_id"]) == (whole["id"], response.headers["x-request-id"])
    assert created["bundle"] == whole["bundle"]
    assert {c["passage_id"] for c in whole["citations"]} & {p["passage_id"] for p in retrieved["passages"]}


def test_the_streamed_answer_is_the_one_that_json_gives(client: TestClient) -> None:
    whole = client.post("/v1/answers", json={"question": QUESTION}).json()
    streamed = events(client.post("/v1/answers", json={"question": QUESTION}, headers=STREAM).text)[-1][1]
    for field in ("outcome", "text", "statements", "citations", "notices", "confidence", "bundle", "as_of"):
        assert streamed[field] == whole[field]


def test_silence_is_streamed_with_what_is_near(client: TestClient) -> None:
    question = {"question": "Combien de radiologues exercent à l’hôpital de Vierzon ?"}
    got = events(client.post("/v1/answers", json=question, headers=STREAM).text)
    assert [name for name, _ in got if name == "answer.statement"] == []
    assert got[-1][1]["outcome"] == "no_source"
    assert len(got[1][1]["passages"]) >= len(got[-1][1]["nearest"]) > 0


@pytest.mark.parametrize(
    ("accept", "asked", "streamed"),
    [
        ("text/event-stream", False, True),
        ("application/json", True, True),
        ("application/json, text/event-stream", False, True),
        ("text/event-stream;q=0.5, application/json", False, False),
        ("text/event-stream;q=0", False, False),
        ("*/*", False, False),
    ],
)
def test_the_client_chooses_between_json_and_events(
    client: TestClient, accept: str, asked: bool, streamed: bool
) -> None:
    body = {"question": QUESTION, "stream": asked}
    response = client.post("/v1/answers", json=body, headers={"Accept": accept})
    assert (response.headers["content-type"].startswith("text/event-stream"), response.status_code) == (streamed, 200)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": ""}, 422, "question_empty"),
        ({"question": "é" * 501}, 422, "question_too_long"),
        ({"question": "a", "lang": "de"}, 400, "invalid_request"),
        ({"question": "a", "filters": {"documents": ["nowhere"]}}, 400, "invalid_request"),
    ],
)
def test_what_can_be_refused_is_refused_before_the_stream_begins(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    response = client.post("/v1/answers", json=body, headers=STREAM)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["code"] == code


def test_a_fault_of_the_engine_keeps_its_status_and_says_nothing_of_itself(starter_engine: AnswerEngine) -> None:
    response = client_of(BrokenEngine(starter_engine)).post("/v1/answers", json={"question": QUESTION}, headers=STREAM)
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "cannot answer" not in response.text
    missing = client_of(None).post("/v1/answers", json={"question": QUESTION}, headers=STREAM)
    assert (missing.status_code, missing.json()["code"]) == (503, "index_not_ready")


def test_an_answer_that_takes_too_long_is_refused_by_its_status(starter_engine: AnswerEngine) -> None:
    engine = SlowEngine(starter_engine)
    client = client_of(engine, answer_timeout_s=0.2)
    try:
        response = client.post("/v1/answers", json={"question": QUESTION}, headers=STREAM)
        assert (response.status_code, response.json()["code"]) == (504, "timeout")
    finally:
        engine.let_go.set()


CREATED = CreatedOut(
    id="ans_1",
    request_id="req_1",
    mode="extractive",
    as_of=TODAY,
    bundle=BundleOut(id="b-1", built_at="2026-11-23T00:00:00Z"),
)


def slow_stream(work: Any, **limits: float) -> tuple[str, bool]:
    """What a stream sends whose work outlives its first second, and whether the work was cancelled."""

    async def play() -> tuple[str, bool]:
        scope = {"type": "http", "method": "POST", "path": "/v1/answers", "headers": [], "query_string": b"lang=fr"}
        request = Request({**scope, "state": {"request_id": "req_1"}})
        cancelled = False

        async def watched(admitted: Any) -> Any:
            nonlocal cancelled
            admitted()
            try:
                return await work()
            except asyncio.CancelledError:
                cancelled = True
                raise

        response = await stream_response(request, CREATED, watched, **{"first_byte_s": 0.01, **limits})
        text = ""
        async for block in response.body_iterator:
            text += bytes(block).decode()
            if limits.get("heartbeat_s", 1) < 0.02 and text.count("heartbeat") == 3:
                break
        await response.body_iterator.aclose()  # type: ignore[union-attr]
        await asyncio.sleep(0)
        return text, cancelled

    return asyncio.run(play())


def test_a_slow_answer_begins_and_is_kept_alive_until_its_client_goes() -> None:
    text, cancelled = slow_stream(lambda: asyncio.sleep(30), heartbeat_s=0.01)
    assert text.startswith("event: answer.created\n")
    assert text.count(": heartbeat\n\n") == 3
    assert cancelled


def test_a_stream_that_has_begun_ends_in_an_error_event() -> None:
    async def refused() -> AnswerOut:
        await asyncio.sleep(0.05)
        raise ProblemError("timeout", Wording("Trop long.", "Too long."))

    async def broken() -> AnswerOut:
        await asyncio.sleep(0.05)
        raise RuntimeError(f"cannot answer {QUESTION}")

    for work, code in ((refused, "timeout"), (broken, "internal_error")):
        got = events(slow_stream(work)[0])
        assert [name for name, _ in got] == ["answer.created", "error"]
        assert got[-1][1]["code"] == code
        assert QUESTION not in json.dumps(got[-1][1], ensure_ascii=False)
