"""Documents in, their rows in the tables of a bundle out: made anew, or taken over from another bundle as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpus.bundle import Bundle, source_to_json
from corpus.document import Page
from corpus.indexed_document import IndexedDocument, IndexedPassage, IndexedSentence, KeptDocument
from corpus.lexicon_writer import LexicalEntry
from corpus.passage import text_digest
from corpus.tables import PAGES, PASSAGES, RUNS, SENTENCE_KINDS, SENTENCES, Table

Section = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One document's rows; every number in its tables counts from the document's own first row, byte or section."""

    record: dict[str, Any]
    labels: list[str | None]
    sections: list[Section]
    pages: Table
    passages: Table
    sentences: Table
    runs: Table
    text: bytes


def segment_of(document: IndexedDocument) -> Segment:
    """The rows of a document that was read."""
    pages, runs, text = _page_rows(document.pages)
    passages, sentences, sections = _passage_rows(document, [page[2] for page in pages])
    digest = hashlib.sha256("\f".join(page.text for page in document.pages).encode("utf-8"))
    record = {
        "source": source_to_json(document.source),
        "text_sha256": digest.hexdigest(),
        "warnings": list(document.warnings),
        "acronyms": [list(one) for one in document.acronyms],
        "declared_sha256": document.declared_sha256,
    }
    return Segment(
        record,
        [page.label for page in document.pages],
        sections,
        np.array(pages, dtype=PAGES),
        np.array(passages, dtype=PASSAGES),
        np.array(sentences, dtype=SENTENCES),
        np.array(runs, dtype=RUNS),
        text,
    )


def kept_segment(bundle: Bundle, document: KeptDocument) -> Segment:
    """The rows that `bundle` has of a document, with the new description of it."""
    known = bundle.documents[document.row]
    passages = bundle.passages[known.first_passage : known.first_passage + known.n_passages].copy()
    pages = bundle.pages[known.first_page : known.first_page + known.n_pages].copy()
    first_sentence, end_sentence = _span(passages, "sentence_start", "sentence_end")
    first_run, end_run = _span(pages, "run_start", "run_end")
    first_byte, end_byte = _span(pages, "byte_start", "byte_end")
    sentences = bundle.sentences[first_sentence:end_sentence].copy()
    sections = list(dict.fromkeys(int(one) for one in passages["section"]))
    number_of = {one: number for number, one in enumerate(sections)}
    passages["section"] = [number_of[int(one)] for one in passages["section"]]
    passages["page"] -= known.first_page
    sentences["passage"] -= known.first_passage
    pages["document"] = 0
    for table, names, first in (
        (pages, ("byte_start", "byte_end"), first_byte),
        (passages, ("byte_start", "byte_end"), first_byte),
        (pages, ("run_start", "run_end"), first_run),
        (passages, ("sentence_start", "sentence_end"), first_sentence),
    ):
        for name in names:
            table[name] -= first
    record = {
        "source": source_to_json(document.source),
        "text_sha256": known.text_sha256,
        "warnings": list(known.warnings),
        "acronyms": [list(one) for one in known.acronyms],
        "declared_sha256": document.declared_sha256,
    }
    return Segment(
        record,
        bundle.labels[known.first_page : known.first_page + known.n_pages],
        [bundle.sections[one] for one in sections],
        pages,
        passages,
        sentences,
        bundle.runs[first_run:end_run].copy(),
        bundle.text_bytes(first_byte, end_byte),
    )


def stack(segments: Sequence[Segment]) -> Segment:
    """All rows under each other, numbered through; `record` holds the list of records under "documents"."""
    records: list[dict[str, Any]] = []
    sections: dict[Section, int] = {}
    n_pages = n_passages = n_sentences = n_runs = n_bytes = 0
    for number, one in enumerate(segments):
        one.pages["document"] = number
        for table, names, first in (
            (one.pages, ("byte_start", "byte_end"), n_bytes),
            (one.passages, ("byte_start", "byte_end"), n_bytes),
            (one.pages, ("run_start", "run_end"), n_runs),
            (one.passages, ("sentence_start", "sentence_end"), n_sentences),
            (one.passages, ("page",), n_pages),
            (one.sentences, ("passage",), n_passages),
        ):
            for name in names:
                table[name] += first
        numbers = [sections.setdefault(path, len(sections)) for path in one.sections]
        if numbers:
            one.passages["section"] = np.array(numbers)[one.passages["section"]]
        counts = {"n_pages": len(one.pages), "n_passages": len(one.passages)}
        records.append({**one.record, "first_page": n_pages, "first_passage": n_passages, **counts})
        n_pages, n_passages = n_pages + len(one.pages), n_passages + len(one.passages)
        n_sentences, n_runs, n_bytes = n_sentences + len(one.sentences), n_runs + len(one.runs), n_bytes + len(one.text)
    return Segment(
        {"documents": records},
        [label for one in segments for label in one.labels],
        list(sections),
        _stacked([one.pages for one in segments], PAGES),
        _stacked([one.passages for one in segments], PASSAGES),
        _stacked([one.sentences for one in segments], SENTENCES),
        _stacked([one.runs for one in segments], RUNS),
        b"".join(one.text for one in segments),
    )


