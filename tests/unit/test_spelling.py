"""A mistyped word becomes the nearest word of the corpus; what is known, short or far stays."""

from __future__ import annotations

import pytest

from service.spelling import Speller

FORMS = {
    "sante": 90,
    "strategie": 40,
    "strategique": 5,
    "certification": 30,
    "hebergeur": 20,
    "pecan": 15,
    "hds": 12,
    "2026": 9,
}


@pytest.fixture
def speller() -> Speller:
    return Speller(FORMS, lambda word: word == "formation")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stratgie", "strategie"),
        ("strategiee", "strategie"),
        ("startegie", "strategie"),
        ("certificasion", "certification"),
        ("hébergeurr", "hebergeur"),
        ("snate", "sante"),
        ("PECCAN", "pecan"),
    ],
)
def test_one_or_two_wrong_letters_are_mended(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("typed", ["santé", "stratégie", "HDS", "hdd", "2025", "boulangerie", "L4001-3", ""])
def test_a_known_a_short_or_a_distant_word_stays_as_it_was_typed(speller: Speller, typed: str) -> None:
    assert speller.correct(typed) == typed


def test_the_same_word_is_corrected_alike_the_second_time(speller: Speller) -> None:
    assert speller.correct("stratgie") == speller.correct("stratgie")


def test_without_any_form_nothing_changes() -> None:
    assert Speller({}, lambda word: False).correct("stratgie") == "stratgie"


def test_a_word_of_the_language_that_the_corpus_does_not_have_is_no_typing_error() -> None:
    forms = {"financement": 12, "agent": 30}
    assert Speller(forms, lambda word: word == "argent").correct("argent") == "argent"
    assert Speller(forms, lambda word: False).correct("argent") == "agent"
