"""Personal data in questions: found with their checksums, and nothing else taken for them."""

from __future__ import annotations

import pytest

from service.judge import load_questions
from service.personal_data import PersonalData, personal_data_in
from tests.makers import ROOT

NIR = "2 55 08 14 168 025 38"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
CARD = "4111 1111 1111 1111"


def nir_of(thirteen: str) -> str:
    return f"{thirteen}{97 - int(thirteen.replace('2A', '19').replace('2B', '18')) % 97:02d}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Répondez à jean.dupont+ia@sante.exemple.fr svp", PersonalData.EMAIL),
        ("mon mail : Jean@exemple.FR.", PersonalData.EMAIL),
        ("Appelez-moi au 06 12 34 56 78", PersonalData.PHONE),
        ("Appelez-moi au 0612345678.", PersonalData.PHONE),
        ("+33 (0)1.23.45.67.89 ?", PersonalData.PHONE),
        ("0033\u00a06\u00a012\u00a034\u00a056\u00a078", PersonalData.PHONE),
        ("+262 6 92 12 34 56", PersonalData.PHONE),
        (f"Mon numéro est {NIR}", PersonalData.NIR),
        (NIR.replace(" ", ""), PersonalData.NIR),
        (nir_of("184122A004123"), PersonalData.NIR),
        (nir_of("184122B004123").lower(), PersonalData.NIR),
        (f"Virez sur {IBAN} merci", PersonalData.IBAN),
        (IBAN.replace(" ", "").lower() + " est mon compte", PersonalData.IBAN),
        ("DE89 3704 0044 0532 0130 00", PersonalData.IBAN),
        (f"carte {CARD}", PersonalData.CARD),
        ("5500-0000-0000-0004", PersonalData.CARD),
        ("378282246310005", PersonalData.CARD),
    ],
)
def test_personal_data_is_found_by_kind(text: str, kind: PersonalData) -> None:
    assert personal_data_in(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        NIR[:-1] + "9",
        IBAN[:-1] + "8",
        CARD[:-1] + "2",
        "Le numéro vert 0 800 130 000 est-il gratuit ?",
        "Que dit l'article L. 4001-3 du code de la santé publique ?",
        "Le décret n° 2024-0123456789 et l'arrêté 2025-11-23 sont-ils en vigueur ?",
        "Le SIRET 552 100 554 00025 est-il celui de la HAS ?",
        "119 000 000 000 000 € ou 119 000 000 € en 2025, 2026 et 2027 ?",
        "Qui suivre : @sante ou @HAS ?",
        "Règlement (UE) 2024/1689, article 50 § 1, et 2016/679",
        "L'ISO 27001:2022 et la norme EN 301 549 V4.1.1",
        "De 2017 à 2026, le taux passe de 01,02 à 03,04 %",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert personal_data_in(text) is None


def test_no_question_of_the_development_set_is_refused() -> None:
    questions = load_questions(ROOT / "tests" / "data" / "questions-dev.jsonl")
    assert [one.question for one in questions if personal_data_in(one.question)] == []
