"""Who may compute: work goes in and waits in a short queue for one of a few permits; its result comes out, in the time allowed."""

from __future__ import annotations

import asyncio
import itertools
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from service.metrics import Metrics
from service.problems import ProblemError
from service.texts import Wording

Result = TypeVar("Result")
MAX_RETRY_AFTER_S = 60
SMOOTHING = 0.1
"""Weight of the newest duration in the running mean that Retry-After is made from."""
TURN_S = 0.5
"""How long work keeps the processor to itself: work that takes longer shares it, so that nothing that hangs holds up the rest."""
LATE_S, FAR_TOO_LATE_S = 0.1, 2.0
"""How late the event loop may be: beyond, what would be refused for a full queue is refused unread; far beyond, every question is."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to compute one answer; handed to the work by `Admission` alone, so that nothing expensive runs without it."""

    number: int


class Turns:
    """One thread computes at a time: Python runs one anyway, and several only keep each other and the event loop waiting.

    Whoever computes for longer than `turn_s` is no longer waited for. Safe to share between threads.
    """

    def __init__(self, turn_s: float = TURN_S) -> None:
        self._turn_s = turn_s
        self._change = threading.Condition()
        self._holder: Permit | None = None
        self._since_s = 0.0

    def take(self, permit: Permit) -> None:
        """Wait for the turn."""
        with self._change:
            while self._holder is not None and (left_s := self._since_s + self._turn_s - time.monotonic()) > 0:
                self._change.wait(left_s)
            self._holder, self._since_s = permit, time.monotonic()

    def leave(self, permit: Permit) -> None:
        """Let the next one have it."""
        with self._change:
            if self._holder is permit:
                self._holder = None
                self._change.notify()


class Admission:
    """As many threads as permits, and a bounded queue before them: beyond it, a refusal at once is kinder than a slow death.

    A thread that outlives its request keeps its permit until it ends. `in_turn` is for work that computes rather than waits.
    """

    def __init__(
        self,
        concurrent_asks: int,
        timeout_s: float,
        waiting_asks: int = 32,
        metrics: Metrics | None = None,
        *,
        in_turn: bool = False,
    ) -> None:
        self._threads = ThreadPoolExecutor(concurrent_asks, thread_name_prefix="ask")
        self._permits = concurrent_asks
        self._timeout_s = timeout_s
        self._places = concurrent_asks + waiting_asks
        self._metrics = metrics or Metrics()
        self._turns = Turns() if in_turn else None
        self._numbers = itertools.count(1)
        self._admitted = 0
        self._mean_s = 0.0

    def is_crowded(self, late_s: float) -> bool:
        """Whether a question that comes would only be refused later, while the event loop, so late, has no time to lose."""
        return late_s > FAR_TOO_LATE_S or (late_s > LATE_S and self._admitted >= self._places)

    def check_door(self, late_s: float) -> None:
        """Let a question come in to be read, by how late the event loop is.

        Raises: `overloaded` where it is crowded.
        """
        if self.is_crowded(late_s):
            raise self.overloaded()

    def waiting(self) -> float:
        """How many questions wait for a permit."""
        return max(0, self._admitted - self._permits)

    async def run(self, work: Callable[[Permit], Result]) -> Result:
        """The result of `work`, computed in a thread.

        Raises: `timeout` where it takes too long, `overloaded` where the queue is full or no permit came free in that time.
        """
        if self._admitted >= self._places:
            raise self.overloaded()
        permit = Permit(next(self._numbers))
        asked_s = time.perf_counter()
        computing = self._threads.submit(lambda: self._timed(work, permit, asked_s))
        self._admitted += 1
        result = asyncio.wrap_future(computing)
        result.add_done_callback(self._leave)
        try:
            return await asyncio.wait_for(asyncio.shield(result), self._timeout_s)
        except TimeoutError:
            waiting = computing.cancel()
            raise self.overloaded() if waiting else self._late() from None
        except asyncio.CancelledError:
            computing.cancel()
            raise

    def close(self) -> None:
        """Let running work end, start nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _timed(self, work: Callable[[Permit], Result], permit: Permit, asked_s: float) -> Result:
        if self._turns is not None:
            self._turns.take(permit)
        start_s = time.perf_counter()
        self._metrics.queue_wait.observe(start_s - asked_s)
        try:
            return work(permit)
        finally:
            if self._turns is not None:
                self._turns.leave(permit)
            took_s = time.perf_counter() - start_s
            self._mean_s += SMOOTHING * (took_s - self._mean_s)

    def _leave(self, late: asyncio.Future[Result]) -> None:
        """Give the place back, and mark a fault as seen: asyncio would otherwise log its message, which may quote the question."""
        self._admitted -= 1
        if not late.cancelled():
            late.exception()

    def overloaded(self) -> ProblemError:
        """The problem of a full queue; Retry-After is how long the queue takes to empty, as answers have taken lately."""
        self._metrics.overloaded.add()
        at_once = 1 if self._turns is not None else self._permits
        wait_s = math.ceil(self._mean_s * self._admitted / at_once)
        detail = Wording("Trop de questions sont en cours de traitement.", "Too many questions are being answered.")
        retry_after = str(min(max(1, wait_s), MAX_RETRY_AFTER_S))
        return ProblemError("overloaded", detail, headers={"Retry-After": retry_after})

    def _late(self) -> ProblemError:
        detail = Wording(
            f"La réponse n'était pas prête après {self._timeout_s:g} s.",
            f"The answer was not ready after {self._timeout_s:g} s.",
        )
        return ProblemError("timeout", detail)
