"""A question's own words tell what would answer it."""

from __future__ import annotations

import pytest

from service.intent import Asks, intent_of


@pytest.mark.parametrize(
    ("question", "leading"),
    [
        ("Quand le règlement a-t-il été publié ?", Asks.DATE),
        ("À partir de quand les règles s'appliquent-elles ?", Asks.DATE),
        ("En quelle année la loi a-t-elle été votée ?", Asks.DATE),
        ("Combien de fiches contient le guide ?", Asks.QUANTITY),
        ("Combien de temps dure la PECAN ?", Asks.DURATION),
        ("Quel est le budget de la stratégie ?", Asks.MONEY),
        ("Qui a annoncé l'état des lieux ?", Asks.WHO),
        ("Quels sont les quatre axes ?", Asks.LIST),
        ("Que signifie SecNumCloud ?", Asks.DEFINITION),
        ("Qu'est-ce que la PECAN ?", Asks.DEFINITION),
        ("Pourquoi le calendrier a-t-il changé ?", Asks.REASON),
        ("Comment demander une PECAN ?", Asks.PROCEDURE),
        ("Faut-il une AIPD ?", Asks.YES_NO),
        ("Quelle différence entre la DNS et l'ANS ?", Asks.COMPARISON),
        ("Quelle URL pour télécharger le rapport ?", Asks.ADDRESS),
        ("When does the regulation apply?", Asks.DATE),
        ("How many countries have a strategy?", Asks.QUANTITY),
        ("Who announced it?", Asks.WHO),
    ],
)
def test_what_is_asked_is_found(question: str, leading: Asks) -> None:
    assert intent_of(question).asks[0] is leading


def test_to_address_someone_asks_for_no_address() -> None:
    assert Asks.ADDRESS not in intent_of("À quels secteurs s'adresse le guide ?").asks


def test_a_question_about_what_used_to_hold_is_about_the_past() -> None:
    assert intent_of("Que devait contenir la feuille de route ?").past
    assert not intent_of("Que contient la feuille de route ?").past
