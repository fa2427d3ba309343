"""Successes and failures of another program in; whether to call it now out: closed, open, or half open for one trial."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES_TO_OPEN = 5
OPEN_S = 30.0


class Circuit:
    """Opens after so many failures in a row; after `open_s` seconds lets one call through, which closes it or keeps it open.

    Safe to share between threads.
    """

    def __init__(
        self,
        failures_to_open: int = FAILURES_TO_OPEN,
        open_s: float = OPEN_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures_to_open
        self._open_s = open_s
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_s: float | None = None
        self._trying = False

    def enter(self) -> bool:
        """Whether a call may be made. Each True is followed by exactly one `leave`."""
        with self._lock:
            if self._opened_s is None:
                return True
            if self._trying or self._clock_s() - self._opened_s < self._open_s:
                return False
            self._trying = True
            return True

    def leave(self, well: bool | None) -> None:
        """How a call ended; None where that tells nothing, as when nobody waited for it any more."""
        with self._lock:
            self._trying = False
            if well is None:
                return
            self._failures = 0 if well else self._failures + 1
            if well:
                self._opened_s = None
            elif self._opened_s is not None or self._failures >= self._limit:
                self._opened_s = self._clock_s()

    @property
    def open(self) -> bool:
        """Whether calls are held back, or let through one at a time."""
        return self._opened_s is not None
