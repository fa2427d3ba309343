"""Several serving processes on one socket: a configuration and signals go in; workers that live, are renewed, and end together come out."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Process

from corpus.errors import KnownError
from service.observe import INDEX_LOG, configure_logging
from service.server import CUT_OFF_S, THREADS_S, PatientServer

LOOK_EVERY_S = 0.25
PING_S = 0.2
HUNG_S = 30.0
"""A worker whose interpreter says nothing for so long is replaced. A busy one answers: another thread does."""
START_S = 120.0
RESTART_PAUSE_S = 1.0
MARGIN_S = 5.0
OK, FAILURE = 0, 1


class WorkerProcess(Process):
    """A worker as uvicorn starts it, with our server in it."""

    @property
    def server(self) -> PatientServer:
        """The server of this process."""
        if not isinstance(self._server, PatientServer):
            self._server = PatientServer(self.config)
        return self._server

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; what the worker's process does. A terminal that closes tells every process: the first one alone acts on it."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            super().target(sockets)
        except KnownError as fault:
            print(f"{fault.code}: {fault}", file=sys.stderr, flush=True)  # noqa: T201 - as `python -m service` says it
            sys.exit(STARTUP_FAILURE)

    def cut_short(self) -> None:
        """Have it end without waiting for its answers, once it was told to end."""
        if self.process.is_alive() and self.pid is not None:
            os.kill(self.pid, signal.SIGINT)


@dataclass(slots=True)
class _Worker:
    """A worker, when it was begun and last heard of, in seconds of the monotonic clock."""

    process: WorkerProcess
    begun_s: float
    heard_s: float
    ends_s: float = field(default=float("inf"))


class Workers:
    """As many workers as the configuration names, on one socket.

    One that dies or hangs is replaced. SIGHUP replaces all, one after the other, without a moment in which nobody answers. SIGTERM and
    SIGINT end them as `PatientServer` does; SIGINT again cuts that short. Whoever is not gone in time is killed.
    """

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._door = config.bind_socket()
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._limit_s = (config.timeout_graceful_shutdown or 0) + CUT_OFF_S + THREADS_S + MARGIN_S
        self._workers: list[_Worker] = []
        self._leaving: list[_Worker] = []
        self._served = False

    def run(self) -> int:
        """Serve until a signal; the exit code."""
        configure_logging()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: self._signals.put(number))
        self._workers = [self._begun() for _ in range(self._config.workers)]
        code = OK
        while (told := self._told(LOOK_EVERY_S)) not in (signal.SIGINT, signal.SIGTERM):
            if told == signal.SIGHUP:
                self._renew()
            elif not self._look_after():
                code = FAILURE
                break
        self._end()
        return code

    def _told(self, wait_s: float) -> int | None:
        try:
            return self._signals.get(timeout=wait_s)
        except queue.Empty:
            return None

    def _begun(self) -> _Worker:
        process = WorkerProcess(self._config, [self._door])
        process.start()
        return _Worker(process, self._clock(), self._clock())

    def _look_after(self) -> bool:
        """Replace who has died or hangs; False where the first workers cannot serve at all."""
        self._bury()
        for place, worker in enumerate(self._workers):
            if worker.process.process.is_alive():
                if worker.process.ping(PING_S):
                    worker.heard_s = self._clock()
                    self._served = self._served or worker.process.is_ready(PING_S)
                    continue
                if self._clock() - worker.heard_s < HUNG_S:
                    continue
                worker.process.kill()
                worker.process.join()
            if worker.process.exitcode == STARTUP_FAILURE and not self._served:
                return False
            if self._clock() - worker.begun_s >= RESTART_PAUSE_S:
                _log("worker_replaced", pid=worker.process.pid, exit_code=worker.process.exitcode)
                self._workers[place] = self._begun()
        return True

    def _renew(self) -> None:
        """Replace each worker once its successor answers; a successor that cannot ends the matter."""
        for place, old in enumerate(self._workers):
            new = self._begun()
            while not new.process.is_ready(PING_S):
                if (
                    not new.process.process.is_alive()
                    or self._clock() - new.begun_s > START_S
                    or not self._signals.empty()
                ):
                    new.process.kill()
                    new.process.join()
                    _log("renewal_given_up", pid=new.process.pid, exit_code=new.process.exitcode)
                    return
                time.sleep(LOOK_EVERY_S)
            self._workers[place] = new
            self._dismiss(old)
            _log("worker_renewed", pid=new.process.pid, before=old.process.pid)

    def _dismiss(self, worker: _Worker) -> None:
        worker.process.terminate()
        worker.ends_s = self._clock() + self._limit_s
        self._leaving.append(worker)

    def _bury(self) -> None:
        """Let go who has left, and kill who has not in time."""
        for worker in list(self._leaving):
            if worker.process.process.is_alive():
                if self._clock() < worker.ends_s:
                    continue
                _log("worker_killed", pid=worker.process.pid)
                worker.process.kill()
            worker.process.join()
            self._leaving.remove(worker)

    def _end(self) -> None:
        """End every worker, and wait for it."""
        self._door.close()  # first: a socket that stays open here would go on taking connections that nobody answers
        for worker in self._workers:
            self._dismiss(worker)
        while self._leaving:
            if self._told(LOOK_EVERY_S) == signal.SIGINT:
                for worker in self._leaving:
                    worker.process.cut_short()
            self._bury()


def _log(event: str, **said: object) -> None:
    INDEX_LOG.info(json.dumps({"event": event, **said}))
