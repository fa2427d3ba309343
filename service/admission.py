"""Who may compute: work goes in and waits for one of a few permits; its result comes out, within the time allowed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from service.problems import ProblemError
from service.texts import Wording

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to compute one answer; handed to the work by `Admission` alone, so that nothing expensive runs without it."""

    number: int


class Admission:
    """As many threads as permits. A thread that outlives its request keeps its permit until it ends."""

    def __init__(self, concurrent_asks: int, timeout_s: float) -> None:
        self._threads = ThreadPoolExecutor(concurrent_asks, thread_name_prefix="ask")
        self._timeout_s = timeout_s
        self._numbers = itertools.count(1)

    async def run(self, work: Callable[[Permit], Result]) -> Result:
        """The result of `work`, computed in a thread.

        Raises: `timeout` where it takes too long, `overloaded` where no permit came free in that time.
        """
        permit = Permit(next(self._numbers))
        computing = self._threads.submit(work, permit)
        result = asyncio.wrap_future(computing)
        result.add_done_callback(_forget_fault)
        try:
            return await asyncio.wait_for(asyncio.shield(result), self._timeout_s)
        except TimeoutError:
            waiting = computing.cancel()
            raise self._late(waiting) from None
        except asyncio.CancelledError:
            computing.cancel()
            raise

    def close(self) -> None:
        """Let running work end, start nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _late(self, waiting: bool) -> ProblemError:
        if waiting:
            detail = Wording("Trop de questions sont en cours de traitement.", "Too many questions are being answered.")
            return ProblemError("overloaded", detail, headers={"Retry-After": "5"})
        detail = Wording(
            f"La réponse n'était pas prête après {self._timeout_s:g} s.",
            f"The answer was not ready after {self._timeout_s:g} s.",
        )
        return ProblemError("timeout", detail)


def _forget_fault(late: asyncio.Future[Result]) -> None:
    """Mark a fault as seen: asyncio would otherwise log its message, which may quote the question."""
    if not late.cancelled():
        late.exception()
