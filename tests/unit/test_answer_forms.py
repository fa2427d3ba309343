"""What is asked can be held against what a sentence says: numbers of things, dates, persons, definitions."""

from __future__ import annotations

import pytest

from corpus.analysis import term
from service.answer_forms import (
    FORM_ORDER,
    asks_person,
    counted_noun,
    counts,
    defines,
    forms_of,
    has_full_date,
    is_uncertain,
    leans_on_context,
    names_person,
)
from service.intent import Asks


def has(asks: Asks, text: str) -> bool:
    return forms_of(text)[FORM_ORDER.index(asks)]


def subject(*words: str) -> frozenset[str]:
    return frozenset(term(word, "fr") for word in words)


def test_the_noun_whose_number_is_asked_is_found() -> None:
    assert counted_noun("Combien de pages fait l'état des lieux ?") == "pages"
    assert counted_noun("How many countries have a strategy?") == "countries"
    assert counted_noun("Combien de temps dure la PECAN ?") is None
    assert counted_noun("Qui dirige la DNS ?") is None


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("fiches", "Le projet comporte 12 fiches : dix sur le cycle de vie.", True),
        ("axes", "La feuille de route compte quatre axes.", True),
        ("documents", "Les documents déposés sont plus de 420 millions pour 2025.", True),
        ("agents", "6 % des agents ont été formés.", True),
        ("pages", "Selon une page de l'ANFH, l'état des lieux de février 2025 a un autre titre.", False),
        ("fiches", "Les fiches ont été publiées le 22 juillet 2025.", False),
    ],
)
def test_a_number_of_things_is_told_from_any_number(noun: str, text: str, expected: bool) -> None:
    assert counts([noun], text) is expected


def test_a_number_within_a_date_or_a_reference_is_no_quantity() -> None:
    assert not has(Asks.QUANTITY, "Publié le 22 juillet 2025 en application du règlement 2024/1689.")
    assert has(Asks.QUANTITY, "Le guide propose 43 critères.")


def test_a_full_date_has_day_and_year_in_both_languages() -> None:
    assert has_full_date("entré en vigueur le 1er août 2024")
    assert has_full_date("in force since 27 July 2026") and has_full_date("July 27, 2026")
    assert not has_full_date("au printemps 2025") and not has_full_date("en juillet 2025")


def test_persons_are_asked_for_and_named() -> None:
    assert asks_person("Qui dirige la Délégation au numérique en santé ?")
    assert not asks_person("Qui a produit l'état des lieux ?")
    assert names_person("La stratégie a été présentée par Yannick Neuder le 1er juillet 2025.")
    assert not names_person("La stratégie a été présentée par le ministre.")


def test_a_definition_is_of_its_subject_alone() -> None:
    alone = defines(subject("PECAN"), "La PECAN est un remboursement temporaire de dispositifs numériques.")
    both = defines(subject("HDS"), "HDS et SecNumCloud sont des dispositifs différents.")
    assert alone > both > 0
    assert defines(subject("PECAN"), "La télésurveillance est une pratique médicale.") == 0


def test_a_law_defines_between_quotation_marks() -> None:
    law = "1) «système d’IA», un système automatisé qui est conçu pour fonctionner à différents niveaux d’autonomie;"
    assert defines(subject("système", "IA"), law) == 1.0
    assert defines(subject("déployeur"), law) == 0.0
    longer = "16) «rappel d’un système d’IA», toute mesure visant à assurer le retour au fournisseur;"
    assert defines(subject("système", "IA"), longer) == 0.0


def test_a_sentence_that_points_back_or_doubts_says_so() -> None:
    assert leans_on_context("Elle dure un an.") and leans_on_context("This date is final.")
    assert not leans_on_context("La PECAN dure un an.")
    assert is_uncertain("Le montant, non confirmé, est de 1,5 milliard d'euros.")
    assert not is_uncertain("Le montant est de 119 millions d'euros.")
