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
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
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


class _Line(asyncio.Protocol):
    """A connection of a client: bare, since a stream and a task for each question would take more of the processor than a refusal."""

    def __init__(self, clients: _Clients) -> None:
        self.rested_s = 0.0
        self._clients = clients
        self._transport: asyncio.Transport | None = None
        self._asked: Asked | None = None
        self._due = self._put = 0.0
        self._heard = b""

    def ask(self, asked: Asked, due: float) -> None:
        """Send a question, now or once the connection is there."""
        self._asked, self._due, self._put, self._heard = asked, due, time.perf_counter(), b""
        if self._transport is not None:
            self._transport.write(asked.request)

    def is_late(self, now: float) -> bool:
        """Whether its question was put too long ago."""
        return self._asked is not None and now - self._put > ANSWER_LIMIT_S

    def give_up(self, why: str) -> None:
        """Count what is awaited as lost, and close."""
        if self._asked is not None:
            self._asked = None
            self._clients.came.fault("lost", why)
        self._clients.busy.discard(self)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._asked is not None:
            transport.write(self._asked.request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, body = self._heard.partition(b"\r\n\r\n")
        found = _LENGTH.search(head) if end else None
        if found is None or len(body) < int(found[1]) or self._asked is None:
            return
        asked, self._asked, self.rested_s = self._asked, None, time.perf_counter()
        self._clients.busy.discard(self)
        lower = head.decode("latin-1").lower()
        self._clients.judge(asked, int(lower[9:12]), lower, body, (self.rested_s - self._due) * 1000)
        if "connection: close" in lower and self._transport is not None:
            self._transport.close()
        else:
            self._clients.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.rested_s = 0.0
        self.give_up(f"closed: {exc!r}")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class _Clients:
    """One process of them, with the connections that they keep."""

    def __init__(self, port: int, asked: Sequence[Asked]) -> None:
        self.came = Came()
        self.idle: list[_Line] = []
        self.busy: set[_Line] = set()
        self._port = port
        self._asked = asked
        self._opening: set[asyncio.Task[None]] = set()
        self._start = 0.0

    async def come(self, per_second: float, seconds: float) -> Came:
        """Ask at that rate for so long, and wait for what is still to come."""
        self._start = start = time.perf_counter()
        looked = start
        for number in range(int(per_second * seconds)):
            due = start + number / per_second
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            elif number % 8 == 0:
                await asyncio.sleep(0)  # a client that is late must still hear what comes
            now = time.perf_counter()
            self.came.late_ms = max(self.came.late_ms, (now - due) * 1000)
            self._ask(self._asked[number % len(self._asked)], due)
            self.came.offered += 1
            if now - looked > 1:
                looked = now
                self._give_up_late()
        while self.busy:
            self._give_up_late()
            await asyncio.sleep(0.05)
        self.came.wall_s = time.perf_counter() - start
        for line in self.idle:
            line.close()
        return self.came

    def _ask(self, asked: Asked, due: float) -> None:
        line = self._rested() or self._opened()
        self.busy.add(line)
        line.ask(asked, due)

    def _rested(self) -> _Line | None:
        now = time.perf_counter()
        while self.idle:
            line = self.idle.pop()
            if now - line.rested_s < IDLE_S:
                return line
            line.close()
        return None

    def _opened(self) -> _Line:
        line = _Line(self)
        task = asyncio.create_task(self._open(line))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return line

    async def _open(self, line: _Line) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", self._port)
        except OSError as fault:
            line.give_up(repr(fault))

    def _give_up_late(self) -> None:
        now = time.perf_counter()
        for line in [one for one in self.busy if one.is_late(now)]:
            line.give_up("no answer in time")

    def judge(self, asked: Asked, status: int, head: str, body: bytes, took_ms: float) -> None:
        """Count a response as what it is."""
        came, second = self.came, int(time.perf_counter() - self._start)
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
