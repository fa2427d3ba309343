"""Laws of passage ids: they follow the text, and survive what happens elsewhere in the document."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.bundle import open_bundle
from corpus.bundle_writer import write_bundle
from corpus.document import Source
from corpus.encoder import EncoderCard
from corpus.passage import PassageKey, parse_passage_id, text_digest
from tests.makers import BUILT_AT, document, paragraph

CARD = EncoderCard("none", "0", 4, "", "", 0, "static", True)
texts = st.lists(
    st.sampled_from(["La PECAN dure un an.", "Voir le site.", "Non.", "Le HDS suit.", "Œuvre n° 2."]), max_size=8
)
ids = st.builds(
    PassageKey,
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    st.integers(0, 9999),
)


def passages_of(paragraphs: list[str]) -> list[tuple[str, str]]:
    """(id, text) of the passages of a document, each paragraph a passage of its own."""
    made = document(Source("doc", "Note"), [paragraph(text, str(n)) for n, text in enumerate(paragraphs)])
    with tempfile.TemporaryDirectory() as name:
        vectors = np.zeros((len(made.passages), 4), np.float32)
        write_bundle(Path(name), [made], vectors, encoder=CARD, split_rule="", built_at=BUILT_AT)
        bundle = open_bundle(Path(name))
        found = [bundle.passage_at(row) for row in range(len(bundle))]
        for row, passage in enumerate(found):
            assert bundle.row_of(passage.id) == row
            page = bundle.page("doc", passage.locator.page_index)
            assert page is not None
            assert page.text[passage.locator.start : passage.locator.end] == passage.text
        assert json.loads((Path(name) / "card.json").read_text())["counts"]["passages"] == len(found)
        return [(passage.id, passage.text) for passage in found]


@given(ids)
def test_an_id_round_trips_through_its_string(key: PassageKey) -> None:
    assert parse_passage_id(str(key)) == key


@given(st.text(max_size=40))
def test_reading_any_string_gives_a_key_that_prints_it_or_nothing(text: str) -> None:
    key = parse_passage_id(text)
    assert key is None or str(key) == text


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_digest_changes_exactly_when_the_text_does(first: str, second: str) -> None:
    assert (text_digest(first) == text_digest(second)) == (first == second)


@settings(max_examples=25, deadline=None)
@given(texts, st.integers(0, 8))
def test_a_paragraph_inserted_anywhere_changes_no_other_id(paragraphs: list[str], place: int) -> None:
    before = passages_of(paragraphs)
    after = passages_of([*paragraphs[:place], "Un paragraphe nouveau.", *paragraphs[place:]])
    assert [pair for pair in after if pair[1] != "Un paragraphe nouveau."] == before


@settings(max_examples=15, deadline=None)
@given(texts)
def test_every_passage_has_an_id_of_its_own_even_where_texts_repeat(paragraphs: list[str]) -> None:
    found = passages_of(paragraphs)
    assert len({identifier for identifier, _ in found}) == len(found) == len(paragraphs)
