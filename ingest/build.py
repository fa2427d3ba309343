"""Sources to an active bundle: the only module that knows the order of the stages; every document gets its outcome."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from corpus.bundle_card import BundleCard, check_seals, read_card
from corpus.bundle_writer import IndexedDocument, IndexedPassage, IndexedSentence, write_bundle
from corpus.catalogue import read_source
from corpus.document import Source
from corpus.encoder import Encoder
from corpus.errors import BundleError, KnownError, ReadError
from corpus.index import Vectors
from corpus.shelf import Shelf
from ingest import clean, glossary, read_html, read_markdown, read_pdf, read_text, structure
from ingest.manuscript import Draft, Manuscript
from ingest.media_type import media_type_of
from ingest.split import SplitRule, split
from ingest.verify import verify_bundle

READERS: dict[str, Callable[[Path], Draft]] = {
    "application/pdf": read_pdf.read,
    "text/html": read_html.read,
    "text/markdown": read_markdown.read,
    "text/plain": read_text.read,
}
_ENCODE_BATCH = 512
_OWN_KEYS = ("publisher", "language", "licence", "kind", "status", "url")
_OWN_DATES = ("published_on", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Job:
    """One document to index: what the catalogue says of it, its file, and whether its own metadata may complete that."""

    source: Source
    path: Path
    from_catalogue: bool = True


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """How one document went: `outcome` is "indexed" or "failed"; a failure has the code and the words of its error."""

    document_id: str
    file: str
    outcome: str
    pages: int = 0
    passages: int = 0
    code: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class BuildReport:
    """What a build did; `seconds` is by stage."""

    bundle_id: str = ""
    unchanged: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    documents: list[DocumentReport] = field(default_factory=list)
    removed_bundles: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> list[DocumentReport]:
        """The documents that could not be indexed."""
        return [report for report in self.documents if report.outcome == "failed"]


@contextlib.contextmanager
def _timed(report: BuildReport, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[stage] = report.seconds.get(stage, 0.0) + time.perf_counter() - start


def build(
    jobs: Sequence[Job],
    encoder: Encoder,
    shelf: Shelf,
    *,
    now: dt.datetime,
    keep_bundles: int,
    rule: SplitRule | None = None,
    tell: Callable[[DocumentReport], None] = lambda report: None,
) -> BuildReport:
    """Read, split and embed every job's document, write a bundle aside, verify it, activate it.

    A document that cannot be read is reported and left out, whatever its fault. `tell` hears each document's outcome as it comes.

    Raises: `nothing_to_index` where no document could be read; `bundle_corrupt` where the new bundle fails verification.
    """
    rule = rule or SplitRule()
    report = BuildReport()
    documents = []
    for job in jobs:
        document, outcome = _index_one(job, rule, report)
        report.documents.append(outcome)
        tell(outcome)
        if document is not None:
            documents.append(document)
    if not documents:
        raise KnownError("nothing_to_index", "no document could be indexed", "See the reasons above, or add documents.")
    with _timed(report, "embed"):
        vectors = embed(documents, encoder)
    shelf.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=shelf.folder) as name:
        aside = Path(name)
        with _timed(report, "write"):
            card = write_bundle(
                aside,
                documents,
                vectors,
                encoder=encoder.card,
                split_rule=rule.name,
                built_at=_rfc3339(now),
                glossary=glossary.harvest(_sentences(documents)),
            )
        with _timed(report, "verify"):
            verify_bundle(aside, encoder)
        _shelve(aside, card, shelf, report)
    report.bundle_id, report.counts = card.id, dict(card.counts)
    report.removed_bundles = shelf.prune(keep_bundles)
    return report


def embed(documents: Sequence[IndexedDocument], encoder: Encoder) -> Vectors:
    """One vector a passage, title and headings in front of its text: float32 (n_passages, dimension)."""
    texts = [
        " . ".join((document.source.title, *passage.section, document.passage_text(passage)))
        for document in documents
        for passage in document.passages
    ]
    batches = [encoder.encode_passages(texts[n : n + _ENCODE_BATCH]) for n in range(0, len(texts), _ENCODE_BATCH)]
    return np.concatenate(batches) if batches else np.empty((0, encoder.card.dimension), np.float32)


def _index_one(job: Job, rule: SplitRule, report: BuildReport) -> tuple[IndexedDocument | None, DocumentReport]:
    name = job.source.file or job.path.name
    try:
        with _timed(report, "read"):
            manuscript = read(job.path)
        with _timed(report, "split"):
            document = _indexed(job, manuscript, rule)
    except KnownError as fault:
        return None, DocumentReport(job.source.id, name, "failed", code=fault.code, message=str(fault))
    except Exception as fault:  # noqa: BLE001 - the edge to foreign files: one of them must never stop the others
        message = f"{name}: {_where(fault)}. Please report it, with the file if you can."
        return None, DocumentReport(job.source.id, name, "failed", code="reader_fault", message=message)
    return document, DocumentReport(
        job.source.id,
        name,
        "indexed",
        pages=len(document.pages),
        passages=len(document.passages),
        warnings=manuscript.warnings,
    )


def _where(fault: Exception) -> str:
    """A fault of ours in one line: its type, its words, and the module and line that it left."""
    left = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {Path(left.filename).name}, line {left.lineno}: {str(fault)[:200]}"


def read(path: Path) -> Manuscript:
    """The document of a file, its reader chosen by content first, then by name.

    Raises: ReadError.
    """
    if not path.is_file():
        raise ReadError(
            "missing_file", f"{path.name} is not there", "Check `file` in the catalogue, or run: make corpus"
        )
    return structure.structure(clean.clean(READERS[media_type_of(path)](path)))


def _indexed(job: Job, manuscript: Manuscript, rule: SplitRule) -> IndexedDocument:
    pieces = split(manuscript, rule)
    if not pieces:
        raise ReadError("empty_document", f"{job.path.name} has no text to quote", "")
    digest = hashlib.sha256(job.path.read_bytes()).hexdigest()
    source = replace(job.source, sha256=digest, media_type=manuscript.media_type)
    if not job.from_catalogue:
        source = _completed(source, manuscript)
    passages = tuple(
        IndexedPassage(
            piece.page_index,
            piece.start,
            piece.end,
            piece.section,
            tuple(IndexedSentence(s.start, s.end, s.kind.value) for s in piece.sentences),
        )
        for piece in pieces
    )
    return IndexedDocument(source, manuscript.pages, passages, manuscript.warnings, job.path)


def _completed(source: Source, manuscript: Manuscript) -> Source:
    """The source with what the document says of itself; a value that cannot be used is passed over."""
    table: dict[str, object] = {
        "id": source.id,
        "title": manuscript.metadata.get("title") or manuscript.title or source.title,
    }
    for key in (*_OWN_KEYS, *_OWN_DATES):
        value = manuscript.metadata.get(key)
        if not value:
            continue
        try:
            read_source({"id": source.id, key: value}, "metadata")
        except KnownError:
            continue
        table[key] = value
    return replace(read_source(table, "metadata"), file=source.file, sha256=source.sha256, media_type=source.media_type)


def _sentences(documents: Sequence[IndexedDocument]) -> Iterator[str]:
    for document in documents:
        for passage in document.passages:
            page = document.pages[passage.page_index].text
            yield from (page[s.start : s.end] for s in passage.sentences)


def _shelve(aside: Path, card: BundleCard, shelf: Shelf, report: BuildReport) -> None:
    """Put the bundle at its place, and point to it; one that is there already stays if it is whole."""
    target = shelf.folder / card.id
    whole = _is_whole(target)
    report.unchanged = whole and shelf.active_id() == card.id
    if not whole:
        shutil.rmtree(target, ignore_errors=True)
        aside.chmod(0o755)
        aside.rename(target)
        aside.mkdir()  # what the context manager will remove
    shelf.activate(card.id)


def _is_whole(folder: Path) -> bool:
    try:
        check_seals(folder, read_card(folder))
    except BundleError:
        return False
    return True


def _rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
