"""Files of JSON lines that several processes add to: a line goes in at the end, lines of before a moment go out, none is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from corpus.withdrawals import replace_file


def add_line(path: Path, content: bytes, max_bytes: int | None = None) -> bool:
    """Add a line, its line feed included, in one write; False where the file would outgrow `max_bytes`.

    Raises: OSError where it cannot be written.
    """
    with _held(path) as handle:
        if max_bytes is not None and os.fstat(handle).st_size + len(content) > max_bytes:
            return False
        os.write(handle, content)
        return True


def purge_lines(path: Path, before: dt.datetime, key: str) -> tuple[int, int]:
    """Take out the lines whose `key` (RFC 3339) is before a moment, and those that have none; how many went and how many stayed.

    Raises: OSError.
    """
    if not path.exists():
        return 0, 0
    with _held(path):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if (told := _moment(line, key)) is not None and told >= before]
        if len(kept) < len(lines):
            replace_file(path, b"".join(kept).decode("utf-8"))
            path.chmod(0o600)
        return len(lines) - len(kept), len(kept)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file, open for adding, and ours alone: one that was replaced while we waited for it is opened anew."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
                yield handle
                return
        finally:
            os.close(handle)


def _moment(line: bytes, key: str) -> dt.datetime | None:
    try:
        told = dt.datetime.fromisoformat(json.loads(line)[key])
    except (ValueError, KeyError, TypeError):
        return None
    return told if told.tzinfo else None
