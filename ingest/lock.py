"""A folder of bundles in, the right to build there out: one builder at a time, and a killed one keeps nothing locked."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import BundleError

LOCK_NAME = ".build.lock"


@contextlib.contextmanager
def building(folder: Path, now: dt.datetime) -> Iterator[None]:
    """Hold the builder's lock of a folder of bundles. The system frees it when the process ends, however it ends.

    The file says who holds it (process id and start); it stays, because a file that comes and goes can be locked twice.

    Raises: `build_running` where another builder holds it, with its process id and start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_NAME).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise BundleError(
                "build_running",
                f"another build writes to {folder}{_holder(folder)}.",
                "Wait for its end, then try again.",
            ) from held
        lock.seek(0)
        lock.truncate()
        lock.write(json.dumps({"pid": os.getpid(), "started_at": now.astimezone(dt.UTC).isoformat(timespec="seconds")}))
        lock.flush()
        yield


def _holder(folder: Path) -> str:
    """Who holds the lock, as far as the file can be read."""
    try:
        raw = json.loads((folder / LOCK_NAME).read_text(encoding="utf-8"))
        return f" (process {int(raw['pid'])}, since {raw['started_at']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
