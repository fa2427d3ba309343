"""What changed places is found whatever the language, and so is what is told as done, as of today, or the wrong way up."""

from __future__ import annotations

import pytest

from service.answer import Language
from service.check_direction import turned_direction
from service.check_fit import misplaced
from service.check_tense import done_of_plans, now_of_past
from service.check_text import read_text
from service.check_units import layout_of
from service.check_values import read
from service.statement_check import Flaw, check_statement

DATES = "Le Parlement a adopté l’omnibus le 16 juin 2026, et le Conseil l’a approuvé le 29 juin 2026."
PLAN = "Le projet JUNIOR doit fournir un outil national d’ici 2027."
GROWTH = "More than 420 million documents were added in 2025, 40% more than in 2024."
DROPPED: list[tuple[str, Language, str, Flaw]] = [
    ("The Council approved the omnibus on 16 June 2026, and Parliament adopted it on 29 June 2026.", "en", DATES, Flaw.ROLE),
    ("The JUNIOR project has provided a national tool.", "en", PLAN, Flaw.STANDING),
    ("En 2025, 420 millions de documents ont été ajoutés, une baisse de 40 % par rapport à 2024.", "fr", GROWTH, Flaw.NEGATION),
    ("La HAS exclut les logiciels de son évaluation.", "fr", "La HAS étend son évaluation aux logiciels.", Flaw.NEGATION),
    ("Le guide est facultatif pour les hôpitaux.", "fr", "The guide is mandatory for hospitals.", Flaw.MODALITY),
    ("Les agents sont formés.", "fr", "Les agents ne sont pas formés, selon la page.", Flaw.NEGATION),
    ("Le premier critère porte sur les soins.", "fr", "Le second critère porte sur les soins, selon la HAS.", Flaw.NUMBER),
]  # fmt: skip
KEPT: list[tuple[str, Language, str]] = [
    ("The Council approved the omnibus on 29 June 2026.", "en", DATES),
    ("Le projet JUNIOR fournira un outil national d’ici 2027.", "fr", PLAN),
    ("En 2025, plus de 420 millions de documents ont été ajoutés.", "fr", GROWTH),
    ("Le guide n’est pas obligatoire.", "fr", "Le guide est facultatif."),
    ("Le guide est facultatif.", "fr", "Non, le guide n’est pas obligatoire."),
    ("Le RGPD et l’AI Act s’appliquent tous les deux.", "fr", "The GDPR and the AI Act apply together."),
    ("Deux acteurs, la HAS et la CNIL, l’ont écrit.", "fr", "La HAS et la CNIL l’ont écrit."),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "lang", "quote", "flaw"), DROPPED)
def test_a_statement_that_turns_its_quote_is_dropped(statement: str, lang: Language, quote: str, flaw: Flaw) -> None:
    verdict = check_statement(statement, [quote], lang=lang)
    assert verdict.flaw is flaw, verdict


@pytest.mark.parametrize(("statement", "lang", "quote"), KEPT)
def test_a_statement_that_says_the_same_otherwise_is_kept(statement: str, lang: Language, quote: str) -> None:
    verdict = check_statement(statement, [quote], lang=lang)
    assert verdict.ok, verdict


def test_a_verdict_does_not_hang_on_the_order_of_anything_but_the_words() -> None:
    said = "Le Conseil a approuvé l’omnibus le 16 juin 2026."
    assert {check_statement(said, [DATES]).detail for _ in range(5)} == {check_statement(said, [DATES]).detail}


def test_words_in_one_list_may_stand_for_each_other() -> None:
    said, held = read("La HAS rend son avis.", "fr"), read("La HAS et l’ANS rendent leurs avis.", "fr")
    assert misplaced(said, [held]) is None
    assert frozenset(("n:has", "n:ans")) in layout_of(held, {"has", "ans"}, 4.0).listed


def test_what_was_is_not_said_of_today() -> None:
    quote = read_text("Le 11 février 2025, il était ministre.", "fr")
    assert now_of_past(read_text("Il est aujourd’hui ministre.", "fr"), [quote]) == "aujourd'hui"
    assert now_of_past(read_text("Il était ministre.", "fr"), [quote]) is None


def test_a_plan_is_no_deed_and_a_deed_no_plan() -> None:
    done = read_text("La plateforme a migré.", "fr")
    assert done_of_plans(done, [read_text("La plateforme doit migrer d’ici fin 2026.", "fr")])
    assert done_of_plans(done, [read_text("La plateforme a migré.", "fr")]) is None


def test_up_is_not_down() -> None:
    up, down = read_text("Les dépenses sont en hausse.", "fr"), read_text("Les dépenses sont en baisse.", "fr")
    assert turned_direction(up, [down]) == "hausse"
    assert turned_direction(up, [up]) is None
