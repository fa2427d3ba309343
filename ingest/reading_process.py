"""Lines of JSON on stdin, each a file to read; lines of JSON on stdout, each what was read of it, under limits.

Started by `ingest.reading_room`, never by hand. What a foreign library prints goes nowhere, so that it cannot be taken
for an answer; no file can be written, and no core is dumped.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

from ingest.reading import Limits, answer_of
from ingest.split import SplitRule

OPEN_FILES = 128


def main() -> int:
    """Answer until stdin ends, or until memory ran out: a process in that state is not used again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the builder decides what happens on Ctrl-C
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    for line in sys.stdin:
        asked = json.loads(line)
        limits = Limits(**asked["limits"])
        _limit(limits)
        answer = answer_of(Path(asked["path"]), SplitRule(*asked["rule"]), limits)
        try:
            text = json.dumps(answer)
        except MemoryError:
            text = json.dumps({"code": "document_memory_limit", "message": f"{Path(asked['path']).name}: too large."})
        answers.write(text + "\n")
        answers.flush()
        if answer.get("code") == "document_memory_limit":
            return 0
    return 0


def _limit(limits: Limits) -> None:
    """Set the limits for the next document: its processor time starts now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 1
    for what, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    sys.exit(main())
