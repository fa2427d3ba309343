"""The starter corpus and the answers drawn from it: every fact is there, every quote is exact, enough questions pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.analysis import terms, words
from corpus.bundle import Bundle
from service.engine import AnswerEngine
from service.evaluate import Report, evaluate
from service.judge import load_questions
from tests.makers import ROOT

QUESTIONS = ROOT / "tests" / "data" / "questions-dev.jsonl"
ANSWERED_SHARE = 0.75
STATEMENTS_MEAN = 2.2
SAME_WORDS_SHARE = 0.5
MONTHS = frozenset("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split())
STANDINGS = ("Annoncé :", "Proposition :", "Dépassé depuis ", "Non vérifié :")
Window = frozenset[str]


@pytest.fixture(scope="module")
def report(starter_engine: AnswerEngine) -> Report:
    return evaluate(starter_engine, load_questions(QUESTIONS))


def test_every_quote_of_every_answer_equals_the_served_page_text_at_its_offsets(
    report: Report, starter_engine: AnswerEngine
) -> None:
    quotes = 0
    for one in report.judged:
        for citation in one.answer.citations:
            page = starter_engine.bundle.page(citation.source.id, citation.passage.locator.page_index)
            assert page is not None, one.expected.id
            assert page.text[citation.quote.start : citation.quote.end] == citation.quote.exact, one.expected.id
            assert page.text[: citation.quote.start].endswith(citation.quote.prefix)
            assert page.text[citation.quote.end :].startswith(citation.quote.suffix)
            quotes += 1
    assert quotes > len(report.judged) / 2
    assert report.verbatim_share == 1.0


def test_every_statement_is_one_of_its_quotes_and_cites_a_quote_that_is_there(report: Report) -> None:
    for one in report.judged:
        quotes = {citation.n: citation.quote.exact for citation in one.answer.citations}
        assert list(quotes) == list(range(1, len(quotes) + 1))
        for statement in one.answer.statements:
            assert statement.citations
            assert statement.text in {quotes[n] for n in statement.citations}


def test_at_least_three_quarters_of_the_answerable_questions_pass(report: Report) -> None:
    failed = [one.expected.id for one in report.judged if not one.verdict.passed]
    assert report.answered_share >= ANSWERED_SHARE, failed


def test_answers_are_short_where_no_list_is_asked(report: Report) -> None:
    assert report.statements_mean <= STATEMENTS_MEAN


def test_an_outcome_without_statements_still_says_something(report: Report) -> None:
    for one in report.judged:
        assert one.answer.text
        assert bool(one.answer.statements) == bool(one.answer.citations)


def test_the_starter_corpus_holds_enough_documents_in_both_languages_and_in_print(starter_engine: AnswerEngine) -> None:
    sources = [record.source for record in starter_engine.bundle.documents]
    french = [source for source in sources if source.language == "fr"]
    printed = [source for source in sources if source.media_type == "application/pdf"]
    assert len(french) >= 30
    assert len(sources) - len(french) >= 6
    assert len(printed) >= len(sources) / 3


def test_what_no_longer_holds_says_so_in_the_fixed_words_of_its_own_sentence(starter_engine: AnswerEngine) -> None:
    bundle = starter_engine.bundle
    said = [bundle.sentence_at(row).text.replace("\u00a0", " ") for row in range(len(bundle.sentences))]
    for standing in STANDINGS:
        assert any(text.startswith(standing) for text in said), standing


def facts(shared_dir: Path) -> list[tuple[str, str]]:
    """(id, text) of the facts that the starter corpus was written from."""
    lines = (shared_dir / "policy" / "FACTS.jsonl").read_text(encoding="utf-8").splitlines()
    return [(str(fact["id"]), str(fact["fact"])) for fact in map(json.loads, lines)]


def figures(text: str) -> Window:
    """Numbers and months, as the index reads them; references to laws ("2024/1689") are left to `references`."""
    tokens = [token.lower() for token in words(text)]
    return frozenset(t for t in tokens if (any(c.isdigit() for c in t) and "/" not in t) or t in MONTHS)


def references(text: str) -> Window:
    """Numbers of laws such as 2024/1689."""
    return frozenset(token for token in words(text) if "/" in token)


def windows(bundle: Bundle, width: int) -> list[tuple[int, str]]:
    """(document, text) of every run of `width` neighbouring sentences of a document."""
    found = []
    for number, record in enumerate(bundle.documents):
        passages = range(record.first_passage, record.first_passage + record.n_passages)
        said = [bundle.sentence_at(row).text for passage in passages for row in bundle.sentence_rows(passage)]
        found += [(number, "\n".join(said[n : n + width])) for n in range(max(1, len(said) - width + 1))]
    return found


def test_the_numbers_and_dates_of_every_fact_stand_in_two_neighbouring_sentences(
    shared_dir: Path, starter_engine: AnswerEngine
) -> None:
    held = [(number, figures(text)) for number, text in windows(starter_engine.bundle, 2)]
    whole = [
        references("\n".join(_pages(starter_engine.bundle, n))) for n in range(len(starter_engine.bundle.documents))
    ]
    absent = []
    for identifier, fact in facts(shared_dir):
        wanted, laws = figures(fact), references(fact)
        if not any(wanted <= found and laws <= whole[number] for number, found in held):
            absent.append(identifier)
    assert absent == []


def test_every_fact_is_told_in_neighbouring_sentences(shared_dir: Path, starter_engine: AnswerEngine) -> None:
    held = [frozenset(terms(text, "fr")) for _, text in windows(starter_engine.bundle, 3)]
    absent = []
    for identifier, fact in facts(shared_dir):
        wanted = frozenset(terms(fact, "fr"))
        if max(len(wanted & found) for found in held) < SAME_WORDS_SHARE * len(wanted):
            absent.append(identifier)
    assert absent == []


def test_the_questions_are_those_that_were_agreed(shared_dir: Path) -> None:
    agreed = shared_dir / "policy" / "questions-dev.jsonl"
    if not agreed.is_file():
        pytest.skip("the agreed questions are not here")
    assert QUESTIONS.read_text(encoding="utf-8") == agreed.read_text(encoding="utf-8")


def _pages(bundle: Bundle, document: int) -> list[str]:
    record = bundle.documents[document]
    return [bundle.page_text(record.first_page + n) for n in range(record.n_pages)]
