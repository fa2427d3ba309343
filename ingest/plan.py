"""Documents to index and the active bundle in, what is to be done with each of them out, and why; nothing is read yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from corpus.analysis import ANALYSIS_RULE
from corpus.bundle import Bundle, DocumentRecord
from corpus.encoder import EncoderCard
from corpus.withdrawals import Withdrawal
from ingest.job import Job


class Deed(StrEnum):
    """What a build does with a document. DESCRIBED: the text is kept, what is said of it (title, dates, status) is new."""

    ADDED = "added"
    CHANGED = "changed"
    DESCRIBED = "described"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


READ = frozenset({Deed.ADDED, Deed.CHANGED})


@dataclass(frozen=True, slots=True)
class Planned:
    """One document: its deed, the reason in words, its row in the active bundle (None: not there), its bytes' SHA-256."""

    job: Job
    deed: Deed
    reason: str
    row: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A document of the active bundle that is not to be indexed any more."""

    document_id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a bundle is made by; `reading` and `split` decide whether a text must be read again."""

    reading: str
    split: str
    encoder: EncoderCard


@dataclass(frozen=True, slots=True)
class Plan:
    """All documents in order, and those that leave. `keeps_rows`: tables and lexical data may be taken over as they are.

    `remark` says why everything is done anew, or is empty.
    """

    documents: tuple[Planned, ...]
    gone: tuple[Gone, ...]
    keeps_rows: bool
    remark: str = ""

    def counts(self) -> dict[str, int]:
        """How many documents each deed is for, and how many leave."""
        found = {deed.value: 0 for deed in Deed}
        for one in self.documents:
            found[one.deed.value] += 1
        return {**found, "gone": len(self.gone)}


def make_plan(
    jobs: Sequence[Job], base: Bundle | None, rules: Rules, withdrawn: Mapping[str, Withdrawal], *, remark: str = ""
) -> Plan:
    """What is to be done with each job, and with what the active bundle has beyond them."""
    rows = {record.source.id: n for n, record in enumerate(base.documents)} if base else {}
    again = _why_read_again(base, rules)
    planned = tuple(_planned(job, base, rows.get(job.source.id), again, withdrawn) for job in jobs)
    wanted = {one.job.source.id for one in planned if one.deed is not Deed.WITHDRAWN}
    gone = tuple(
        _gone(record, withdrawn) for record in (base.documents if base else ()) if record.source.id not in wanted
    )
    keeps_rows = base is not None and base.card.analysis_rule == ANALYSIS_RULE
    return Plan(planned, gone, keeps_rows, remark or again)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal, "" where it cannot be read: its reader will say why."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _why_read_again(base: Bundle | None, rules: Rules) -> str:
    if base is None:
        return ""
    if not base.card.reading_rule or base.card.reading_rule != rules.reading:
        return "the readers are not those of the active bundle"
    if base.card.split_rule != rules.split:
        return f"passages are cut by another rule ({rules.split})"
    return ""


def _planned(
    job: Job, base: Bundle | None, row: int | None, again: str, withdrawn: Mapping[str, Withdrawal]
) -> Planned:
    if job.source.id in withdrawn:
        return Planned(job, Deed.WITHDRAWN, withdrawn[job.source.id].reason, row)
    if job.refusal is not None:
        return Planned(job, Deed.REFUSED, str(job.refusal), row)
    sha256 = digest_of(job.path)
    if base is None or row is None:
        return Planned(job, Deed.ADDED, "not in the active bundle", None, sha256)
    deed, reason = _compared(job, base.documents[row], sha256, again)
    return Planned(job, deed, reason, row, sha256)


def _compared(job: Job, record: DocumentRecord, sha256: str, again: str) -> tuple[Deed, str]:
    """What is to be done with a document that the active bundle has, and why."""
    if record.source.sha256 != sha256:
        return Deed.CHANGED, "its bytes are other ones"
    if again:
        return Deed.CHANGED, again
    told = replace(job.source, sha256=sha256, media_type=record.source.media_type)
    if record.declared_sha256 == job.declared_sha256 or (job.from_catalogue and told == record.source):
        return Deed.KEPT, ""
    if not job.from_catalogue or _suffix(record.source.file) != _suffix(job.source.file):
        return Deed.CHANGED, "what is said of it from outside changed"
    return Deed.DESCRIBED, "the catalogue says something else of it"


def _suffix(file: str | None) -> str:
    return PurePosixPath(file or "").suffix.lower()


def _gone(record: DocumentRecord, withdrawn: Mapping[str, Withdrawal]) -> Gone:
    known = withdrawn.get(record.source.id)
    reason = f"withdrawn: {known.reason}" if known else "no longer among the documents to index"
    return Gone(record.source.id, record.source.title, reason)
