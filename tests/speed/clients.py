"""An address and questions in; answers a second, times and errors out, as so many clients at once see them.

Each client has a connection that it keeps, asks, reads the whole answer and asks again. Written on bare streams: a client
library would take more of the processor than the services that are compared.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.quality.measure import quantile


@dataclass(slots=True)
class Heard:
    """What the clients got: milliseconds of each good answer, how many errors, and over how many seconds."""

    times_ms: list[float] = field(default_factory=list)
    errors: int = 0
    wall_s: float = 0.0

    def to_json(self) -> dict[str, float]:
        """Answers a second, median, 95th and 99th percentile in milliseconds, errors."""
        return {
            "answers": len(self.times_ms),
            "answers_per_second": round(len(self.times_ms) / max(self.wall_s, 1e-9), 1),
            **times_of(self.times_ms),
            "errors": self.errors,
        }


def times_of(times_ms: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile of times in milliseconds."""
    return {
        name: round(quantile(times_ms, share), 2)
        for name, share in (("median_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99))
    }


def as_question(question: str) -> dict[str, Any]:
    """The body of a question to our service."""
    return {"question": question}


def ask_at_once(
    port: int,
    path: str,
    questions: Sequence[str],
    n_clients: int,
    seconds: float,
    body: Callable[[str], dict[str, Any]] = as_question,
) -> Heard:
    """What `n_clients` get from 127.0.0.1 in that time; each begins elsewhere in the list of questions."""
    requests = [_request(path, port, body(question)) for question in questions]
    return asyncio.run(_all(port, requests, n_clients, seconds))


def _request(path: str, port: int, said: dict[str, Any]) -> bytes:
    body = json.dumps(said).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _all(port: int, requests: Sequence[bytes], n_clients: int, seconds: float) -> Heard:
    heard = Heard()
    start = time.perf_counter()
    step = max(1, len(requests) // n_clients)
    async with asyncio.TaskGroup() as clients:
        for number in range(n_clients):
            clients.create_task(_client(port, requests, number * step, start + seconds, heard))
    heard.wall_s = time.perf_counter() - start
    return heard


async def _client(port: int, requests: Sequence[bytes], first: int, end: float, heard: Heard) -> None:
    reader = writer = None
    while time.perf_counter() < end:
        sent = time.perf_counter()
        try:
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(requests[first % len(requests)])
            good = await _is_good(reader)
        except (OSError, EOFError, ValueError):
            good = False
            if writer is not None:
                writer.close()
            reader = writer = None
        first += 1
        if good:
            heard.times_ms.append((time.perf_counter() - sent) * 1000)
        else:
            heard.errors += 1
    if writer is not None:
        writer.close()


async def _is_good(reader: asyncio.StreamReader) -> bool:
    """Whether the whole response came, and is a 200."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    _, _, rest = head.partition("content-length:")
    await reader.readexactly(int(rest.split("\r\n", 1)[0]))
    return head.startswith("http/1.1 200")