def read_back(bundle: Bundle, row: int) -> IndexedDocument:
    """The document of a row of `bundle.documents`, as it was before it was written."""
    record = bundle.documents[row]
    passages = []
    for passage_row in range(record.first_passage, record.first_passage + record.n_passages):
        entry = bundle.passages[passage_row]
        spans = bundle.sentences[int(entry["sentence_start"]) : int(entry["sentence_end"])]
        passages.append(
            IndexedPassage(
                int(entry["page"]) - record.first_page,
                int(entry["start"]),
                int(entry["end"]),
                bundle.section_of(passage_row),
                tuple(IndexedSentence(int(s["start"]), int(s["end"]), SENTENCE_KINDS[int(s["kind"])]) for s in spans),
            )
        )
    pages = tuple(bundle.page_at(record.first_page + index) for index in range(record.n_pages))
    document = IndexedDocument(record.source, pages, tuple(passages), record.warnings)
    return replace(document, acronyms=record.acronyms, declared_sha256=record.declared_sha256)


def lexical_entries(document: IndexedDocument) -> Iterator[LexicalEntry]:
    """What the lexicon needs of each passage, in order."""
    for passage in document.passages:
        page = document.pages[passage.page_index].text
        yield LexicalEntry(
            language=document.source.language,
            title=" . ".join((document.source.title, *passage.section)),
            sentences=[page[s.start : s.end] for s in passage.sentences],
        )


def _page_rows(pages: Sequence[Page]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]], bytes]:
    rows: list[tuple[int, ...]] = []
    runs: list[tuple[int, ...]] = []
    texts: list[bytes] = []
    at_byte = 0
    for page in pages:
        encoded, first_run = page.text.encode("utf-8"), len(runs)
        texts.append(encoded)
        runs += [(r.text_start, r.length_chars, r.pdf_page_index, r.pdf_char_start) for r in page.runs]
        rows.append((0, page.index, at_byte, at_byte + len(encoded), first_run, len(runs)))
        at_byte += len(encoded)
    return rows, runs, b"".join(texts)


def _passage_rows(
    document: IndexedDocument, page_bytes: Sequence[int]
) -> tuple[list[tuple[Any, ...]], list[tuple[int, ...]], list[Section]]:
    rows: list[tuple[Any, ...]] = []
    sentences: list[tuple[int, ...]] = []
    sections: dict[Section, int] = {}
    seen: dict[str, int] = {}
    at_page, at_char, at_byte = -1, 0, 0
    for passage in document.passages:
        text = document.passage_text(passage)
        digest = text_digest(text)
        occurrence = seen[digest] = seen.get(digest, -1) + 1
        page = document.pages[passage.page_index].text
        if at_page != passage.page_index or at_char > passage.start:
            at_page, at_char, at_byte = passage.page_index, 0, page_bytes[passage.page_index]
        byte_start = at_byte + len(page[at_char : passage.start].encode("utf-8"))
        byte_end = byte_start + len(text.encode("utf-8"))
        at_char, at_byte = passage.end, byte_end
        section, first_sentence = sections.setdefault(passage.section, len(sections)), len(sentences)
        sentences += [(len(rows), s.start, s.end, SENTENCE_KINDS.index(s.kind)) for s in passage.sentences]
        rows.append(
            (passage.page_index, section, passage.start, passage.end, byte_start, byte_end,
             first_sentence, len(sentences), digest.encode("ascii"), occurrence)
        )  # fmt: skip
    return rows, sentences, list(sections)


def _span(table: Table, first: str, end: str) -> tuple[int, int]:
    return (int(table[first][0]), int(table[end][-1])) if len(table) else (0, 0)


def _stacked(tables: Sequence[Table], dtype: np.dtype[Any]) -> Table:
    return np.concatenate([np.empty(0, dtype), *tables])
