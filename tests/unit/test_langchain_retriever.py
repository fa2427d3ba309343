"""The retriever keeps LangChain's contract and Sourcier's: exact passages, known ids, the asked date, no silent filter."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnablePassthrough
from langchain_tests.integration_tests import RetrieversIntegrationTests
from pydantic import ValidationError

from corpus.bundle import Bundle
from corpus.encoder import Encoder
from corpus.errors import KnownError
from service.answer import Filters
from service.engine import AnswerEngine
from service.langchain_retriever import SourcierRetriever
from tests.makers import ROOT, TODAY, note, write


@pytest.fixture(scope="module")
def engine(small_bundle: Bundle, encoder: Encoder) -> AnswerEngine:
    return AnswerEngine(small_bundle, encoder)


@pytest.fixture
def retriever(engine: AnswerEngine) -> SourcierRetriever:
    return SourcierRetriever(engine=engine, as_of=TODAY)


@pytest.mark.anyio
class TestStandard(RetrieversIntegrationTests):
    """LangChain's own tests of a retriever."""

    @pytest.fixture(autouse=True)
    def _given(self, engine: AnswerEngine) -> None:
        self.engine = engine

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return SourcierRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"engine": self.engine}

    @property
    def retriever_query_example(self) -> str:
        return "Combien de temps dure la PECAN ?"


def test_page_content_is_the_served_text_at_its_place(retriever: SourcierRetriever, small_bundle: Bundle) -> None:
    found = retriever.invoke("plafond de la PECAN")
    assert found
    for one in found:
        page = small_bundle.page(one.metadata["document_id"], one.metadata["page_index"])
        assert page is not None
        assert page.text[one.metadata["start"] : one.metadata["end"]] == one.page_content


def test_a_document_has_the_passage_s_id_and_says_where_it_stands(
    retriever: SourcierRetriever, small_bundle: Bundle
) -> None:
    best = retriever.invoke("plafond de la PECAN")[0]
    passage = small_bundle.passage(best.id or "")
    assert passage is not None and passage.text == best.page_content
    assert best.metadata["score"] > 0
    expected = {
        "passage_id": best.id,
        "document_id": "pecan",
        "title": "pecan",
        "publisher": "Agence A",
        "published_on": "2024-04-22",
        "url": None,
        "status": "in_force",
        "as_of": "2026-11-23",
        "page_label": "1",
        "section": ["Partie 2"],
        "bundle_id": small_bundle.card.id,
    }
    assert expected.items() <= best.metadata.items()


