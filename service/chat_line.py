"""Messages for a model in, pieces of its reply out, within time limits: tried again where that helps, given up where nobody waits."""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass

from service.compose import WriterFault

TRIES = 3
BACKOFF_S = 0.25
LOOK_EVERY_S = 0.05
GRACE_S = 0.5
RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
Messages = tuple[tuple[str, str], ...]
"""Role and text, in order."""
Stream = Callable[[Messages], AsyncGenerator[str, None]]
"""What calls a model. Closing the iterator ends the call."""
Pieces = queue.SimpleQueue[str | WriterFault | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a reply may take in all, and until its first piece, in seconds."""

    whole_s: float
    first_piece_s: float


class ChatLine:
    """Reads replies in an event loop of its own, so that a call can be ended at any moment from the thread that waits for it.

    Safe to share between threads; the loop is started by the first call and ends with the process.
    """

    def __init__(self, stream: Stream, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._lock = threading.Lock()
        self._running: asyncio.AbstractEventLoop | None = None

    def read(self, messages: Messages, *, left_s: float, gone: Callable[[], bool]) -> Generator[str, None, None]:
        """The pieces of a reply, as they come. Closing the iterator ends the call.

        Raises: WriterFault with the reason `timeout`, `first_piece`, `busy`, `unreachable`, `refused`, `broken`, `cut` or `gone`.
        """
        whole_s = min(self._limits.whole_s, left_s)
        if whole_s <= 0:
            raise WriterFault("timeout", sent=False)
        pieces: Pieces = queue.SimpleQueue()
        over = threading.Event()
        reading = asyncio.run_coroutine_threadsafe(self._pump(messages, pieces, whole_s, over), self._loop())
        end_s = time.monotonic() + whole_s + GRACE_S
        try:
            while (piece := _next(pieces, end_s, gone)) is not None:
                yield piece
        finally:
            over.set()
            reading.cancel()

    def _loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._running is None:
                self._running = asyncio.new_event_loop()
                threading.Thread(target=self._running.run_forever, name="chat-line", daemon=True).start()
            return self._running

    async def _pump(self, messages: Messages, pieces: Pieces, whole_s: float, over: threading.Event) -> None:
        """Put the pieces of a reply into the queue, then None, or the fault that it ended with."""
        try:
            async with asyncio.timeout(whole_s):
                await self._try(messages, pieces, asyncio.get_running_loop().time() + whole_s, over)
            pieces.put(None)
        except TimeoutError:
            pieces.put(WriterFault("timeout"))
        except WriterFault as fault:
            pieces.put(fault)

    async def _try(self, messages: Messages, pieces: Pieces, end_s: float, over: threading.Event) -> None:
        for tried in range(1, TRIES + 1):
            begun = False
            try:
                async with aclosing(_guarded(self._stream(messages), self._limits.first_piece_s)) as reply:
                    async for piece in reply:
                        if over.is_set():  # the libraries between may swallow a cancellation that meets a piece
                            return
                        begun = True
                        pieces.put(piece)
                return
            except (WriterFault, TimeoutError):
                raise
            except Exception as fault:  # the edge to a provider's library: each has exceptions of its own
                if begun:
                    raise WriterFault("cut") from fault
                pause_s = _pause_s(fault, tried)
                late = pause_s is None or asyncio.get_running_loop().time() + pause_s >= end_s
                if late or tried == TRIES:
                    raise WriterFault(_reason(fault)) from fault
                await asyncio.sleep(pause_s or 0.0)


async def _guarded(reply: AsyncGenerator[str, None], first_piece_s: float) -> AsyncGenerator[str, None]:
    """The pieces of a reply, the first of which must come in time.

    Raises: WriterFault `first_piece`.
    """
    async with aclosing(reply):
        try:
            async with asyncio.timeout(first_piece_s):
                first = await anext(reply, None)
        except TimeoutError:
            raise WriterFault("first_piece") from None
        if first is None:
            return
        yield first
        async for piece in reply:
            yield piece


def _next(pieces: Pieces, end_s: float, gone: Callable[[], bool]) -> str | None:
    """The next piece, None at the end.

    Raises: WriterFault, `gone` where nobody waits for it any more.
    """
    while True:
        if gone():
            raise WriterFault("gone")
        if time.monotonic() > end_s:
            raise WriterFault("timeout")
        try:
            piece = pieces.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(piece, WriterFault):
            raise piece
        return piece


def status_of(fault: BaseException) -> int | None:
    """The HTTP status that a provider's exception stands for, wherever its library keeps it, or None."""
    for held in (fault, getattr(fault, "response", None)):
        for name in ("status_code", "http_status", "status", "code"):
            status = getattr(held, name, None)
            if isinstance(status, int) and 100 <= status <= 599:
                return status
    return None


def _reason(fault: BaseException) -> str:
    status = status_of(fault)
    if status is None:
        return "unreachable" if _is_of_connection(fault) else "broken"
    return "busy" if status == 429 else "refused" if status < 500 else "broken"


def _pause_s(fault: BaseException, tried: int) -> float | None:
    """How long to wait before another try, as the server asks or growing; None where another try would end no better."""
    status = status_of(fault)
    if status is None and not _is_of_connection(fault):
        return None
    if status is not None and status not in RETRIED:
        return None
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    try:
        asked_s = float(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        asked_s = 0.0
    grown_s = BACKOFF_S * 2 ** (tried - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads tries, keeps no secret
    return float(max(asked_s, grown_s))


def _is_of_connection(fault: BaseException | None) -> bool:
    """Whether the network failed, not the server: told by the names that libraries give such faults, and their causes."""
    while fault is not None:
        name = type(fault).__name__
        if isinstance(fault, OSError) or any(part in name for part in ("Connect", "Timeout", "Protocol", "Network")):
            return True
        fault = fault.__cause__
    return False
