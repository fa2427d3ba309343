"""The store and the embeddings pass LangChain's standard tests as far as they apply; a bundle is read and never written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, VectorStoreIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from corpus.bundle import Bundle
from corpus.encoder import Encoder
from service.answer import Filters
from service.engine import AnswerEngine
from service.langchain_embeddings import SourcierEmbeddings
from service.langchain_store import READ_ONLY, SourcierVectorStore
from tests.makers import TODAY, note, write

WRITES = (
    "add_documents", "deleting_documents", "deleting_bulk_documents", "delete_missing_content",
    "add_documents_with_ids_is_idempotent", "add_documents_by_id_with_mutation", "get_by_ids", "add_documents_documents",
    "add_documents_with_existing_ids",
)  # fmt: skip
"""The standard tests that write before they read; those of an empty store, of missing ids and of their kind need not."""


def refused(name: str) -> Callable[..., Any]:
    """A standard test under the mark that its suite asks for; it must end in the refusal, not in any other fault."""
    standard: Callable[..., Any] = getattr(VectorStoreIntegrationTests, name)
    reason = "a bundle is read-only: it is built, checked and sealed as a whole by `python -m ingest build`"
    if name.endswith("_async"):

        async def run_async(self: Any, vectorstore: VectorStore) -> None:
            await standard(self, vectorstore)

        return pytest.mark.xfail(reason=reason, raises=NotImplementedError, strict=True)(run_async)

    def run(self: Any, vectorstore: VectorStore) -> None:
        standard(self, vectorstore)

    return pytest.mark.xfail(reason=reason, raises=NotImplementedError, strict=True)(run)


@pytest.fixture(scope="module")
def engine(small_bundle: Bundle, encoder: Encoder) -> AnswerEngine:
    return AnswerEngine(small_bundle, encoder)


@pytest.fixture
def store(engine: AnswerEngine) -> SourcierVectorStore:
    return SourcierVectorStore(engine)


class _StandardStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, tmp_path: Path, encoder: Encoder) -> VectorStore:
        return SourcierVectorStore(AnswerEngine(write(tmp_path / "b", [], encoder), encoder))

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"


TestStandardStore = pytest.mark.anyio(
    type(
        "TestStandardStore",
        (_StandardStore,),
        {name: refused(name) for one in WRITES for name in (f"test_{one}", f"test_{one}_async")},
    )
)
"""LangChain's own tests of a vector store, over an empty bundle."""


class TestStandardEmbeddings(EmbeddingsUnitTests):
    """LangChain's own tests of making embeddings."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SourcierEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"where": ""}


@pytest.mark.anyio
class TestStandardEmbeddingsInUse(EmbeddingsIntegrationTests):
    """LangChain's own tests of embeddings, on the shipped encoder."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SourcierEmbeddings


def test_the_store_finds_what_the_engine_finds(store: SourcierVectorStore, engine: AnswerEngine) -> None:
    query = "plafond de la PECAN"
    found = store.similarity_search_with_score(query, k=3, as_of=TODAY)
    expected = engine.search(query, limit=3, as_of=TODAY, filters=Filters())
    assert [(document.id, score) for document, score in found] == [(one.passage.id, one.score) for one in expected]
    assert [document.page_content for document, _ in found] == [one.passage.text for one in expected]
    assert [one.id for one in store.similarity_search(query, k=3)] == [document.id for document, _ in found]


def test_a_passage_is_had_again_by_its_id(store: SourcierVectorStore) -> None:
    found = store.similarity_search("PECAN", k=2)
    again = store.get_by_ids([found[1].id or "", "absent", found[0].id or ""])
    assert [(one.id, one.page_content) for one in again] == [(one.id, one.page_content) for one in reversed(found)]


