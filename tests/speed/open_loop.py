"""A port, requests and a rate in; what came back out, where questions come whether or not those before them were answered.

Times count from the moment at which a question was due, so that a client that is late itself hides nothing. Every answer is
compared with the one that the same question got before the load, but for its own ids and times.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import multiprocessing
import re
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

ANSWER_LIMIT_S = 30.0
IDLE_S = 1.5
"""A connection that rests for longer is not used again: the service closes it after five seconds."""
EXAMPLES = 5
MAX_FILES = 16384
_OWN = re.compile(rb'"(?:ans|req)_[0-9a-f]{20}"|"timings_ms":\{[^{}]*\}')


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it travels, and the digest of its known answer."""

    request: bytes
    digest: str


@dataclass(slots=True)
class Came:
    """What came back: milliseconds of right answers and of refusals, counts by second, and what should not be."""

    offered: int = 0
    wall_s: float = 0.0
    times_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    by_second: Counter[tuple[int, str]] = field(default_factory=Counter)
    late_ms: float = 0.0

    def add(self, other: Came) -> None:
        """Count what another process got as well."""
        self.offered += other.offered
        self.wall_s = max(self.wall_s, other.wall_s)
        self.times_ms += other.times_ms
        self.refused_ms += other.refused_ms
        self.codes += other.codes
        self.faults += other.faults
        self.examples = (self.examples + other.examples)[:EXAMPLES]
        self.by_second += other.by_second
        self.late_ms = max(self.late_ms, other.late_ms)

    def fault(self, kind: str, example: str) -> None:
        """Count something that should not be: `wrong`, `lost` or `unexpected`."""
        self.faults[kind] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{kind}: {example}")


def question_of(port: int, question: str, as_of: str) -> bytes:
    """A question as it travels."""
    body = json.dumps({"question": question, "as_of": as_of}).encode()
    head = f"POST /v1/answers HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def digest_of(body: bytes) -> str:
    """The digest of an answer without its own ids and times."""
    return hashlib.blake2b(_OWN.sub(b"", body), digest_size=16).hexdigest()


def offer(port: int, asked: Sequence[Asked], per_second: float, seconds: float, processes: int = 2) -> Came:
    """Ask at that rate for so long, from several processes."""
    context = multiprocessing.get_context("spawn")
    shares = [(port, asked[n::processes] or asked, per_second / processes, seconds) for n in range(processes)]
    whole = Came()
    with context.Pool(processes) as pool:
        for came in pool.starmap(_offered, shares):
            whole.add(came)
    return whole


def _offered(port: int, asked: Sequence[Asked], per_second: float, seconds: float) -> Came:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    gc.freeze()
    return asyncio.run(_Clients(port, asked).come(per_second, seconds))


class _Clients:
    """One process of them, with the connections that they keep."""

    def __init__(self, port: int, asked: Sequence[Asked]) -> None:
        self._port = port
        self._asked = asked
        self._came = Came()
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = []
        self._start = 0.0

    async def come(self, per_second: float, seconds: float) -> Came:
        self._start = start = time.perf_counter()
        tasks: set[asyncio.Task[None]] = set()
        for number in range(int(per_second * seconds)):
            due = start + number / per_second
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            elif number % 8 == 0:
                await asyncio.sleep(0)  # a client that is late must still hear what comes
            self._came.late_ms = max(self._came.late_ms, (time.perf_counter() - due) * 1000)
            task = asyncio.create_task(self._ask(self._asked[number % len(self._asked)], due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            self._came.offered += 1
        if tasks:
            await asyncio.wait(tasks)
        self._came.wall_s = time.perf_counter() - start
        for _, writer, _ in self._idle:
            writer.close()
        return self._came

    async def _ask(self, asked: Asked, due: float) -> None:
        writer = None
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                reader, writer = await self._connection()
                writer.write(asked.request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
                body = await reader.readexactly(length)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as fault:
            self._came.fault("lost", repr(fault))
            if writer is not None:
                writer.close()
            return
        now = time.perf_counter()
        self._judge(asked, int(head[9:12]), head, body, (now - due) * 1000)
        if "connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer, now))

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer, since = self._idle.pop()
            if time.perf_counter() - since < IDLE_S and not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)

    def _judge(self, asked: Asked, status: int, head: str, body: bytes, took_ms: float) -> None:
        came, second = self._came, int(time.perf_counter() - self._start)
        if status == 200:
            if digest_of(body) == asked.digest:
                came.times_ms.append(took_ms)
                came.by_second[second, "answered"] += 1
            else:
                came.fault("wrong", body[:300].decode("utf-8", "replace"))
        elif (
            status in (429, 503)
            and "retry-after: " in head
            and (code := _code_of(body)) in ("overloaded", "rate_limited")
        ):
            came.refused_ms.append(took_ms)
            came.codes[code] += 1
            came.by_second[second, "refused"] += 1
        else:
            came.fault("unexpected", f"{status} {body[:200].decode('utf-8', 'replace')}")


def _code_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""
