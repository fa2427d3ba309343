"""What a build tells as it goes, in three forms: a bar on a terminal, plain lines in a log, lines of JSON for a program.

JSON lines: `{"event": "stage", "stage", "total"}` as a stage begins; `{"event": "document", "done", "total", "eta_s", ...}`
with the fields of its report for each document; `{"event": "end", "bundle_id", "unchanged"}`.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict
from typing import Protocol, TextIO

from ingest.report import BuildReport, DocumentReport

FORMS = ("auto", "bar", "lines", "json")


class Progress(Protocol):
    """Hears what a build does."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins; `total` is how many documents or passages it is about, 0 where that means nothing."""
        ...

    def document(self, report: DocumentReport) -> None:
        """A document has its outcome."""
        ...

    def end(self, report: BuildReport) -> None:
        """The build is over."""
        ...


def progress_in(form: str, n_documents: int, stream: TextIO) -> Progress:
    """The progress of one of FORMS; "auto" is a bar where `stream` is a terminal, lines elsewhere."""
    if form == "json":
        return JsonLines(n_documents, stream)
    bar = form == "bar" or (form == "auto" and stream.isatty())
    return Bar(n_documents, stream) if bar else Lines(n_documents, stream)


def line_of(report: DocumentReport) -> str:
    """A document's outcome in one line, its warnings below it."""
    if report.outcome == "failed":
        return f"{report.file}: FAILED ({report.code}) {report.message}"
    if report.outcome == "withdrawn":
        return f"{report.file}: left out, withdrawn: {report.message}"
    warnings = "".join(f"\n    warning: {warning}" for warning in report.warnings)
    return f"{report.file}: {report.pages} pages, {report.passages} passages{warnings}"


class Lines:
    """One line a document that is not merely kept, one a stage."""

    def __init__(self, n_documents: int, stream: TextIO) -> None:
        self._total, self._done, self._stream = n_documents, 0, stream

    def stage(self, name: str, total: int) -> None:
        """Say it on a line of its own."""
        print(f"{name}{f': {total}' if total else ''}", file=self._stream, flush=True)

    def document(self, report: DocumentReport) -> None:
        """Say how it went, unless nothing changed for it."""
        self._done += 1
        if report.change != "kept":
            print(f"[{self._done}/{self._total}] {line_of(report)}", file=self._stream, flush=True)

    def end(self, report: BuildReport) -> None:
        """Nothing more: the report follows."""


class Bar:
    """One line that is written over; failures and warnings stay above it."""

    def __init__(self, n_documents: int, stream: TextIO = sys.stderr) -> None:
        self._total, self._done, self._stream = n_documents, 0, stream
        self._began = time.monotonic()

    def stage(self, name: str, total: int) -> None:
        """Show the stage."""
        self._show(name)

    def document(self, report: DocumentReport) -> None:
        """Move on; keep what went wrong."""
        self._done += 1
        if report.outcome != "indexed" or (report.warnings and report.change != "kept"):
            self._stream.write(f"\r\x1b[K{line_of(report)}\n")
        self._show(report.file)

    def end(self, report: BuildReport) -> None:
        """Take the bar away."""
        self._stream.write("\r\x1b[K")
        self._stream.flush()

    def _show(self, what: str) -> None:
        share = self._done / self._total if self._total else 1.0
        filled = round(20 * share)
        eta = _eta_s(self._began, self._done, self._total)
        text = (
            f"[{'#' * filled}{'.' * (20 - filled)}] {self._done}/{self._total}{f' {eta:.0f} s' if eta else ''} {what}"
        )
        self._stream.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        self._stream.flush()


class JsonLines:
    """One JSON document a line."""

    def __init__(self, n_documents: int, stream: TextIO) -> None:
        self._total, self._done, self._stream = n_documents, 0, stream
        self._began = time.monotonic()

    def stage(self, name: str, total: int) -> None:
        """An event."""
        self._say({"event": "stage", "stage": name, "total": total})

    def document(self, report: DocumentReport) -> None:
        """An event with the fields of the report."""
        self._done += 1
        eta = _eta_s(self._began, self._done, self._total)
        self._say(
            {"event": "document", "done": self._done, "total": self._total, "eta_s": round(eta, 1), **asdict(report)}
        )

    def end(self, report: BuildReport) -> None:
        """An event."""
        self._say({"event": "end", "bundle_id": report.bundle_id, "unchanged": report.unchanged})

    def _say(self, event: dict[str, object]) -> None:
        print(json.dumps(event, ensure_ascii=False), file=self._stream, flush=True)


def _eta_s(began: float, done: int, total: int) -> float:
    return (time.monotonic() - began) / done * (total - done) if done else 0.0