def test_nearness_by_vector_is_that_of_the_embeddings(store: SourcierVectorStore, small_bundle: Bundle) -> None:
    vector = store.embeddings.embed_query("plafond de la PECAN")
    found = store.similarity_search_by_vector(vector, k=2)
    cosines = small_bundle.vectors.vectors_of(np.arange(len(small_bundle))) @ np.asarray(vector, np.float32)
    best = np.argsort(-cosines)[:2]
    assert [one.page_content for one in found] == [small_bundle.passage_at(int(row)).text for row in best]
    assert [one.metadata["score"] for one in found] == pytest.approx([float(cosines[row]) for row in best])
    with pytest.raises(ValueError, match="numbers is expected"):
        store.similarity_search_by_vector([0.1, 0.2])


def test_filters_and_dates_hold_for_every_search(store: SourcierVectorStore) -> None:
    only = Filters(documents=("hds",))
    vector = store.embeddings.embed_query("PECAN")
    for found in (
        store.similarity_search("PECAN", filters=only),
        store.similarity_search_by_vector(vector, filters=only),
        store.max_marginal_relevance_search("PECAN", filters=only),
    ):
        assert {one.metadata["document_id"] for one in found} == {"hds"}
    (then,) = store.similarity_search("PECAN", k=1, as_of=dt.date(2024, 1, 1))
    assert then.metadata["as_of"] == "2024-01-01"
    with pytest.raises(ValueError, match="unknown document 'absent'"):
        store.similarity_search("PECAN", filters=Filters(documents=("absent",)))
    with pytest.raises(ValueError, match="at least 1"):
        store.similarity_search("PECAN", k=0)


def test_a_diverse_search_does_not_give_the_same_passage_twice(store: SourcierVectorStore) -> None:
    found = store.max_marginal_relevance_search("référentiel HDS", k=3, lambda_mult=0.0)
    assert len({one.id for one in found}) == 3


def test_a_withdrawn_document_is_not_had_from_the_store(tmp_path: Path, encoder: Encoder) -> None:
    engine = AnswerEngine(write(tmp_path / "b", [note("pecan", "La PECAN dure un an.")], encoder), encoder)
    store = SourcierVectorStore(engine)
    (found,) = store.similarity_search("PECAN")
    engine.excluded = frozenset({"pecan"})
    vector = store.embeddings.embed_query("PECAN")
    assert store.similarity_search("PECAN") == store.get_by_ids([found.id or ""]) == []
    assert store.similarity_search_by_vector(vector) == store.max_marginal_relevance_search("PECAN") == []


def test_every_write_says_that_the_store_is_read_only(store: SourcierVectorStore) -> None:
    document = Document(page_content="x")
    for write_to in (
        lambda: store.add_texts(["x"]),
        lambda: store.add_documents([document]),
        lambda: store.delete(["x"]),
        lambda: SourcierVectorStore.from_texts(["x"], store.embeddings),
        lambda: SourcierVectorStore.from_documents([document], store.embeddings),
    ):
        with pytest.raises(NotImplementedError) as refusal:
            write_to()
        assert str(refusal.value) == READ_ONLY


def test_the_store_is_a_retriever_of_every_kind(store: SourcierVectorStore) -> None:
    for kind in ("similarity", "mmr"):
        found = store.as_retriever(search_type=kind, search_kwargs={"k": 2}).invoke("PECAN")
        assert len(found) == 2
    near = store.similarity_search_with_relevance_scores("PECAN", k=2, score_threshold=0.01)
    assert near and all(0 <= score <= 1 for _, score in near)


def test_embeddings_are_those_of_the_encoder(encoder: Encoder) -> None:
    made = SourcierEmbeddings()
    texts = ["La PECAN dure un an.", ""]
    assert made.embed_documents(texts) == encoder.encode_passages(texts).tolist()
    assert made.embed_query("PECAN") == encoder.encode_questions(["PECAN"])[0].tolist()
    assert len(made.embed_query("PECAN")) == encoder.card.dimension
    assert made.embed_documents([]) == []
