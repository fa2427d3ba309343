"""What libraries log: a record goes in; a line of JSON without the values of its message, which may quote a question, comes out."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from types import TracebackType

MAX_FRAMES = 12


class LibraryLine(logging.Formatter):
    """One JSON object a line: who logs, how grave it is, the message as it stands in the library's code, and of an exception its
    type and where it arose. What the message was filled with, and what the exception says, is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {"logger": record.name, "level": record.levelname, "message": str(record.msg).strip()}
        if record.exc_info and record.exc_info[1] is not None:
            fault = record.exc_info[1]
            line |= {"fault": type(fault).__name__, "frames": frames_of(fault.__traceback__)}
        return json.dumps(line, ensure_ascii=False)


def frames_of(trace: TracebackType | None) -> list[str]:
    """Where a fault arose: file, line and function of the innermost calls."""
    calls = traceback.extract_tb(trace)[-MAX_FRAMES:]
    return [f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls]
