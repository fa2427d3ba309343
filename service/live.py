"""An answer while it is made: statements go in from the thread that checks them; events for whoever waits come out in the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence

from service.answer import Citation, Evidence, Statement
from service.wire_parts import Out

Event = tuple[str, Out]
RESERVE_S = 0.5
"""Kept back of the time for an answer, so that the extracts can still be put together and sent."""


class LiveAnswer:
    """A `Listener` of the engine that hands on what is known early. Made in the event loop, told from any thread.

    `show_found` and `show_stated` make the events, in the thread that tells; without them nothing is sent early.
    """

    def __init__(
        self,
        time_s: float,
        show_found: Callable[[Sequence[Evidence]], Event] | None = None,
        show_stated: Callable[[int, Statement, Sequence[Citation]], Event] | None = None,
    ) -> None:
        self.early: asyncio.Queue[Event] = asyncio.Queue()
        self.begun = asyncio.Event()
        self._show_found = show_found
        self._show_stated = show_stated
        self._loop = asyncio.get_running_loop()
        self._end_s = time.monotonic() + max(time_s - RESERVE_S, time_s / 2)
        self._gone = threading.Event()
        self._stated = 0

    def leave(self) -> None:
        """Nobody waits any more: the model's call ends."""
        self._gone.set()

    def gone(self) -> bool:
        """Whether nobody waits any more."""
        return self._gone.is_set()

    def left_s(self) -> float:
        """Seconds until the answer must be whole."""
        return self._end_s - time.monotonic()

    def found(self, passages: Sequence[Evidence]) -> None:
        """What the answer will be made from."""
        if self._show_found:
            self._tell(self._show_found(passages))

    def stated(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """A statement was checked."""
        if self._show_stated:
            self._tell(self._show_stated(self._stated, statement, citations))
            self._stated += 1

    def _tell(self, event: Event) -> None:
        if not (self._loop.is_closed() or self.gone()):
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event) -> None:
        self.early.put_nowait(event)
        self.begun.set()
