"""Files in, readings out, each read in a process with limits: a bomb, a loop or a crash costs its own document alone.

A process is started when the first document comes, reads many, and is replaced when it was killed. Documents are read by
as many processes as there are readers; which one reads what changes no result.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import ReadError
from ingest.reading import Limits, Reading, reading_from_json
from ingest.split import SplitRule

_BLOCK_BYTES = 1 << 20
_STOP_S = 2.0
MEMORY_SHARE = 0.5
"""A process that crashes while it holds more of its limit than this ran out of memory: address space is more than that."""


class ReadingRoom:
    """Processes that read documents; used as a context manager, from several threads at once."""

    def __init__(self, rule: SplitRule, limits: Limits | None = None, readers: int = 2) -> None:
        self.readers = readers
        self._rule = rule
        self._limits = limits or Limits()
        self._free: queue.LifoQueue[_Reader | None] = queue.LifoQueue()
        for _ in range(readers):
            self._free.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for _ in range(self.readers):
            with contextlib.suppress(queue.Empty):
                reader = self._free.get(timeout=_STOP_S)
                if reader is not None:
                    reader.stop()

    def read(self, path: Path) -> Reading:
        """What a bundle needs of a document; waits while every reader is busy.

        Raises:
            ReadError: what the reader says, or `document_time_limit`, `document_memory_limit`, `reader_crashed`.
        """
        reader = self._free.get()
        try:
            used_before = reader is not None
            reader = reader or _Reader()
            try:
                return reader.read(path, self._rule, self._limits)
            except ReadError as fault:
                if not used_before or fault.code not in ("reader_crashed", "document_memory_limit"):
                    raise
            reader.stop()  # what an earlier document left behind may be to blame: once more, in a new process
            reader = _Reader()
            return reader.read(path, self._rule, self._limits)
        finally:
            if reader is not None and not reader.is_alive():
                reader.stop()
                reader = None
            self._free.put(reader)


class _Reader:
    """One process, one document at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.reading_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent,
            env={**os.environ, "PYTHONMALLOC": "malloc", "OMP_THREAD_LIMIT": "1", "PYTHONIOENCODING": "utf-8"},
        )

    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def read(self, path: Path, rule: SplitRule, limits: Limits) -> Reading:
        """Ask for one document.

        Raises: ReadError.
        """
        asked = {"path": str(path.absolute()), "rule": [rule.target_chars, rule.max_chars], "limits": asdict(limits)}
        line = self._exchange(json.dumps(asked).encode("ascii") + b"\n", path.name, limits)
        answer = json.loads(line)
        if "code" in answer:
            if answer["code"] == "document_memory_limit":
                self._process.wait()
            raise ReadError(answer["code"], answer["message"], "")
        return reading_from_json(answer)

    def _wait(self) -> tuple[int, int]:
        """How the process ended (a signal as a negative number), and the most memory it held, in bytes."""
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._process.returncode, used.ru_maxrss << 10

    def _exchange(self, asked: bytes, name: str, limits: Limits) -> bytes:
        """The line that answers; the process is killed where it takes too long or says too much."""
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - both are pipes
        deadline = time.monotonic() + limits.seconds
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(asked)
            self._process.stdin.flush()
        handle = self._process.stdout.fileno()
        blocks: list[bytes] = []
        received = 0
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([handle], [], [], left)[0]:
                self._process.kill()
                raise _too_slow(name, limits)
            block = os.read(handle, _BLOCK_BYTES)
            if not block:
                raise _ended(name, limits, *self._wait())
            received += len(block)
            if received > limits.answer_bytes:
                self._process.kill()
                message = f"{name} gives more than {limits.answer_bytes >> 20:,} MiB of text and places."
                raise ReadError("document_too_large", message, "Split it into several documents.")
            blocks.append(block)
            if block.endswith(b"\n"):
                return b"".join(blocks)


def _too_slow(name: str, limits: Limits) -> ReadError:
    message = f"{name} was not read within {limits.seconds:g} s."
    return ReadError("document_time_limit", message, "Split it, or raise SOURCIER_DOCUMENT_TIMEOUT_S.")


def _ended(name: str, limits: Limits, returned: int, held_bytes: int) -> ReadError:
    """Why the process ended without an answer. Native libraries crash on purpose where they get no more memory."""
    if returned == -signal.SIGXCPU:
        return _too_slow(name, limits)
    if returned < 0 and held_bytes > MEMORY_SHARE * limits.memory_bytes:
        message = f"{name}: reading it takes more than {limits.memory_bytes >> 20:,} MiB of memory."
        return ReadError("document_memory_limit", message, "Split it, or raise SOURCIER_DOCUMENT_MEMORY_MIB.")
    if returned == -signal.SIGKILL:
        message = f"{name}: the system ended its reader, most likely for want of memory."
        return ReadError("document_memory_limit", message, "Split it, or give the machine more memory.")
    ended = signal.strsignal(-returned) if returned < 0 else f"exit code {returned}"
    return ReadError(
        "reader_crashed", f"{name} made its reader crash ({ended}).", "Ask its publisher for a sound copy."
    )
