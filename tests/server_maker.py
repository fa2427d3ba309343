"""The service as an operator starts it, in a process of its own: bundles and settings go in; its address and its log come out."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.makers import ROOT


@dataclass(frozen=True)
class Server:
    """A service that is running, and what it says on stdout and stderr."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Any:
        with urlopen(self.url + path, timeout=20) as response:
            return json.load(response)

    def ask(self, question: str) -> Any:
        """The answer to a question, over a connection of its own."""
        body = json.dumps({"question": question}).encode()
        request = Request(f"{self.url}/v1/answers", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as response:
            return json.load(response)


@contextmanager
def serving(bundles: Path, log: Path, *options: str, **settings: str) -> Iterator[Server]:
    """The service over a folder of bundles, on a free port, until the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "service", "serve", "--bundles", str(bundles), "--port", str(port), *options]
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **{f"SOURCIER_{name}": value for name, value in settings.items()}}
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env=env)
    try:
        server = Server(port, log, process)
        wait_until_ready(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(server: Server) -> None:
    started = time.monotonic()
    while time.monotonic() - started < 60:
        assert server.process.poll() is None, server.log.read_text(encoding="utf-8")
        try:
            server.get("/readyz")
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"not ready after a minute: {server.log.read_text(encoding='utf-8')}")
