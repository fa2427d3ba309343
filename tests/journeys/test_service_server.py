"""The service as an operator starts it: a real process, asked over a real socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.makers import ROOT

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"


@dataclass(frozen=True)
class Server:
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(free_port(), tmp_path_factory.mktemp("server") / "log")
    command = [sys.executable, "-m", "service", "serve", "--bundles", str(starter), "--port", str(found.port)]
    with found.log.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    try:
        wait_until_ready(found, process)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while time.monotonic() - started < 60:
        assert process.poll() is None, server.log.read_text(encoding="utf-8")
        try:
            with urlopen(f"{server.url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"not ready after a minute: {server.log.read_text(encoding='utf-8')}")


def test_a_question_is_answered_over_the_network(server: Server) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    with urlopen(
        Request(f"{server.url}/v1/answers", body, {"Content-Type": "application/json"}), timeout=20
    ) as response:
        answer = json.load(response)
    assert answer["outcome"] == "answered"
    quote = answer["citations"][0]["quote"]
    with urlopen(server.url + answer["citations"][0]["links"]["page_text"], timeout=20) as response:
        page = json.load(response)
    assert page["text"][quote["start"] : quote["end"]] == quote["exact"]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_ten_megabytes_are_refused_long_before_they_are_read(server: Server, declared: bool) -> None:
    """The server answers and closes while we are still sending; it never takes the whole body."""
    head = "POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 10000000\r\n\r\n" if declared else "Transfer-Encoding: chunked\r\n\r\n"
    block = b"x" * 65536 if declared else b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode())
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
