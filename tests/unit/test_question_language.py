"""The language of a question, by its small words."""

from __future__ import annotations

import pytest

from service.question_language import language_of_text


@pytest.mark.parametrize(
    "question",
    [
        "Quand la stratégie a-t-elle été présentée ?",
        "c koi la pecan",
        "PECAN ?",
        "Qui pilote le Health Data Hub ?",
        "Le AI Act s'applique-t-il aux hôpitaux ?",
        "",
        "12345 !?",
        "日本語",
    ],
)
def test_french_is_the_language_of_french_and_of_what_does_not_tell(question: str) -> None:
    assert language_of_text(question) == "fr"


@pytest.mark.parametrize(
    "question",
    [
        "When was the strategy presented?",
        "What is PECAN?",
        "Who is in charge of the Health Data Hub?",
        "Does the AI Act apply to hospitals?",
        "What does the Délégation au numérique en santé do?",
    ],
)
def test_english_is_told_by_its_small_words(question: str) -> None:
    assert language_of_text(question) == "en"


def test_what_no_word_tells_is_as_the_caller_says() -> None:
    assert [language_of_text("HDH, EHDS ?", otherwise) for otherwise in ("fr", "en")] == ["fr", "en"]
