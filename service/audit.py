"""What operators did: an act goes in; a line of JSON, in a file beside the bundles and in the log, comes out."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from service.line_file import add_line
from service.observe import AUDIT_LOG

TAIL_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Act:
    """One act: when (RFC 3339, UTC), who, what, on what, with what result. No address and no question."""

    at: str
    by: str
    act: str
    target: str
    result: str
    request_id: str


class Audit:
    """The audit log of a shelf; only ever added to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, by: str, act: str, target: str, result: str, request_id: str) -> None:
        """Add an act: one write, so that lines of two workers never mix."""
        line = json.dumps(asdict(Act(now(), by, act, target, result, request_id)), ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        add_line(self._path, line.encode() + b"\n")
        AUDIT_LOG.info(line)

    def latest(self, count: int) -> list[Act]:
        """The last acts, the newest first; lines that cannot be read are passed over."""
        try:
            with self._path.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(0, size - TAIL_BYTES))
                lines = stream.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return []
        found: list[Act] = []
        for line in reversed(lines):
            try:
                found.append(Act(**json.loads(line)))
            except (ValueError, TypeError):
                continue
            if len(found) == count:
                break
        return found


def now() -> str:
    """The moment as RFC 3339 in UTC, in whole seconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
