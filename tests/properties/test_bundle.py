"""Laws of the bundle: whatever the documents, what was written is read back, and the id follows the content alone."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_writer import IndexedDocument, write_bundle
from corpus.document import CharRun, Page, Source
from corpus.encoder import EncoderCard
from ingest.manuscript import BlockKind
from tests.makers import document

CARD = EncoderCard("none", "0", 4, "", "", 0, "static", True)
letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
texts = st.text(letters, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
kinds = st.sampled_from([BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE_ROW, BlockKind.FOOTNOTE])
parts = st.tuples(kinds, texts, st.lists(texts, max_size=2).map(tuple))
bodies = st.lists(st.lists(parts, max_size=3), min_size=1, max_size=3)
corpora = st.lists(bodies, min_size=1, max_size=3).map(
    lambda found: [document(Source(f"d{n}", f"Titre {n}"), *pages) for n, pages in enumerate(found)]
)
slow = settings(max_examples=25, deadline=None)


def written(folder: str, documents: list[IndexedDocument], built_at: str = "2026-11-23T00:00:00Z") -> Bundle:
    vectors = np.ones((sum(len(made.passages) for made in documents), 4), np.float32) / 2
    write_bundle(Path(folder), documents, vectors, encoder=CARD, split_rule="r", built_at=built_at)
    return open_bundle(Path(folder))


@slow
@given(corpora)
def test_every_document_page_passage_and_sentence_is_read_back_as_it_was_written(
    documents: list[IndexedDocument],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bundle = written(folder, documents)
        row = sentence_row = 0
        for made, record in zip(documents, bundle.documents, strict=True):
            assert record.source == made.source
            assert [bundle.page(made.source.id, n) for n in range(record.n_pages)] == list(made.pages)
            for passage in made.passages:
                found = bundle.passage_at(row)
                assert found.text == made.passage_text(passage)
                spot = found.locator
                assert (spot.page_index, spot.start, spot.end) == (passage.page_index, passage.start, passage.end)
                assert spot.section == passage.section
                page = made.pages[passage.page_index].text
                for sentence in passage.sentences:
                    got = bundle.sentence_at(sentence_row)
                    assert (got.text, got.kind) == (page[sentence.start : sentence.end], sentence.kind)
                    sentence_row += 1
                row += 1
        assert (row, sentence_row) == (len(bundle), len(bundle.sentences))


@slow
@given(corpora)
def test_the_id_does_not_depend_on_when_or_where_a_bundle_was_written(documents: list[IndexedDocument]) -> None:
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        first, second = written(here, documents), written(there, documents, "2030-01-01T00:00:00Z")
        assert first.card.id == second.card.id
        assert first.card.files == second.card.files


@slow
@given(
    corpora,
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(0, 9), st.integers(0, 99)), max_size=4),
)
def test_character_runs_survive(documents: list[IndexedDocument], runs: list[tuple[int, int, int, int]]) -> None:
    made = documents[0]
    page = replace(made.pages[0], runs=tuple(CharRun(*run) for run in runs))
    documents[0] = replace(made, pages=(page, *made.pages[1:]))
    with tempfile.TemporaryDirectory() as folder:
        read = written(folder, documents).page(made.source.id, 0)
        assert isinstance(read, Page)
        assert read.runs == page.runs
