"""An event loop in, by how many seconds it is late out: how long what it should do now has been waiting."""

from __future__ import annotations

import asyncio
import time

TICK_S = 0.05


class LoopLag:
    """A clock in the loop that it is compared with. Costs one call a tick; 0.0 until it is started."""

    def __init__(self) -> None:
        self._due_s: float | None = None
        self._ticking: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to compare; called in the loop."""
        self._tick()

    def stop(self) -> None:
        """End it."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._due_s = None

    def seconds(self) -> float:
        """By how much the loop is late now."""
        return 0.0 if self._due_s is None else max(0.0, time.monotonic() - self._due_s)

    def _tick(self) -> None:
        self._due_s = time.monotonic() + TICK_S
        self._ticking = asyncio.get_running_loop().call_later(TICK_S, self._tick)
