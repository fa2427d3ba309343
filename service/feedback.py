"""Reports of readers: a checked report goes in; one line of a file, without any address, comes out."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from service.line_file import add_line
from service.problems import ProblemError
from service.texts import Wording
from service.wire_parts import Out
from service.wire_request import Strict

MAX_NOTE_CHARS = 1000
Identifier = Annotated[str, Field(max_length=300)]
Reason = Literal["off_topic", "not_said", "incomplete", "outdated", "missing_document", "too_long", "other"]


class FeedbackRequest(Strict):
    """Body of POST /v1/feedback: what is wrong with an answer, or with one citation of it (`passage_id`)."""

    answer_id: Identifier
    reason: Reason
    bundle_id: Identifier = ""
    passage_id: Identifier = ""
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""
    lang: Literal["fr", "en"] = "fr"


class FeedbackOut(Out):
    """A report that was kept."""

    id: str
    received_at: dt.datetime


class FeedbackFile:
    """A file of JSON lines that only grows, up to a limit; the question, the answer and the reader's address are not in it."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes

    def add(self, report: FeedbackRequest, now: dt.datetime) -> FeedbackOut:
        """The report as it was kept.

        Raises: `feedback_full` where the file has reached its limit; OSError where it cannot be written.
        """
        kept = FeedbackOut(id="fb_" + secrets.token_hex(10), received_at=now)
        line = {"id": kept.id, "received_at": now.isoformat(timespec="seconds"), **report.model_dump()}
        content = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        if not add_line(self._path, content, self._max_bytes):
            raise _full()
        return kept


def _full() -> ProblemError:
    detail = Wording(
        "Le fichier des signalements est plein ; rien n'a été enregistré.",
        "The file of reports is full; nothing was kept.",
    )
    return ProblemError("feedback_full", detail, headers={"Retry-After": "86400"})
