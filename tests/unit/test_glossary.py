"""Acronyms and long forms: harvested from sentences, and used in both directions."""

from __future__ import annotations

import pytest

from ingest.glossary import harvest
from service.glossary import Glossary


@pytest.mark.parametrize(
    ("sentence", "pair"),
    [
        ("La Délégation au numérique en santé (DNS) pilote.", ("DNS", "Délégation au numérique en santé")),
        ("la Haute Autorité de santé (HAS)", ("HAS", "Haute Autorité de santé")),
        ("PECAN signifie « prise en charge anticipée numérique ».", ("PECAN", "prise en charge anticipée numérique")),
        ("The European Health Data Space (EHDS) applies.", ("EHDS", "European Health Data Space")),
        (
            "la loi de financement de la sécurité sociale (LFSS) pour 2022",
            ("LFSS", "loi de financement de la sécurité sociale"),
        ),
        ("l’Agence du numérique en santé (ANS)", ("ANS", "Agence du numérique en santé")),
    ],
)
def test_a_long_form_is_found_before_its_acronym(sentence: str, pair: tuple[str, str]) -> None:
    assert pair in harvest([sentence])


@pytest.mark.parametrize(
    "sentence",
    [
        "Le plafond (en euros) est fixé.",
        "Le ministère a publié un guide (HAS).",
        "Une autorité indépendante de premier rang (CNIL) contrôle.",
        "Voir le site (2025).",
        "",
    ],
)
def test_brackets_that_the_words_before_do_not_spell_give_nothing(sentence: str) -> None:
    assert harvest([sentence]) == []


def test_two_acronyms_in_one_bracket_share_the_long_form() -> None:
    found = harvest(["l’espace européen des données de santé (EEDS, EHDS en anglais)"])
    assert dict(found)["EHDS"] == dict(found)["EEDS"]


def test_the_most_frequent_pair_comes_first_and_the_order_is_stable() -> None:
    sentences = ["la Haute Autorité de santé (HAS)", "une Délégation au numérique en santé (DNS)"]
    found = harvest([*sentences, sentences[1]])
    assert [short for short, _ in found] == ["DNS", "HAS"]
    assert found == harvest([sentences[1], *sentences])


def test_a_question_with_an_acronym_is_widened_by_its_long_form() -> None:
    glossary = Glossary([("HDS", "hébergement de données de santé")])
    assert glossary.long_forms(["hds"]) == ["hébergement de données de santé"]
    assert glossary.long_forms(["inconnu"]) == []


def test_two_acronyms_of_one_thing_are_synonyms() -> None:
    glossary = Glossary([("EEDS", "espace européen"), ("EHDS", "espace européen")])
    assert "EHDS" in glossary.synonyms("eeds")
    assert "EEDS" in glossary.synonyms("EHDS")
    assert glossary.synonyms("HAS") == []
