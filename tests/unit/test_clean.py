"""Characters and line ends: what is quoted is what a careful typist would have copied."""

from __future__ import annotations

import pytest

from ingest.clean_characters import clean_characters
from ingest.clean_hyphens import join_lines, vocabulary
from ingest.clean_notes import without_calls
from ingest.manuscript import NOWHERE, Traced


def traced(text: str) -> Traced:
    return Traced(text, tuple(range(len(text))))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("eﬃcace, ﬁn, ﬂux", "efficace, fin, flux"),
        ("cœur et œuvre", "cœur et œuvre"),
        ("e\u0301tat", "état"),
        ("deux  espaces\tici", "deux espaces ici"),
        ("fin\u00a0: oui\u202f!", "fin\u00a0: oui\u202f!"),
        ("1.\u00a0\u00a0\u00a0Objet", "1.\u00a0Objet"),
        ("z\u200be\u200dro\ufeff", "zero"),
        ("ta\U000e0041\U000e0042g", "tag"),
        ("a\u202eb", "ab"),
        ("son\u0007nette", "sonnette"),
        ("\uf0b7 point", "• point"),
        ("trans\u00adport", "transport"),
    ],
)
def test_characters_are_made_plain_and_french_spaces_stay(raw: str, clean: str) -> None:
    assert clean_characters(Traced(raw)).text == clean


def test_every_clean_character_knows_where_it_was_or_that_it_was_nowhere() -> None:
    clean = clean_characters(traced("l’eﬃcacité  e\u0301tait"))
    assert clean.text == "l’efficacité était"
    assert len(clean.origins) == len(clean.text)
    assert clean.origins[clean.text.index("ffi")] == 3
    assert clean.origins[clean.text.index("ffi") + 1] == NOWHERE


def test_runs_part_where_the_source_is_not_contiguous() -> None:
    clean = clean_characters(traced("oﬃce"))
    assert [(run.text_start, run.length_chars, run.pdf_char_start) for run in clean.runs(10)] == [
        (10, 2, 0),
        (14, 2, 2),
    ]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("une intel\u0002\nligence nouvelle", "une intelligence nouvelle"),
        ("une intel-\nligence nouvelle", "une intelligence nouvelle"),
        ("le secteur médico-\nsocial", "le secteur médico-social"),
        ("lui-\nmême et eux\u0002\nmêmes", "lui-même et eux-mêmes"),
        ("au-\ndelà", "au-delà"),
        ("la période 2025-\n2028", "la période 2025-2028"),
        ("la Seine-\nMaritime", "la Seine-Maritime"),
        ("micro-\net macroéconomique", "micro- et macroéconomique"),
        ("de l’\nintelligence", "de l’intelligence"),
        ("et/\nou", "et/ou"),
        ("fin de ligne\net suite", "fin de ligne et suite"),
        ("trans\u00ad\nport", "transport"),
        ("https://sante.gouv.fr/IMG/\npdf/etat.pdf", "https://sante.gouv.fr/IMG/pdf/etat.pdf"),
        ("voir https://sante.gouv.fr\nPuis lire", "voir https://sante.gouv.fr Puis lire"),
    ],
)
def test_lines_are_joined_and_only_the_hyphens_of_the_line_end_go(lines: str, joined: str) -> None:
    assert join_lines(Traced(lines), vocabulary([lines])).text == joined


def test_the_words_of_the_document_itself_decide_on_a_hyphen() -> None:
    as_compound = vocabulary(["le porte-parole parle", "porte-\nparole"])
    as_one = vocabulary(["il est contresigné", "contre-\nsigné"])
    assert join_lines(Traced("le porte\u0002\nparole"), as_compound).text == "le porte-parole"
    assert join_lines(Traced("acte contre-\nsigné"), as_one).text == "acte contresigné"


def test_halves_of_cut_words_are_no_vocabulary() -> None:
    assert "intel" not in vocabulary(["une intel-\nligence"])
    assert "ligence" not in vocabulary(["une intel-\nligence"])


@pytest.mark.parametrize(
    ("printed", "known", "kept"),
    [
        ("l’Union (¹), puis", {"1"}, "l’Union, puis"),
        ("un fait\u202f³.", {"3"}, "un fait."),
        ("chiffrement⁷.", {"7"}, "chiffrement."),
        ("10²⁵ opérations", {"1"}, "10²⁵ opérations"),
        ("12 m² de bureaux", {"1"}, "12 m² de bureaux"),
        ("en 2024⁴ déjà", {"4"}, "en 2024 déjà"),
    ],
)
def test_calls_to_notes_leave_the_words_and_exponents_stay(printed: str, known: set[str], kept: str) -> None:
    assert without_calls(Traced(printed), frozenset(known), any_notes=True).text == kept
