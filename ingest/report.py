"""What a build tells of itself, for people and for machines: one entry a document, and the sum of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.gate import Passed


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """How one document went: `outcome` is "indexed", "failed" or "withdrawn"; a failure has the code and words of its error.

    `change` is "added", "changed", "described" (its text kept, what is said of it new) or "kept" for what is indexed.
    """

    document_id: str
    file: str
    outcome: str
    pages: int = 0
    passages: int = 0
    code: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()
    change: str = ""


@dataclass(slots=True)
class BuildReport:
    """What a build did. `changes` counts documents by what became of them; `seconds` is by stage.

    `encoded_passages` got a new vector, all others kept theirs; `gone` says why documents of the bundle before left it;
    `recall` is what the gate measured, where there is one.
    """

    bundle_id: str = ""
    previous_id: str | None = None
    unchanged: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    encoded_passages: int = 0
    documents: list[DocumentReport] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    remark: str = ""
    recall: Passed | None = None
    removed_bundles: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> list[DocumentReport]:
        """The documents that could not be indexed."""
        return [report for report in self.documents if report.outcome == "failed"]

    def count_changes(self) -> None:
        """Fill `changes` from the documents' reports."""
        names = [one.change if one.outcome == "indexed" else one.outcome for one in self.documents]
        kinds = ("added", "changed", "described", "kept", "withdrawn", "failed")
        self.changes = {kind: names.count(kind) for kind in kinds} | {"gone": len(self.gone)}

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time of what runs within to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add_seconds(stage, time.perf_counter() - start)

    def add_seconds(self, stage: str, seconds: float) -> None:
        """Add to a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
