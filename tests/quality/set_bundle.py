"""A retrieval set in, an engine over its documents out: each document is read, split and indexed by the product's stages.

Bundles are kept under .cache/quality, named by a digest of the documents, the encoder and the code that indexes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.bundle import open_bundle
from corpus.bundle_writer import IndexedDocument, IndexedPassage, IndexedSentence, write_bundle
from corpus.document import Source
from corpus.encoder import Encoder
from ingest import clean, glossary, read_markdown, read_text, structure
from ingest.embed import embed
from ingest.split import SplitRule, split
from service.engine import AnswerEngine
from tests.quality.sets import REPOSITORY, RetrievalSet, SetDocument

CACHE = REPOSITORY / ".cache" / "quality"
KEPT_OF_A_SET = 3
_INDEXING = (
    "corpus/analysis.py corpus/bundle_card.py corpus/bundle_writer.py corpus/index.py corpus/passage.py"
    " corpus/postings.py corpus/tables.py ingest/clean.py ingest/clean_characters.py ingest/embed.py ingest/glossary.py"
    " ingest/read_markdown.py ingest/read_text.py ingest/sentences.py ingest/split.py ingest/structure.py"
    " tests/quality/set_bundle.py"
).split()
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SetEngine:
    """An engine over one set; `document_ids` are the set's own, by row of `engine.bundle.documents`."""

    engine: AnswerEngine
    document_ids: tuple[str, ...]


def engine_of(found: RetrievalSet, encoder: Encoder, rule: SplitRule | None = None) -> SetEngine:
    """The engine of a set, from the cache where neither the set, the encoder nor the indexing code has changed."""
    rule = rule or SplitRule()
    folder = CACHE / f"{found.name}-{_digest(found, encoder, rule)}"
    if not folder.is_dir():
        _write(found, encoder, rule, folder)
    os.utime(folder)
    bundle = open_bundle(folder, check=False)
    by_source = {_source_id(n): document.id for n, document in enumerate(found.documents)}
    return SetEngine(AnswerEngine(bundle, encoder), tuple(by_source[r.source.id] for r in bundle.documents))


def _write(found: RetrievalSet, encoder: Encoder, rule: SplitRule, folder: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=CACHE) as name:
        aside, texts = Path(name) / "bundle", Path(name) / "texts"
        texts.mkdir()
        aside.mkdir()
        documents = [_indexed(n, document, texts, rule) for n, document in enumerate(found.documents)]
        said = [d.pages[p.page_index].text[s.start : s.end] for d in documents for p in d.passages for s in p.sentences]
        write_bundle(
            aside,
            documents,
            embed(documents, encoder),
            encoder=encoder.card,
            split_rule=rule.name,
            built_at="2000-01-01T00:00:00Z",
            glossary=glossary.harvest(said),
        )
        if not folder.exists():
            aside.rename(folder)
    older = sorted(CACHE.glob(f"{found.name}-{'[0-9a-f]' * 16}"), key=lambda path: path.stat().st_mtime)
    for stale in older[:-KEPT_OF_A_SET]:
        shutil.rmtree(stale, ignore_errors=True)


def _indexed(number: int, document: SetDocument, texts: Path, rule: SplitRule) -> IndexedDocument:
    """The document read as a file: Markdown where it has headings with text under them, plain text otherwise."""
    headed = bool(_HEADING.search(document.text)) and any(
        line.strip() and not _HEADING.match(line) for line in document.text.split("\n")
    )
    path = texts / f"{_source_id(number)}.{'md' if headed else 'txt'}"
    path.write_text(document.text if headed else _HEADING.sub("", document.text), encoding="utf-8")
    draft = read_markdown.read(path) if headed else read_text.read(path)
    manuscript = structure.structure(clean.clean(draft))
    passages = tuple(
        IndexedPassage(
            piece.page_index,
            piece.start,
            piece.end,
            piece.section,
            tuple(IndexedSentence(s.start, s.end, s.kind.value) for s in piece.sentences),
        )
        for piece in split(manuscript, rule)
    )
    source = Source(_source_id(number), document.title or document.id, media_type=manuscript.media_type)
    return IndexedDocument(source, manuscript.pages, passages)


def _source_id(number: int) -> str:
    return f"d{number}"


def _digest(found: RetrievalSet, encoder: Encoder, rule: SplitRule) -> str:
    digest = hashlib.sha256(f"{encoder.card.revision} {rule.name}\n".encode())
    for name in _INDEXING:
        digest.update((REPOSITORY / name).read_bytes())
    for document in found.documents:
        digest.update(f"{document.id}\0{document.title}\0{document.text}\n".encode())
    return digest.hexdigest()[:16]


def sizes(engine: AnswerEngine) -> Mapping[str, int]:
    """How many documents, pages, passages and sentences the engine's bundle holds."""
    return dict(engine.bundle.card.counts)
