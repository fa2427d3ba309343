"""What a builder prints: the JSON lines of its log and its last report go in; phase, counts and remarks by document come out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_REMARKS = 100
_KNOWN_ERROR = re.compile(r"([a-z]+(?:_[a-z]+)+): (.*)")


@dataclass(frozen=True, slots=True)
class Remark:
    """What must be known of one document: a warning, or with a `code` why it could not be indexed."""

    document_id: str
    message: str
    code: str = ""


@dataclass(slots=True)
class Progress:
    """How far a builder is. `phase` is one of its stages, `done` and `total` count documents."""

    phase: str = "start"
    done: int = 0
    total: int = 0
    eta_s: float | None = None
    remarks: list[Remark] = field(default_factory=list)
    fault: tuple[str, str] | None = None
    """Code and words of the known error that the builder ended with."""

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in one event of the builder; events of other kinds are passed over."""
        if event.get("event") == "stage":
            self.phase, self.eta_s = str(event["stage"]), None
        elif event.get("event") == "document":
            self.done, self.total, self.eta_s = int(event["done"]), int(event["total"]), float(event["eta_s"])
            self.remarks += _remarks(event)
            del self.remarks[MAX_REMARKS:]


def progress_of(log: Path) -> Progress:
    """The progress that a log tells of, as far as it is written."""
    found = Progress()
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                _read_line(found, line.rstrip("\n"))
    except OSError:
        pass
    return found


def report_of(path: Path) -> Mapping[str, Any] | None:
    """The report that a builder printed when it ended, or None where it printed none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) and raw.get("bundle_id") else None


def remarks_of(documents: Iterable[Mapping[str, Any]]) -> list[Remark]:
    """The failures, then the warnings, of the documents of a report; at most MAX_REMARKS."""
    found = [remark for document in documents for remark in _remarks(document)]
    return sorted(found, key=lambda remark: not remark.code)[:MAX_REMARKS]


def _read_line(progress: Progress, line: str) -> None:
    """Take in a line: an event, the error that the builder ended with, or something else, which is passed over."""
    if fault := _KNOWN_ERROR.fullmatch(line):
        progress.fault = fault[1], fault[2]
        return
    try:
        event = json.loads(line)
        if isinstance(event, dict):
            progress.hear(event)
    except (ValueError, KeyError, TypeError):
        return


def _remarks(document: Mapping[str, Any]) -> list[Remark]:
    name = str(document["document_id"])
    found = [Remark(name, str(warning)) for warning in document.get("warnings", ())]
    if document.get("outcome") == "failed":
        found.append(Remark(name, str(document["message"]), str(document["code"])))
    return found
