"""Questions as people type them on a telephone are written out; plain French and acronyms stay as they are."""

from __future__ import annotations

import pytest

from service.shorthand import expand


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("c koi le HDH", "c'est quoi le HDH"),
        ("feuille de route ia sante sorti kan ??", "feuille de route ia sante sorti quand ??"),
        ("sa coute cb la formation", "ça coute combien la formation"),
        ("mon doc doit me dire si il utilise une ia ?", "mon médecin doit me dire si il utilise une ia ?"),
    ],
)
def test_shorthand_is_written_out(typed: str, meant: str) -> None:
    assert expand(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Que veut dire A.V.E.C. dans le guide de la HAS ?",
        "Quelle est sa durée, et qui la fixe ?",
        "Ces règles valent-elles pour les DM de classe IIa ?",
        "L'article L. 4001-3 impose-t-il un consentement ?",
        "Quels délais pour le DMP et le SNDS ?",
    ],
)
def test_written_french_is_left_alone(question: str) -> None:
    assert expand(question) == question
