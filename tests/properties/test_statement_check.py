"""Laws of the check of statements: a quote bears itself, and bears no other number, date or name in its place."""

from __future__ import annotations

import re
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import words
from service.statement_check import Flaw, check_statement
from tests.quality.sets import REPOSITORY

DOCUMENTS = REPOSITORY / "corpus" / "documents"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_COUNT = re.compile(r"(?<![\d,./-])(\d{2,3})(?= [a-zé]{4,})")


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """The sentences of the starter documents that are plain text, without tables, titles and addresses."""
    found: list[str] = []
    for path in sorted(DOCUMENTS.glob("*.md")):
        for line in _SENTENCE.split(path.read_text(encoding="utf-8")):
            plain = line.strip(" -*>#")
            if len(plain) > 40 and "|" not in plain and "http" not in plain and len(words(plain)) > 6:
                found.append(plain)
    return tuple(found)


def test_every_sentence_of_the_starter_documents_bears_itself() -> None:
    refused = [text for text in sentences() if not check_statement(text, [text]).ok]
    assert len(sentences()) > 500
    assert refused == []


def test_hardly_a_sentence_fails_for_a_reason_of_its_own_where_a_word_more_stands_before_it() -> None:
    """Said with "Ainsi," before it, a sentence is no longer verbatim, and every check reads it against itself."""
    french = [text for text in sentences() if " le " in text or " la " in text]
    refused = [text for text in french if not check_statement(f"Ainsi, {text}", [text]).ok]
    assert len(refused) <= 0.01 * len(french)


@given(st.data())
def test_a_sentence_with_another_count_is_refused(data: st.DataObject) -> None:
    counted = [text for text in sentences() if _COUNT.search(text)]
    text = data.draw(st.sampled_from(counted))
    found = _COUNT.search(text)
    assert found is not None
    other = data.draw(st.integers(11, 998).filter(lambda n: f"{n}" not in text))
    verdict = check_statement(f"{text[: found.start()]}{other}{text[found.end() :]}", [text])
    assert not verdict.ok


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_judged_without_a_fault(said: str, held: str) -> None:
    verdict = check_statement(said, [held])
    assert 0 <= verdict.support <= 1
    assert verdict.ok == (verdict.flaw is None)
    if not held.strip():
        assert verdict.flaw is Flaw.QUOTE_NOT_FOUND
