"""Words stand for each other where they are the same, akin, synonyms or translations, and never where they are opposites."""

from __future__ import annotations

import pytest

from service.answer import Language
from service.check_align import unified, with_counterpart
from service.check_text import read_text
from service.check_values import read
from service.check_words import LEXICON_FILE, likeness, opposites, phrases_of

ALIKE: list[tuple[str, Language, str, Language]] = [
    ("publié", "fr", "publication", "fr"),
    ("débuter", "fr", "commencer", "fr"),
    ("obligatoire", "fr", "mandatory", "en"),
    ("replaced", "en", "remplace", "fr"),
    ("veut", "fr", "souhaite", "fr"),
    ("took", "en", "taken", "en"),
]
UNLIKE: list[tuple[str, Language, str, Language]] = [
    ("obligatoire", "fr", "facultatif", "fr"),
    ("compulsory", "en", "facultatif", "fr"),
    ("hausse", "fr", "baisse", "fr"),
    ("primaire", "fr", "secondaire", "fr"),
    ("hôpital", "fr", "fabricant", "fr"),
]


def _likeness(one: str, lang: Language, other: str, other_lang: Language) -> float:
    return likeness(read_text(one, lang).words[0], lang, read_text(other, other_lang).words[0], other_lang)


@pytest.mark.parametrize(("one", "lang", "other", "other_lang"), ALIKE)
def test_one_word_may_stand_for_the_other(one: str, lang: Language, other: str, other_lang: Language) -> None:
    assert _likeness(one, lang, other, other_lang) > 0.5


@pytest.mark.parametrize(("one", "lang", "other", "other_lang"), UNLIKE)
def test_one_word_never_stands_for_the_other(one: str, lang: Language, other: str, other_lang: Language) -> None:
    assert _likeness(one, lang, other, other_lang) == 0


def test_opposites_are_opposites_both_ways_and_in_both_languages() -> None:
    for lang, other in (("fr", "fr"), ("en", "en"), ("fr", "en")):
        there, back = opposites(lang, other), opposites(other, lang)  # type: ignore[arg-type]
        assert all(one in back[against] for one, all_against in there.items() for against in all_against)


def test_the_learned_lexicon_holds_weighted_pairs_of_stems() -> None:
    rows = [line.split("\t") for line in LEXICON_FILE.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 10_000
    assert all(len(row) == 3 and row[0] and row[1] and 0 < float(row[2]) <= 1 for row in rows)


def test_a_quote_is_named_as_the_statement_would_name_it_and_keeps_its_places() -> None:
    said = read("The HAS began the evaluation of hospitals.", "en")
    quote = read("La HAS a commencé l’évaluation des hôpitaux.", "fr")
    renamed = unified(said, quote)
    stems = {word.stem for word in said.text.words}
    assert renamed.text.lang == "en"
    assert [word.start for word in renamed.text.words] == [word.start for word in quote.text.words]
    assert {"hopit", "hospit"} & stems & {word.stem for word in renamed.text.words}


def test_a_phrase_counts_as_the_word_of_its_group() -> None:
    said = read_text("Remote monitoring is reimbursed.", "en")
    held = read_text("La télésurveillance est remboursée.", "fr")
    assert {group for *_, group in phrases_of(said)} & {group for *_, group in phrases_of(held)}
    assert "Remote" in {word.form for word in with_counterpart(said, [held])}
