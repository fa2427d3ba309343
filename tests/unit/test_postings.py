"""The lexical data: BM25 weights as the textbook says, and the terms of every sentence."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from corpus.analysis import terms
from corpus.errors import BundleError
from corpus.lexicon_writer import LexicalEntry, write_lexicon
from corpus.postings import K1, B, Lexicon, Postings

TEXTS = [
    ["La PECAN dure un an.", "La PECAN vise les dispositifs numériques."],
    ["Le plafond de la PECAN est de 780 €."],
    ["La certification HDS couvre six activités.", "HDS."],
    ["Rien à voir."],
    ["L'article L. 4001-3 informe le patient, et le patient consent."],
]
TITLES = ["PECAN . Durée", "PECAN . Tarif", "HDS", "", "Code de la santé publique"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lexical")
    write_lexicon(made, [LexicalEntry("fr", t, s) for t, s in zip(TITLES, TEXTS, strict=True)])
    return made


@pytest.fixture(scope="module")
def lexicon(folder: Path) -> Lexicon:
    return Lexicon.open(folder)


def textbook_bm25(word: str, document: list[str], documents: list[list[str]]) -> float:
    """Robertson and Zaragoza 2009, equation 3.15, with idf = ln(1 + (N - n + 0.5) / (n + 0.5))."""
    n_documents = len(documents)
    holding = sum(word in other for other in documents)
    idf = math.log(1 + (n_documents - holding + 0.5) / (holding + 0.5))
    mean = sum(len(other) for other in documents) / n_documents
    frequency = Counter(document)[word]
    return idf * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * len(document) / mean))


def check(lexicon: Lexicon, field: Postings, documents: list[list[str]]) -> None:
    for word in {word for document in documents for word in document}:
        scores = np.zeros(lexicon.n_passages, np.float32)
        field.add_to(scores, lexicon.vocabulary[word])
        expected = [textbook_bm25(word, document, documents) for document in documents]
        np.testing.assert_allclose(scores, expected, rtol=1e-5)
        assert field.frequency(lexicon.vocabulary[word]) == sum(word in document for document in documents)


def test_weights_of_the_body_equal_those_of_the_textbook(lexicon: Lexicon) -> None:
    check(lexicon, lexicon.body, [terms("\n".join(sentences), "fr") for sentences in TEXTS])


def test_weights_of_the_titles_equal_those_of_the_textbook(lexicon: Lexicon) -> None:
    check(lexicon, lexicon.title, [terms(title, "fr") for title in TITLES])


def test_a_weight_is_never_negative_even_for_a_word_that_stands_everywhere(tmp_path: Path) -> None:
    write_lexicon(tmp_path, [LexicalEntry("fr", "", ["santé"]) for _ in range(10)])
    assert (Lexicon.open(tmp_path).body.weights > 0).all()


def test_a_factor_scales_what_is_added(lexicon: Lexicon) -> None:
    word = lexicon.vocabulary[terms("PECAN", "fr")[0]]
    once, half = np.zeros(5, np.float32), np.zeros(5, np.float32)
    lexicon.body.add_to(once, word)
    lexicon.body.add_to(half, word, 0.5)
    np.testing.assert_allclose(half, once / 2)


def test_the_terms_of_each_sentence_are_kept_in_order(lexicon: Lexicon) -> None:
    words = {number: word for word, number in lexicon.vocabulary.items()}
    sentences = [sentence for passage in TEXTS for sentence in passage]
    for row, sentence in enumerate(sentences):
        assert [words[int(number)] for number in lexicon.terms_of(row)] == terms(sentence, "fr")


def test_surface_forms_are_counted_for_the_speller(lexicon: Lexicon) -> None:
    french = lexicon.surface["fr"]
    assert french["pecan"] == 3
    assert french["patient"] == 2
    assert "de" not in french


def test_rarer_is_worth_more(lexicon: Lexicon) -> None:
    assert lexicon.idf(1) > lexicon.idf(2) > lexicon.idf(5) > 0


def test_each_language_is_analysed_by_its_own_rules(tmp_path: Path) -> None:
    write_lexicon(tmp_path, [LexicalEntry("en", "", ["The regulations apply to hospitals."])])
    assert set(terms("regulations apply hospitals", "en")) <= set(Lexicon.open(tmp_path).vocabulary)


def test_no_passage_at_all_is_written_and_read(tmp_path: Path) -> None:
    write_lexicon(tmp_path, [])
    assert Lexicon.open(tmp_path).n_passages == 0


@pytest.mark.parametrize("name", ["vocabulary.txt", "surface.txt", "body.rows.npy", "size.npy", "sentences.terms.npy"])
def test_a_missing_file_is_refused_by_name(folder: Path, tmp_path: Path, name: str) -> None:
    for path in folder.iterdir():
        if path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(BundleError, match=name) as caught:
        Lexicon.open(tmp_path)
    assert caught.value.code == "bundle_corrupt"
