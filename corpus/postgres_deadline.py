"""Connections that wait for a server go in; those whose server is silent for too long are cut, so that another host can be asked.

A host that is gone is noticed by TCP (`corpus.postgres.DEFAULTS`); one whose processes hang answers to TCP and to nobody else.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import psycopg

LOOK_EVERY_S = 0.25


class Deadlines:
    """Watches connections in a thread of its own, which begins with the first of them."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._waiting: dict[object, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
        """Have a connection cut, should the block last longer than the limit."""
        key = object()
        with self._lock:
            self._waiting[key] = (connection.fileno(), time.monotonic() + self._limit_s)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="store-deadlines", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[key]

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            now_s = time.monotonic()
            with self._lock:  # whoever waits needs it to go on: no number of a socket is another's meanwhile
                for handle, end_s in self._waiting.values():
                    if now_s > end_s:
                        _cut(handle)


def _cut(handle: int) -> None:
    """End a socket's talk without closing it: its owner wakes up and finds it broken."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(handle)) as other:
        other.shutdown(socket.SHUT_RDWR)
