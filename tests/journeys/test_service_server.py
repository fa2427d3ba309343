"""The service as an operator starts it: a real process, asked over a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.server_maker import Server, serving

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"


@pytest.fixture(scope="module")
def server(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(starter, tmp_path_factory.mktemp("server") / "log") as found:
        yield found


def test_a_question_is_answered_over_the_network(server: Server) -> None:
    answer = server.ask(QUESTION)
    assert answer["outcome"] == "answered"
    quote = answer["citations"][0]["quote"]
    page = server.get(answer["citations"][0]["links"]["page_text"])
    assert page["text"][quote["start"] : quote["end"]] == quote["exact"]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_ten_megabytes_are_refused_long_before_they_are_read(server: Server, declared: bool) -> None:
    """The server answers and closes while we are still sending; it never takes the whole body."""
    head = "POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 10000000\r\n\r\n" if declared else "Transfer-Encoding: chunked\r\n\r\n"
    block = b"x" * 65536 if declared else b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode())
        with suppress(
            BrokenPipeError, ConnectionResetError
        ):  # the answer may come, and the door close, before all is sent
            for _ in range(2):
                connection.sendall(block)
        received = connection.recv(65536)
        while b"\r\n\r\n{" not in received and (more := connection.recv(65536)):
            received += more
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "payload_too_large"' in received


def test_the_log_has_one_json_line_a_request_and_no_question(server: Server) -> None:
    test_a_question_is_answered_over_the_network(server)
    with pytest.raises(HTTPError):
        urlopen(f"{server.url}/v1/nowhere?q=secret-of-mine", timeout=20)
    log = server.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    answered = {"route": "/v1/answers", "status": 200, "outcome": "answered"}
    assert any(answered.items() <= line.items() for line in lines)
    assert "secret-of-mine" not in log
    assert "état des lieux" not in log
    assert "Traceback" not in log
