"""Values are the same whatever their writing: amounts, durations, shares, ordinals, dates and references, in both languages."""

from __future__ import annotations

import pytest

from service.check_values import first_unborne, read

SAME = [
    ("119 M€", "119 millions d’euros"),
    ("119 millions d’euros", "EUR 119 million"),
    ("€119 million", "119 M€"),
    ("119 million euros", "119 000 000 euros"),
    ("109 Md€", "109 milliards d’euros"),
    ("1,5 Md€", "1,5 milliard d’euros"),
    ("€1.5 billion", "1,5 milliard d’euros"),
    ("300 k€", "300 000 euros"),
    ("20 000 €", "vingt mille euros"),
    ("38,30 €", "€38.30"),
    ("un montant de 2,5 Md€", "un montant de 2,5 milliards d’euros"),
    ("500,000 professionals", "500 000 professionals"),
    ("un demi-million de professionnels", "500 000 professionnels"),
    ("24 millions de profils", "24 000 000 de profils"),
    ("vingt-quatre millions de profils", "24 millions de profils"),
    ("soixante-dix acteurs", "70 acteurs"),
    ("quatre-vingt-dix contributions", "90 contributions"),
    ("soixante-cinq objectifs", "65 objectifs"),
    ("deux cents juristes", "200 juristes"),
    ("deux mille ingénieurs", "2 000 ingénieurs"),
    ("deux mois", "2 mois"),
    ("douze mois", "un an"),
    ("twelve months", "one year"),
    ("une durée de 24 mois", "une durée de deux ans"),
    ("90 jours", "quatre-vingt-dix jours"),
    ("deux semaines", "14 jours"),
    ("28 heures", "vingt-huit heures"),
    ("7 %", "sept pour cent"),
    ("97%", "97 %"),
    ("la moitié des dépenses", "50 % des dépenses"),
    ("un tiers des agents", "33 % des agents"),
    ("près d’un tiers des agents", "32 % des agents"),
    ("près des deux tiers", "65 %"),
    ("le sixième cycle", "le 6e cycle"),
    ("la troisième vague", "la 3e vague"),
    ("the fourth day", "the 4th day"),
    ("le quatrième axe", "l’axe 4"),
    ("2 août 2026", "02/08/2026"),
    ("2 August 2026", "le 2 août 2026"),
    ("August 2, 2026", "le 2 août 2026"),
    ("2026-08-02", "le 2 août 2026"),
    ("1er juillet 2025", "le 01/07/2025"),
    ("août 2026", "le 2 août 2026"),
    ("en 2026", "le 2 août 2026"),
    ("les 10 et 11 février 2025", "le 10 février 2025 et le 11 février 2025"),
    ("les 10 et 11/02/2025", "les 10 et 11 février 2025"),
    ("du 12/05/2025 au 06/06/2025", "du 12 mai au 6 juin 2025"),
    ("from 1 July to 22 September 2025", "du 1er juillet au 22 septembre 2025"),
    ("2025-2028", "de 2025 à 2028"),
    ("au deuxième trimestre 2026", "au T2 2026"),
    ("à l’été 2025", "l’été 2025"),
    ("summer 2025", "à l’été 2025"),
    ("d’ici fin 2026", "à la fin de l’année 2026"),
    ("early February 2026", "début février 2026"),
    ("art. 50", "l’article 50"),
    ("Article 50", "l’article 50"),
    ("les articles 4 et 5", "l’article 4 et l’article 5"),
    ("article L.4001-3", "l’article L. 4001-3"),
    ("règlement 2024/1689", "règlement (UE) 2024/1689"),
    ("délibération 2021-118", "délibération n° 2021-118"),
    ("Annex III", "l’annexe III"),
    ("annexe III (point 5 d)", "l’annexe III, point 5 d)"),
    ("COM (2025) 837", "COM(2025) 837"),
    ("classes IIa et IIb", "classe IIa ou IIb"),
    ("l’avis n° 141", "l’avis 141"),
    ("au plus 50 %", "jusqu’à 50 %"),
    ("more than 40 recommendations", "plus de 40 recommandations"),
]
OTHER = [
    ("12 mois", "12 établissements", "number"),
    ("119 milliards d’euros", "119 millions d’euros", "amount"),
    ("2 août 2027", "2 août 2026", "date"),
    ("2 avril 2026", "2 août 2026", "date"),
    ("avant le 2 août 2026", "après le 2 août 2026", "date"),
    ("article 52", "article 50", "reference"),
    ("L. 4001-2", "L. 4001-3", "reference"),
    ("2024/1698", "2024/1689", "reference"),
    ("annexe II", "annexe III", "reference"),
    ("point 5 a)", "point 5 d)", "reference"),
    ("classe IIb", "classe IIa", "reference"),
    ("COM(2025) 836", "COM(2025) 837", "reference"),
    ("le 5e cycle", "le 6e cycle", "number"),
    ("17 %", "7 %", "number"),
    ("65 établissements", "65 % des établissements", "number"),
    ("30 équipes de recherche", "20 équipes de recherche", "number"),
    ("10 hôpitaux", "10 équipes de recherche", "number"),
    ("au moins 40 recommandations", "au plus 40 recommandations", "bound"),
    ("9 semaines", "9 mois", "number"),
    ("119 millions d’euros par an", "119 millions d’euros en tout", "amount"),
    ("fin 2025", "début 2025", "date"),
    ("de 2019 à 2022", "2023-2027", "date"),
    ("les articles 4 et 6", "les articles 4 et 5", "reference"),
]


@pytest.mark.parametrize(("said", "held"), SAME)
def test_a_value_is_borne_by_another_writing_of_it(said: str, held: str) -> None:
    assert first_unborne(read(said), [read(held)]) is None


@pytest.mark.parametrize(("said", "held", "what"), OTHER)
def test_another_value_is_not_borne(said: str, held: str, what: str) -> None:
    unborne = first_unborne(read(said), [read(held)])
    assert unborne is not None and unborne.what == what


def test_english_may_is_a_month_only_with_its_capital() -> None:
    assert not read("Providers may train 12 people", "en").dates
    assert read("Since May 2026", "en").dates


def test_a_number_that_counts_another_thing_of_the_same_quote_is_not_borne() -> None:
    held = read("Le projet compte 20 établissements de santé et 10 équipes de recherche.")
    assert first_unborne(read("Le projet compte 10 établissements."), [held]) is not None
    assert first_unborne(read("Le projet compte 20 établissements."), [held]) is None
