"""Whatever a model writes, an answer keeps its laws: quotes are the page's, every statement is cited, and nothing it says is a link."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.encoder import Encoder
from service.answer import Answer, Language, Outcome
from service.chat_prompt import prompt_of
from service.compose import Draft, Found, WriterFault
from service.compose_chat import draft_of
from service.draft_reader import DraftReader
from service.engine import AnswerEngine
from tests.makers import note, question, write

FACT = "Le guichet Zéphyr des hôpitaux a ouvert le 3 mai 2025."
MORE = "Il n’est pas ouvert aux éditeurs – sauf exception prévue par l’arrêté du 2 avril 2025."
ASKED = "Quand le guichet Zéphyr des hôpitaux a-t-il ouvert ?"
WORDS = (
    *FACT.split(),
    *MORE.split(),
    "Zébulon",
    "2031",
    "[1]",
    "![x](https://e.example)",
    "<b>",
    "http://e.example",
    "«",
    "ne",
    "doit",
)
SAID = st.one_of(
    st.sampled_from([FACT, MORE, f"{FACT} {MORE}"]), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
)
QUOTED = st.one_of(st.sampled_from([FACT, MORE, FACT[3:40], MORE[7:]]), SAID)
WRITTEN = st.lists(st.tuples(SAID, st.lists(st.tuples(st.integers(-1, 4), QUOTED), max_size=3)), max_size=5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> AnswerEngine:
    old = "Dépassé depuis le 3 mai 2025 : le guichet Zéphyr des hôpitaux n’existe pas."
    notes = [note("zephyr", f"{FACT} {MORE}", published_on=dt.date(2025, 6, 1)), note("ancien", old)]
    return AnswerEngine(write(tmp_path_factory.mktemp("laws") / "b", notes, encoder), encoder)


class Babbler:
    """A model that replies what it is given, and may break off."""

    model, sent_to = "babbler", ""

    def __init__(self, reply: str, *, breaks_off: bool) -> None:
        self.reply, self.breaks_off = reply, breaks_off

    def prompt_version(self, lang: Language) -> str:
        return f"answer.{lang}.v1"

    def compose(self, found: Found) -> Iterator[Draft]:
        prompt = prompt_of(found, "«0»")
        for statement in DraftReader().feed(self.reply):
            yield draft_of(found, prompt, statement)
        if self.breaks_off:
            raise WriterFault("cut")


def keeps_its_laws(engine: AnswerEngine, answer: Answer) -> None:
    for n, citation in enumerate(answer.citations, 1):
        page = engine.bundle.page(citation.source.id, citation.passage.locator.page_index)
        assert page is not None and citation.n == n
        assert page.text[citation.quote.start : citation.quote.end] == citation.quote.exact
    for statement in answer.statements:
        assert statement.citations and set(statement.citations) <= set(range(1, len(answer.citations) + 1))
        if not statement.ai_generated:
            assert statement.text in [answer.citations[n - 1].quote.exact for n in statement.citations]
        for forbidden in ("Zébulon", "2031", "http", "<b>", "![", "[1]"):
            assert forbidden not in statement.text
    texts = [statement.text for statement in answer.statements]
    assert len(set(texts)) == len(texts)
    assert answer.ai_generated == any(statement.ai_generated for statement in answer.statements)
    assert (answer.mode == "generative") == answer.ai_generated == bool(answer.model)


@given(WRITTEN, st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written(
    engine: AnswerEngine, written: list[tuple[str, list[tuple[int, str]]]], breaks_off: bool
) -> None:
    statements = [{"text": text, "quotes": [{"passage": n, "words": w} for n, w in quotes]} for text, quotes in written]
    writer = Babbler(json.dumps({"statements": statements}), breaks_off=breaks_off)
    answer = engine.ask(question(ASKED, mode="generative"), writer)
    extracts = engine.ask(question(ASKED))
    keeps_its_laws(engine, answer)
    assert extracts.outcome is Outcome.ANSWERED
    assert answer.outcome in (Outcome.ANSWERED, Outcome.WITHHELD)
    assert answer.statements, "there is never less than something"
    if not answer.ai_generated:
        assert {s.text for s in extracts.statements} <= {s.text for s in answer.statements}
    assert (answer.writer_fault == "cut") == breaks_off
