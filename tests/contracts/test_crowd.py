"""Questions that are refused at the socket are refused in the same words as those that are refused later."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.crowd import Crowd
from service.engine import AnswerEngine
from tests.http_maker import app_of

SITE = "https://www.exemple.fr"
BODY = json.dumps({"question": "Quel est le plafond de la PECAN ?"}).encode()
HEAD = b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
OWN = re.compile(rb"req_[0-9a-f]{20}")


@pytest.fixture
def late(starter_engine: AnswerEngine) -> Iterator[FastAPI]:
    """An application whose event loop says that it is an hour late."""
    app = app_of(starter_engine, cors_origins=SITE)
    app.state.loop_lag.start = lambda: None
    app.state.loop_lag._due_s = -3600.0
    yield app
    app.state.loop_lag.stop()


def sent(headers: bytes = b"", body: bytes = BODY) -> bytes:
    return HEAD + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    "headers", [{}, {"Accept-Language": "en"}, {"Origin": SITE}, {"Origin": "https://elsewhere.example"}]
)
def test_both_ways_of_refusing_say_the_same(late: FastAPI, headers: dict[str, str]) -> None:
    crowd: Crowd = late.state.crowd
    short = crowd.refusal(sent("".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()))
    long = TestClient(late).post("/v1/answers", content=BODY, headers={"Content-Type": "application/json", **headers})
    assert short is not None
    head, _, body = short.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 503 Service Unavailable"
    said = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    assert said.keys() == dict(long.headers).keys()
    own = {"x-request-id"}
    assert {n: v for n, v in said.items() if n not in own} == {n: v for n, v in long.headers.items() if n not in own}
    assert OWN.sub(b"", body) == OWN.sub(b"", long.content)
    assert json.loads(body)["request_id"] == said["x-request-id"]
    assert int(said["retry-after"]) >= 1


@pytest.mark.parametrize(
    "data",
    [
        sent(b"Expect: 100-continue\r\n"),
        sent(b"Transfer-Encoding: chunked\r\n"),
        sent(b"Connection: close\r\n"),
        sent(b"Content-Length: 5\r\n"),
        sent(b"Host: y\r\n"),
        sent(b"X A: b\r\n"),
        sent()[:-1],
        sent() + b"GET / HTTP/1.1\r\n\r\n",
        sent().replace(b"Host: x\r\n", b""),
        sent().replace(b"/v1/answers", b"/v1/answers?lang=en"),
        sent().replace(b"POST", b"GET"),
        sent().replace(b"/v1/answers", b"/v1/corpus"),
        HEAD,
        b"",
        b"\x16\x03\x01",
    ],
)
def test_what_is_unusual_or_not_whole_is_left_to_the_long_way(late: FastAPI, data: bytes) -> None:
    assert late.state.crowd.refusal(data) is None


def test_where_there_is_time_nobody_is_refused_at_the_socket(starter_engine: AnswerEngine) -> None:
    assert app_of(starter_engine).state.crowd.refusal(sent()) is None


def test_maintenance_speaks_first(late: FastAPI) -> None:
    late.state.maintenance.turn_on("Pause.", "2026-11-23T10:00:00Z")
    try:
        assert late.state.crowd.refusal(sent()) is None
    finally:
        late.state.maintenance.turn_off()