def test_documents_come_best_first_and_survive_json(retriever: SourcierRetriever) -> None:
    found = retriever.invoke("certification HDS")
    scores = [one.metadata["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert [Document.model_validate_json(one.model_dump_json()) for one in found] == found


def test_sentences_that_do_not_hold_on_the_asked_date_are_named(retriever: SourcierRetriever) -> None:
    query = "ancien référentiel HDS"
    (old,) = [one for one in retriever.invoke(query) if "Dépassé" in one.page_content]
    assert old.metadata["outdated"] == ["Dépassé depuis le 16 mai 2026 : l'ancien référentiel HDS reste admis."]
    (then,) = [one for one in retriever.invoke(query, as_of=dt.date(2026, 1, 1)) if "Dépassé" in one.page_content]
    assert then.metadata["outdated"] == []


def test_the_status_of_a_document_is_that_of_the_asked_date(tmp_path: Path, encoder: Encoder) -> None:
    law = note("loi", "Le délai est de soixante jours.", valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2027, 1, 1))
    retriever = SourcierRetriever(engine=AnswerEngine(write(tmp_path / "b", [law], encoder), encoder))
    days = {2025: "announced", 2026: "in_force", 2027: "superseded"}
    for year, status in days.items():
        (found,) = retriever.invoke("Quel est le délai ?", as_of=dt.date(year, 6, 1))
        assert found.metadata["status"] == status


def test_filters_hold_for_the_retriever_and_for_one_call(engine: AnswerEngine) -> None:
    retriever = SourcierRetriever(engine=engine, filters=Filters(publishers=("Agence B",)))
    assert {one.metadata["document_id"] for one in retriever.invoke("PECAN")} == {"hds"}
    only = retriever.invoke("PECAN", filters=Filters(documents=("pecan",)))
    assert {one.metadata["document_id"] for one in only} == {"pecan"}


@pytest.mark.parametrize("filters", [Filters(publishers=("Agence Z",)), Filters(documents=("absent",))])
def test_a_filter_that_names_nothing_is_refused_rather_than_silent(engine: AnswerEngine, filters: Filters) -> None:
    with pytest.raises(ValidationError, match=r"Agence Z|absent"):
        SourcierRetriever(engine=engine, filters=filters)


@pytest.mark.parametrize("k", [0, 51, "many"])
def test_an_impossible_number_of_passages_is_refused(engine: AnswerEngine, k: Any) -> None:
    with pytest.raises(ValidationError):
        SourcierRetriever(engine=engine, k=k)
    with pytest.raises(ValidationError):
        SourcierRetriever(engine=engine).invoke("PECAN", k=k)


def test_an_unknown_argument_of_a_call_is_named(retriever: SourcierRetriever) -> None:
    with pytest.raises(TypeError, match="top_k"):
        retriever.invoke("PECAN", top_k=3)


@pytest.mark.parametrize("query", ["", "   ", "?", "\u200b", "日本語", "a" * 5000])
def test_an_odd_query_gives_a_list(retriever: SourcierRetriever, query: str) -> None:
    assert isinstance(retriever.invoke(query), list)


def test_asynchronous_calls_and_batches_agree_with_plain_ones(retriever: SourcierRetriever) -> None:
    queries = ["plafond de la PECAN", "certification HDS"]
    plain = [retriever.invoke(query, k=2) for query in queries]

    async def ask() -> list[list[Document]]:
        return [await retriever.ainvoke(query, k=2) for query in queries]

    assert asyncio.run(ask()) == plain
    assert retriever.batch(queries, k=2) == plain


def test_a_chain_reads_the_passages_and_answers(retriever: SourcierRetriever) -> None:
    seen: list[str] = []
    prompt = ChatPromptTemplate.from_template("Passages :\n{passages}\n\nQuestion : {question}")
    model = GenericFakeChatModel(messages=iter([AIMessage("Un an.")]))
    chain = (
        {"passages": retriever | joined, "question": RunnablePassthrough()}
        | prompt
        | (lambda value: seen.append(value.to_string()) or value)
        | model
        | StrOutputParser()
    )
    assert chain.invoke("Combien de temps dure la PECAN ?") == "Un an."
    assert "La PECAN dure un an, non renouvelable." in seen[0]


def joined(documents: list[Document]) -> str:
    return "\n".join(one.page_content for one in documents)


def test_the_number_of_passages_can_be_left_to_the_caller_of_a_chain(retriever: SourcierRetriever) -> None:
    open_k = retriever.configurable_fields(k=ConfigurableField(id="k"))
    assert len(open_k.invoke("PECAN", {"configurable": {"k": 2}})) == 2


def test_the_active_bundle_of_a_folder_is_opened_by_its_path(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(KnownError) as caught:
        SourcierRetriever.from_bundles(tmp_path)
    assert caught.value.code == "bundle_missing"
    write(tmp_path / "b-one", [note("pecan", "La PECAN dure un an.")], encoder)
    (tmp_path / "active").write_text("b-one", encoding="utf-8")
    (found,) = SourcierRetriever.from_bundles(tmp_path, k=1).invoke("PECAN")
    assert found.page_content == "La PECAN dure un an."


def test_the_engine_and_the_service_load_no_langchain() -> None:
    program = (
        "import sys, service.engine, service.app, service.__main__\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules if name.startswith('lang')} - {'langcodes'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
