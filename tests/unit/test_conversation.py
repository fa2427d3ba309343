"""A follow-up leans on what was said before; a question that stands alone does not."""

from __future__ import annotations

import pytest

from service.answer import Turn
from service.conversation import context_of, follows

TALK = (
    Turn("user", "Qu'est-ce que la PECAN ?"),
    Turn("assistant", "La PECAN signifie prise en charge anticipée numérique."),
)


@pytest.mark.parametrize(
    "question", ["Et combien de temps dure-t-elle ?", "Et son plafond ?", "What about it?", "Pourquoi ?"]
)
def test_a_short_or_pointing_question_follows(question: str) -> None:
    assert follows(question)
    assert [text for text, _ in context_of(question, TALK)] == [TALK[0].text, TALK[1].text]


@pytest.mark.parametrize(
    "question",
    [
        "Quelle autorité délivre la certification des hébergeurs de données médicales en France ?",
        "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?",
        "Quels hôpitaux doivent signaler le recours à un robot conversationnel aux patients ?",
    ],
)
def test_a_full_question_stands_alone(question: str) -> None:
    assert not follows(question)
    assert context_of(question, TALK) == []


def test_without_earlier_turns_nothing_completes_a_question() -> None:
    assert context_of("Et pourquoi ?", ()) == []


def test_the_user_s_words_weigh_more_than_the_assistant_s_and_less_than_the_question() -> None:
    (_, user), (_, assistant) = context_of("Et pourquoi ?", TALK)
    assert 0 < assistant < user < 1


def test_only_the_last_turns_count() -> None:
    earlier = (Turn("user", "Qu'est-ce que le HDS ?"), Turn("assistant", "Une certification."), *TALK)
    assert context_of("Et pourquoi ?", earlier) == context_of("Et pourquoi ?", TALK)
