"""Words that a model gives as verbatim are found in their passage, as the page has them, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bundle import Bundle
from corpus.encoder import Encoder
from service.cite import cite
from service.quote_finder import find_quote
from tests.makers import note, write

TEXT = (
    "Le « référentiel » de l’agence n’est pas applicable aux éditeurs – sauf exception. "
    "Il coûte 780\u00a0€ par an. Annoncé : il sera revu… en 2027. La suite\nvient après."
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Bundle:
    return write(tmp_path_factory.mktemp("quotes") / "b", [note("n", TEXT, "Une tout autre chose.")], encoder)


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("Il coûte 780\u00a0€ par an.", "Il coûte 780\u00a0€ par an."),
        ("Il coûte 780 € par an", "Il coûte 780\u00a0€ par an."),
        ('Le "référentiel" de l\'agence', "Le « référentiel » de l’agence n’est pas applicable aux éditeurs – sauf exception."),
        ("applicable aux éditeurs - sauf exception", "Le « référentiel » de l’agence n’est pas applicable aux éditeurs – sauf exception."),
        ("il sera revu... en 2027", "Annoncé : il sera revu… en 2027."),
        ("La suite vient après", "La suite\nvient après."),
        ("  « applicable aux éditeurs »  ", "Le « référentiel » de l’agence n’est pas applicable aux éditeurs – sauf exception."),
    ],
)  # fmt: skip
def test_words_are_found_and_grow_to_the_sentence_that_holds_them(bundle: Bundle, words: str, quoted: str) -> None:
    span = find_quote(bundle, 0, words)
    assert span is not None
    assert span.text.endswith(quoted)
    citation = cite(bundle, span, 1)
    assert citation is not None and citation.quote.exact == span.text


@pytest.mark.parametrize(
    "words",
    ["", " ", "Il", "…", "Il coûte 790 € par an", "il coûte 780 € par an.", "est applicable aux éditeurs", "Une tout autre chose."],
)  # fmt: skip
def test_words_that_the_passage_does_not_say_are_not_found(bundle: Bundle, words: str) -> None:
    assert find_quote(bundle, 0, words) is None


def test_a_whole_passage_is_no_quote(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> None:
    text = " ".join(f"La phrase numéro {n} dit une chose." for n in ("un", "deux", "trois", "quatre", "cinq", "six"))
    bundle = write(tmp_path_factory.mktemp("long") / "b", [note("long", text)], encoder)
    assert find_quote(bundle, 0, text) is None
    assert find_quote(bundle, 0, "La phrase numéro trois dit une chose.") is not None


@given(st.text(alphabet="abé «»’'\"–-…\u00a0.", max_size=40))
def test_no_words_make_it_stumble_and_what_is_found_can_be_cited(bundle: Bundle, words: str) -> None:
    span = find_quote(bundle, 0, words)
    assert span is None or cite(bundle, span, 1) is not None
