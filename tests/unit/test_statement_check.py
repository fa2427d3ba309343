"""A statement is kept if its quotes say as much, and dropped with its flaw if it says more or other than they do."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.document import Status
from service.statement_check import Flaw, check_statement

PECAN = "La prise en charge PECAN dure un an (12 mois) et n’est pas renouvelable."
ANNOUNCED = "Annoncé : la bascule effective vers Scaleway doit intervenir d’ici fin 2026."
OUTDATED = (
    "Dépassé depuis le 23 avril 2026 : la plateforme est confiée à Microsoft Azure, l’hébergeur choisi est Scaleway."
)
BODIES = "La DNS pilote la politique du numérique en santé, et l’ANS la met en œuvre."
LEAVE = "L’intérêt légitime peut être la base légale du développement d’une IA."
RULE = "L’article 22 du RGPD interdit, sauf exceptions, une décision fondée uniquement sur un traitement automatisé."
FULL = "L’Agence du numérique en santé rend son avis sous 60 jours."
COUNTS = "Le délai est de 9 mois pour la télésurveillance, contre 6 mois pour un dispositif à visée thérapeutique."
KEPT = [
    ("La PECAN n’est pas renouvelable et dure douze mois.", PECAN),
    ("Non renouvelable, la prise en charge PECAN dure un an.", PECAN),
    ("La politique du numérique en santé est pilotée par la DNS.", BODIES),
    ("L’ANS rend son avis sous soixante jours.", FULL),
    ("Selon la règle, l’intérêt légitime peut fonder le développement d’une IA.", f"Selon la règle, {LEAVE}"),
    ("Le délai est de 6 mois pour un dispositif à visée thérapeutique.", COUNTS),
    ("La bascule vers Scaleway est annoncée d’ici fin 2026.", ANNOUNCED),
]
DROPPED = [
    ("La PECAN dure deux ans.", PECAN, Flaw.NUMBER),
    ("La PECAN dure un an et est renouvelable.", PECAN, Flaw.NEGATION),
    ("La bascule vers Scaleway est intervenue fin 2025.", ANNOUNCED, Flaw.DATE),
    ("L’ANS pilote la politique du numérique en santé.", BODIES, Flaw.ROLE),
    ("La CNIL pilote la politique du numérique en santé.", BODIES, Flaw.ACRONYM),
    ("L’intérêt légitime doit être la base légale du développement d’une IA.", LEAVE, Flaw.MODALITY),
    ("L’article 35 du RGPD interdit une décision fondée sur un traitement automatisé.", RULE, Flaw.REFERENCE),
    ("Toutes les décisions sont interdites par l’article 22 du RGPD.", RULE, Flaw.SCOPE),
    ("Le délai est de 6 mois pour la télésurveillance.", COUNTS, Flaw.ROLE),
    ("La PECAN dure un an et coûte une fortune aux hôpitaux.", PECAN, Flaw.SUPPORT),
]


@pytest.mark.parametrize(("statement", "quote"), KEPT)
def test_a_statement_that_its_quote_bears_is_kept(statement: str, quote: str) -> None:
    verdict = check_statement(statement, [quote])
    assert verdict.ok, verdict


@pytest.mark.parametrize(("statement", "quote", "flaw"), DROPPED)
def test_a_statement_that_says_other_than_its_quote_is_dropped_with_its_flaw(
    statement: str, quote: str, flaw: Flaw
) -> None:
    verdict = check_statement(statement, [quote])
    assert verdict.flaw is flaw, verdict
    assert verdict.detail


def test_a_statement_without_a_quote_is_dropped() -> None:
    assert check_statement("La PECAN dure un an.", []).flaw is Flaw.QUOTE_NOT_FOUND
    assert check_statement("La PECAN dure un an.", ["  "]).flaw is Flaw.QUOTE_NOT_FOUND


def test_what_no_longer_holds_may_only_be_said_as_past() -> None:
    now = check_statement("La plateforme est confiée à Microsoft Azure.", [OUTDATED], statuses=[Status.SUPERSEDED])
    past = check_statement("La plateforme était confiée à Microsoft Azure.", [OUTDATED], statuses=[Status.SUPERSEDED])
    assert now.flaw is Flaw.STANDING
    assert past.ok, past


def test_the_standing_is_read_from_the_quotes_first_words_where_none_is_given() -> None:
    statement = "La plateforme est confiée à Microsoft Azure."
    assert check_statement(statement, [OUTDATED], as_of=dt.date(2026, 11, 23)).flaw is Flaw.STANDING
    assert check_statement(statement, [OUTDATED], as_of=dt.date(2025, 1, 1)).flaw is not Flaw.STANDING


def test_a_statement_may_join_two_quotes() -> None:
    joined = "La PECAN dure un an, et l’ANS rend son avis sous 60 jours."
    assert check_statement(joined, [PECAN, FULL]).ok
    assert not check_statement(joined, [PECAN]).ok


def test_an_english_statement_over_a_french_quote_is_held_to_it() -> None:
    quote = "Les obligations de l’AI Act s’appliquent à partir du 2 août 2028 et ne sont pas suspendues."
    assert check_statement("The obligations apply from 2 August 2028.", [PECAN], lang="en").flaw is Flaw.DATE
    assert check_statement("They are not suspended and apply from 2 August 2028.", [quote], lang="en").ok
    assert check_statement("They apply from 2 August 2027 and are not suspended.", [quote], lang="en").flaw is Flaw.DATE


def test_words_across_languages_count_where_something_can_judge_them() -> None:
    quote = "Le guide est publié par la HAS."
    near = {("guide", "guide"): 1.0, ("published", "publie"): 0.9}
    kept = check_statement(
        "The guide was published by the HAS.", [quote], lang="en", similar=lambda a, b: near.get((a, b), 0.0)
    )
    invented = check_statement(
        "The helicopter was bought by the HAS.", [quote], lang="en", similar=lambda a, b: near.get((a, b), 0.0)
    )
    assert kept.ok, kept
    assert invented.flaw is Flaw.SUPPORT
