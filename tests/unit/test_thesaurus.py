"""The words of a question meet other words for the same thing; phrases are taken whole; the data that ships is sound."""

from __future__ import annotations

from corpus.analysis import words
from service.thesaurus import Thesaurus

GROUPS = Thesaurus(
    (
        {"fr": ["argent", "financement", "financer"], "en": ["money", "funding"]},
        {"fr": ["CNIL", "gendarme des données", "autorité de protection des données"], "en": []},
        {"fr": ["donnée", "information"], "en": ["data"]},
    )
)


def test_a_word_meets_the_other_words_of_its_group_in_both_languages() -> None:
    found = GROUPS.synonyms(["argent"], "fr")["argent"]
    assert {"financement", "financer"} <= set(found["fr"])
    assert "funding" in found["en"]


def test_an_inflected_word_is_found_by_its_stem() -> None:
    assert "argent" in GROUPS.synonyms(["finance"], "fr")["finance"]["fr"]


def test_an_english_word_meets_french_ones() -> None:
    assert "financement" in GROUPS.synonyms(["money"], "en")["money"]["fr"]


def test_a_phrase_is_taken_whole_and_its_words_are_not_looked_up_apart() -> None:
    found = GROUPS.synonyms(["gendarme", "données"], "fr")
    assert found["gendarme"]["fr"] == found["donnees"]["fr"] == ["cnil"]


def test_an_acronym_is_told_from_the_word_it_looks_like() -> None:
    groups = Thesaurus(({"fr": ["ANS", "agence du numérique en santé", "Esante"]},))
    assert groups.synonyms(["ans"], "fr") == {}
    assert groups.synonyms(["ANS"], "fr")["ans"]["fr"] == ["ans", "esante"]


def test_a_word_outside_every_group_has_no_synonym() -> None:
    assert GROUPS.synonyms(["boulangerie"], "fr") == {}


def test_the_groups_that_ship_hold_two_ways_to_say_it_and_no_empty_entry() -> None:
    for group in Thesaurus.load().groups:
        entries = [(text, language) for language, texts in group.items() for text in texts]
        assert len(entries) > 1, group
        for text, _ in entries:
            assert text == text.strip()
            assert words(text), text
