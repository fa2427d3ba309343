"""A query in, LangChain documents out: a bundle as LangChain's `VectorStore`, to be read and never written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Self

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance

from corpus.bundle import Bundle
from service.answer import Evidence, Filters
from service.engine import AnswerEngine, open_engine
from service.langchain_embeddings import SourcierEmbeddings
from service.langchain_retriever import check_names, document_of
from service.time_frame import on_date

READ_ONLY = "A Sourcier bundle is read-only: it is built, checked and sealed as a whole. Index documents with `python -m ingest build`."


class SourcierVectorStore(VectorStore):
    """The passages of one bundle. `similarity_search` searches as the service does, by words and by vectors; `..._by_vector` by
    vectors alone. `k` is at least 1; `filters` and `as_of` are those of a question, `as_of` None meaning the day of the call.

    Scores are within 0..1 and rank within one query. Passages are ranked, not judged: ask `engine.ask` whether they answer.
    """

    def __init__(self, engine: AnswerEngine) -> None:
        self.engine = engine

    @classmethod
    def from_bundles(cls, bundles_dir: Path, encoder: str = "") -> Self:
        """The store of the active bundle of a folder; `encoder` is that of `open_engine`.

        Raises: KnownError as `open_engine` does.
        """
        return cls(open_engine(bundles_dir, encoder))

    @property
    def bundle(self) -> Bundle:
        """What is searched."""
        return self.engine.bundle

    @property
    def embeddings(self) -> Embeddings:
        """The encoder that the bundle was made with."""
        return SourcierEmbeddings.of(self.engine.encoder)

    def similarity_search(self, query: str, k: int = 4, **given: Any) -> list[Document]:
        """The passages nearest to a query, best first."""
        return [document for document, _ in self.similarity_search_with_score(query, k, **given)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, *, filters: Filters | None = None, as_of: dt.date | None = None
    ) -> list[tuple[Document, float]]:
        """The same with their scores.

        Raises: ValueError for a `k` below 1, or a filter that names a publisher or a document that does not exist.
        """
        day = as_of or dt.date.today()
        return [(document_of(self.bundle, found, day), found.score) for found in self._found(query, k, filters, day)]

    def similarity_search_by_vector(  # type: ignore[override]
        self, embedding: list[float], k: int = 4, *, filters: Filters | None = None, as_of: dt.date | None = None
    ) -> list[Document]:
        """The passages whose vectors are nearest to one, best first.

        Raises: ValueError as `similarity_search_with_score`, and for a vector of another dimension.
        """
        vector = np.asarray(embedding, np.float32)
        if vector.shape != (self.bundle.vectors.dimension,):
            raise ValueError(f"a vector of {self.bundle.vectors.dimension} numbers is expected, not {vector.shape}")
        day = as_of or dt.date.today()
        rows, scores = self.bundle.vectors.search(vector, _checked(k), self.engine.allowed(self._known(filters)))
        return [self._document(int(row), float(score), day) for row, score in zip(rows, scores, strict=True)]

    def max_marginal_relevance_search(  # type: ignore[override]
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
    ) -> list[Document]:
        """Passages near a query and unlike each other: `k` of the `fetch_k` nearest; `lambda_mult` 1 asks for nearness alone.

        Raises: ValueError as `similarity_search_with_score`.
        """
        day = as_of or dt.date.today()
        found = self._found(query, max(_checked(k), fetch_k), filters, day)
        rows = np.asarray([self.bundle.row_of(one.passage.id) for one in found], np.int64)
        vector = np.asarray(self.embeddings.embed_query(query), np.float32)
        kept = maximal_marginal_relevance(vector, list(self.bundle.vectors.vectors_of(rows)), lambda_mult, k)
        return [document_of(self.bundle, found[n], day) for n in kept]

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The passages of those ids, in that order, those of withdrawn documents and unknown ids left out; as they stand today."""
        rows = (self.bundle.row_of(one) for one in ids)
        here = [row for row in rows if row is not None and self.bundle.source_of(row).id not in self.engine.excluded]
        return [self._document(row, 0.0, dt.date.today()) for row in here]

    def add_texts(self, texts: Iterable[str], metadatas: list[dict[str, Any]] | None = None, **given: Any) -> NoReturn:
        """Raise NotImplementedError: see READ_ONLY."""
        raise NotImplementedError(READ_ONLY)

    def delete(self, ids: list[str] | None = None, **given: Any) -> NoReturn:
        """Raise NotImplementedError: see READ_ONLY; `python -m ingest withdraw` takes a document out of the answers."""
        raise NotImplementedError(READ_ONLY)

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[str, Any]] | None = None, **given: Any
    ) -> NoReturn:
        """Raise NotImplementedError: see READ_ONLY."""
        raise NotImplementedError(READ_ONLY)

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        """Scores are within 0..1 as they are."""
        return lambda score: min(max(score, 0.0), 1.0)

    def _found(self, query: str, k: int, filters: Filters | None, day: dt.date) -> tuple[Evidence, ...]:
        return self.engine.search(query, limit=_checked(k), as_of=day, filters=self._known(filters))

    def _known(self, filters: Filters | None) -> Filters:
        check_names(self.bundle, filters or Filters())
        return filters or Filters()

    def _document(self, row: int, score: float, day: dt.date) -> Document:
        source = on_date(self.bundle.source_of(row), day)
        return document_of(self.bundle, Evidence(self.bundle.passage_at(row), source, score), day)


def _checked(k: int) -> int:
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return k
