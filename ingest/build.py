"""Sources to an active bundle: the only module that knows the order of the stages; every document gets its outcome.

plan -> read (in other processes) -> embed -> write aside -> verify -> activate -> prune. What the active bundle has of
an unchanged document is taken over; the result is the same, byte for byte, as if everything had been done anew.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_rows import read_back
from corpus.bundle_writer import write_bundle
from corpus.changes import compare, write_changes
from corpus.encoder import Encoder
from corpus.errors import BundleError, KnownError
from corpus.indexed_document import IndexedDocument, KeptDocument
from corpus.shelf import Shelf
from ingest import glossary
from ingest.describe import described, linked
from ingest.embed import embed, embed_changed
from ingest.gate import Gate, pass_gate
from ingest.job import Job
from ingest.lock import building
from ingest.plan import READ, Deed, Plan, Planned, Rules, make_plan
from ingest.put_in_place import disk_fault, on_disk, put_in_place
from ingest.reading import Limits
from ingest.reading_room import ReadingRoom
from ingest.reading_rule import reading_rule
from ingest.report import BuildReport, DocumentReport
from ingest.split import SplitRule
from ingest.verify import verify_bundle

__all__ = ["BuildReport", "DocumentReport", "Job", "Options", "build", "embed", "plan_build"]
Document = IndexedDocument | KeptDocument


def _silent(stage: str, total: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Options:
    """How to build: `full` takes nothing from the active bundle; `stage` hears each stage as it begins, with its size.

    A bundle that does not pass the `gate` is not activated.
    """

    rule: SplitRule = field(default_factory=SplitRule)
    limits: Limits = field(default_factory=Limits)
    readers: int = 2
    full: bool = False
    gate: Gate | None = None
    stage: Callable[[str, int], None] = _silent


def build(
    jobs: Sequence[Job],
    encoder: Encoder,
    shelf: Shelf,
    *,
    now: dt.datetime,
    keep_bundles: int,
    options: Options | None = None,
    tell: Callable[[DocumentReport], None] = lambda report: None,
) -> BuildReport:
    """Bring the active bundle to what the jobs say: read what is new, keep the rest, verify the bundle, activate it.

    A document that cannot be read is reported and left out, whatever its fault. `tell` hears each document's outcome as it comes.

    Raises: `build_running`; `nothing_to_index` where no document could be read; `bundle_corrupt` where the new bundle fails
    verification; `recall_fell`; `withdrawals_damaged`; `disk_full` or `bundles_unwritable`, and then nothing is changed.
    """
    options = options or Options()
    try:
        with building(shelf.folder, now):
            shelf.sweep()
            return _build(jobs, encoder, shelf, options, tell, now, keep_bundles)
    except OSError as fault:
        raise disk_fault(fault, shelf.folder) from fault


def plan_build(jobs: Sequence[Job], encoder: Encoder, shelf: Shelf, options: Options | None = None) -> Plan:
    """What `build` would do, without doing it.

    Raises: `withdrawals_damaged`.
    """
    return _planned(jobs, encoder, shelf, options or Options())[0]


def _build(
    jobs: Sequence[Job],
    encoder: Encoder,
    shelf: Shelf,
    options: Options,
    tell: Callable[[DocumentReport], None],
    now: dt.datetime,
    keep_bundles: int,
) -> BuildReport:
    report = BuildReport(previous_id=shelf.active_id())
    options.stage("plan", len(jobs))
    with report.timed("plan"):
        plan, base, rules = _planned(jobs, encoder, shelf, options)
    report.remark, report.gone = plan.remark, {one.document_id: one.reason for one in plan.gone}
    documents = _documents(plan, base, options, report, tell)
    if not documents:
        raise KnownError("nothing_to_index", "no document could be indexed", "See the reasons above, or add documents.")
    report.count_changes()
    if base is not None and base.changes and _is_same(documents, base, encoder):
        report.unchanged, report.bundle_id, report.counts = True, base.card.id, dict(base.card.counts)
        report.removed_bundles = shelf.prune(keep_bundles)
        return report
    _publish(documents, base, rules, encoder, shelf, options, report, now)
    options.stage("prune", 0)
    report.removed_bundles = shelf.prune(keep_bundles)
    return report


def _publish(
    documents: Sequence[Document],
    base: Bundle | None,
    rules: Rules,
    encoder: Encoder,
    shelf: Shelf,
    options: Options,
    report: BuildReport,
    now: dt.datetime,
) -> None:
    """Embed, write aside, verify, activate."""
    options.stage("embed", len(documents))
    with report.timed("embed"):
        embedded = embed_changed(documents, encoder, base)
        report.encoded_passages = embedded.n_encoded
    with tempfile.TemporaryDirectory(prefix=".building-", dir=shelf.folder) as name:
        aside = Path(name)
        options.stage("write", len(embedded.vectors))
        with report.timed("write"):
            card = write_bundle(
                aside,
                documents,
                embedded.vectors,
                encoder=encoder.card,
                split_rule=rules.split,
                built_at=_rfc3339(now),
                glossary=_glossary(documents, base),
                base=base if any(isinstance(one, KeptDocument) for one in documents) else None,
                reading_rule=rules.reading,
            )
        options.stage("verify", card.counts["passages"])
        with report.timed("verify"), on_disk(aside):
            bundle = verify_bundle(aside, encoder, check_files=False)
            if base is None and report.previous_id is not None:
                base = _unchecked(shelf)
            _tell_changes(aside, bundle, base, report)
        if options.gate is not None:
            options.stage("evaluate", len(options.gate.questions))
            with report.timed("evaluate"):
                report.recall = pass_gate(options.gate, base, bundle, encoder)
        options.stage("activate", 0)
        with report.timed("activate"):
            report.unchanged = not put_in_place(aside, card, shelf, now)
    report.bundle_id, report.counts = card.id, dict(card.counts)


def _planned(
    jobs: Sequence[Job], encoder: Encoder, shelf: Shelf, options: Options
) -> tuple[Plan, Bundle | None, Rules]:
    """The plan, and the active bundle where it is whole and may be built upon."""
    rules = Rules(reading_rule(), options.rule.name, encoder.card)
    base, remark = None, "all documents are read again, as asked" if options.full else ""
    if shelf.active_id() is not None and not options.full:
        try:
            base = open_bundle(shelf.active_folder())
        except BundleError as damage:
            remark = f"the active bundle cannot be built upon ({damage.message}): all documents are read again"
    return make_plan(jobs, base, rules, shelf.withdrawals().current(), remark=remark), base, rules


def _documents(
    plan: Plan, base: Bundle | None, options: Options, report: BuildReport, tell: Callable[[DocumentReport], None]
) -> list[Document]:
    """Every document that can be indexed, in the order of the plan, linked to what supersedes it."""
    options.stage("read", sum(one.deed in READ for one in plan.documents))
    found: list[Document] = []
    room = ReadingRoom(options.rule, options.limits, options.readers)
    with report.timed("read"), room, ThreadPoolExecutor(options.readers) as threads:
        made = threads.map(lambda one: _document(one, base, room, keeps_rows=plan.keeps_rows), plan.documents)
        try:
            for document, outcome in made:
                report.documents.append(outcome)
                tell(outcome)
                if document is not None:
                    found.append(document)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # on Ctrl-C what was not begun is not begun
    sources = linked([document.source for document in found], [one.job for one in plan.documents])
    return [replace(document, source=source) for document, source in zip(found, sources, strict=True)]


def _document(
    planned: Planned, base: Bundle | None, room: ReadingRoom, *, keeps_rows: bool
) -> tuple[Document | None, DocumentReport]:
    """One document, and how it went."""
    job, source_id = planned.job, planned.job.source.id
    if planned.deed is Deed.WITHDRAWN:
        return None, DocumentReport(source_id, job.name, "withdrawn", message=planned.reason)
    if job.refusal is not None:
        return None, DocumentReport(source_id, job.name, "failed", code=job.refusal.code, message=planned.reason)
    if planned.deed not in READ and base is not None and planned.row is not None:
        document = _kept(planned, base, planned.row, keeps_rows=keeps_rows)
        record = base.documents[planned.row]
        said = DocumentReport(source_id, job.name, "indexed", record.n_pages, record.n_passages, change=planned.deed)
        return document, replace(said, warnings=record.warnings)
    try:
        reading = room.read(job.path)
    except KnownError as fault:
        return None, DocumentReport(source_id, job.name, "failed", code=fault.code, message=str(fault))
    made = IndexedDocument(
        described(job, planned.sha256, reading.media_type, reading.title, reading.metadata),
        reading.pages,
        reading.passages,
        reading.warnings,
        job.path,
        reading.acronyms,
        job.declared_sha256,
    )
    counts = len(made.pages), len(made.passages)
    outcome = DocumentReport(source_id, job.name, "indexed", *counts, warnings=made.warnings, change=planned.deed)
    return made, outcome


def _kept(planned: Planned, base: Bundle, row: int, *, keeps_rows: bool) -> Document:
    """A document whose text is in the active bundle, with what is said of it now."""
    job, record = planned.job, base.documents[row]
    source = replace(record.source, superseded_by=(), superseded_on=None)
    if job.from_catalogue:
        source = replace(job.source, sha256=planned.sha256, media_type=record.source.media_type)
    same_words = (source.title, source.language) == (record.source.title, record.source.language)
    if keeps_rows and same_words:
        return KeptDocument(source, row, record.n_passages, job.declared_sha256)
    return replace(
        read_back(base, row), source=source, declared_sha256=job.declared_sha256, original=base.original(source.id)
    )


def _is_same(documents: Sequence[Document], base: Bundle, encoder: Encoder) -> bool:
    """Whether the bundle of these documents would be the active one again."""
    kept = [one for one in documents if isinstance(one, KeptDocument)]
    return (
        len(kept) == len(documents) == len(base.documents)
        and base.card.encoder == encoder.card
        and all(
            (one.row, one.source, one.declared_sha256) == (row, record.source, record.declared_sha256)
            for row, (one, record) in enumerate(zip(kept, base.documents, strict=True))
        )
    )


def _glossary(documents: Sequence[Document], base: Bundle | None) -> list[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for document in documents:
        kept = base.documents[document.row].acronyms if base and isinstance(document, KeptDocument) else ()
        acronyms = document.acronyms if isinstance(document, IndexedDocument) else kept
        for short, long, count in acronyms:
            counts[short, long] += count
    return glossary.ranked(counts)


def _tell_changes(aside: Path, bundle: Bundle, base: Bundle | None, report: BuildReport) -> None:
    """Write what this bundle changes, and what those before it did."""
    reasons = {**report.gone, **{one.document_id: f"{one.code}: {one.message}" for one in report.failed}}
    earlier = base.changes if base is not None else ()
    write_changes(aside, [compare(base, bundle, bundle.card.built_at, reasons), *earlier])


def _unchecked(shelf: Shelf) -> Bundle | None:
    """The active bundle for comparison, if it is whole: a full build takes nothing from it."""
    try:
        return open_bundle(shelf.active_folder())
    except BundleError:
        return None


def _rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
