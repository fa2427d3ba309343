"""Running text is cut where a reader would cut it, in French law and plain English alike."""

from __future__ import annotations

import pytest

from ingest.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "L'article L. 4001-3 du code de la santé publique impose une information.",
        "La loi n° 2021-1017 du 2 août 2021 a créé l'art. L. 4001-3.",
        "Voir l'art. R. 6316-1, al. 2, p. 12, et la fig. 3 du rapport.",
        "M. Yannick Neuder et Mme Rist ont parlé.",
        "Le Pr. Taourel et le Dr. House sont d'accord.",
        "J.-P. Dupont et A. Martin signent.",
        "Le règlement (UE) 2024/1689 compte 113 articles, 13 annexes, etc., et 180 considérants.",
        "Le plafond est de 1 051,50 € au 4 sept. 2025.",
        "Cf. MM. Dupont et Durand, op. cit. p. 4.",
        "1. Les pratiques suivantes sont interdites.",
        "IV. Les exploitants en sont informés.",
        "The answer is in No. 5 of the series, e.g. Annex III.",
        "Mr. Smith vs. Dr. Jones is a case.",
        "A.V.E.C. est un outil de l'Anap.",
    ],
)
def test_an_abbreviation_a_reference_or_an_initial_ends_no_sentence(sentence: str) -> None:
    assert cut(sentence) == [sentence]
    assert cut(f"Une phrase avant. {sentence} Une phrase après.") == [
        "Une phrase avant.",
        sentence,
        "Une phrase après.",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Elle dure un an. Elle n'est pas renouvelable.", ["Elle dure un an.", "Elle n'est pas renouvelable."]),
        ("Il a dit : « Non. » Puis il est parti.", ["Il a dit : « Non. »", "Puis il est parti."]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Est-ce obligatoire ? Oui ! Vraiment… Certes.", ["Est-ce obligatoire ?", "Oui !", "Vraiment…", "Certes."]),
        ("Voir l'annexe (art. 5). Le reste suit.", ["Voir l'annexe (art. 5).", "Le reste suit."]),
        ("Des hôpitaux, des Ehpad, etc. Le reste suit.", ["Des hôpitaux, des Ehpad, etc.", "Le reste suit."]),
        ("The answer is no. The question stays.", ["The answer is no.", "The question stays."]),
        ("Le guide A.V.E.C. Il est utile.", ["Le guide A.V.E.C.", "Il est utile."]),
        ("Il coûte 3 €. 12 hôpitaux l'ont.", ["Il coûte 3 €.", "12 hôpitaux l'ont."]),
        ("Il suit le RGPD. « Toujours », dit-il.", ["Il suit le RGPD.", "« Toujours », dit-il."]),
    ],
)
def test_a_sentence_ends_at_its_mark_and_takes_the_closing_quotation_with_it(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_a_point_before_a_lower_case_word_ends_nothing() -> None:
    assert cut("Le site sante.gouv.fr et l'approx. faite.") == ["Le site sante.gouv.fr et l'approx. faite."]


def test_a_line_break_that_was_kept_separates() -> None:
    assert cut("Une ligne\nUne autre. Et\nla fin") == ["Une ligne", "Une autre.", "Et", "la fin"]


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u00a0"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert cut(text) == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["A. ", ".", ". ", "M. ", ".»", "1. Le\n", "? "])
def test_a_hostile_text_is_cut_in_a_time_that_grows_with_its_length(unit: str) -> None:
    sentence_spans(unit * 100_000)
