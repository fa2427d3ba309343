"""Text to index terms: what must meet meets, what must stay whole stays whole."""

from __future__ import annotations

import threading

import pytest

from corpus.analysis import bigram_buckets, fold, gram_buckets, is_stop, term, terms, words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("données de santé", "donnees de sante"),
        ("Œuvre, cœur", "oeuvre, coeur"),
        ("l’hôpital", "l'hopital"),
        ("HDS\u00a0: l’hébergement", "hds : l'hébergement"),
        ("télé\u2011surveillance", "télé-surveillance"),
        ("coor\u00addination", "coordination"),
        ("1\u202f051 agents", "1 051 agents"),
        ("L. 4001-3", "L.4001-3"),
        ("art. L 4001-3", "art. L4001-3"),
        ("article l4001-3", "article L. 4001-3"),
        ("A.V.E.C", "A.V.E.C."),
        ("hôpital", "hôpitaux"),
        ("les dispositifs médicaux", "le dispositif médical"),
        ("e\u0301tat", "état"),
    ],
)
def test_two_ways_of_writing_the_same_thing_give_the_same_terms(first: str, second: str) -> None:
    assert terms(first, "fr") == terms(second, "fr")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("l'article L. 4001-3 du code", "L4001-3"),
        ("le règlement (UE) 2024/1689", "2024/1689"),
        ("1 051 agents", "1051"),
        ("435,50 €", "435,50"),
        ("le guide A.V.E.C. de la HAS", "A.V.E.C"),
        ("R. 6316-1-2", "R6316-1-2"),
    ],
)
def test_references_numbers_and_acronyms_stay_whole(text: str, whole: str) -> None:
    assert whole in words(text)


def test_two_numbers_side_by_side_are_not_grouped_beyond_thousands() -> None:
    assert words("en 2025 et 2026") == ["en", "2025", "et", "2026"]
    assert words("2 août 2026") == ["2", "aout", "2026"]


def test_small_words_are_left_out_but_acronyms_never_are() -> None:
    assert terms("La HAS et le patient", "fr") == [term("HAS", "fr"), term("patient", "fr")]
    assert not is_stop("HAS", "en")
    assert is_stop("has", "en")
    assert not is_stop("2", "fr")


def test_each_language_is_stemmed_by_its_own_rules() -> None:
    assert term("regulations", "en") == term("regulation", "en")
    assert term("réglementations".replace("é", "e"), "fr") == term("reglementation", "fr")


def test_folding_is_idempotent_and_lower_case() -> None:
    once = fold("Ça, l’Œuvre : « ÉTÉ » n° 2 — Straße")
    assert fold(once) == once == once.lower()


def test_a_misspelt_word_shares_most_of_its_grams_with_the_right_one() -> None:
    right, wrong = set(gram_buckets(["telesurveillance"])), set(gram_buckets(["telesurveilance"]))
    assert len(right & wrong) > len(right) / 2


def test_pairs_of_terms_depend_on_their_order() -> None:
    assert bigram_buckets(["a", "b"]) != bigram_buckets(["b", "a"])
    assert bigram_buckets(["a"]) == []


def test_threads_stem_alike() -> None:
    found: list[list[str]] = []
    text = " ".join(f"organisation{n} réglementation" for n in range(200))
    threads = [threading.Thread(target=lambda: found.append(terms(text, "fr"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == found[0] for one in found)
