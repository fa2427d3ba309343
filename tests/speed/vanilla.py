"""Passages in, the service that tutorials build on LangChain out: flat FAISS vectors behind FastAPI, to compare with.

The store does what langchain-community's `FAISS` does without its pickle: an `IndexFlatL2`, documents in a dictionary by id.
It has our encoder, so that what is compared is not the model. It answers with the four nearest passages and checks nothing.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from fastapi import FastAPI
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from pydantic import BaseModel

from corpus.bundle import Bundle, open_bundle
from service.langchain_embeddings import SourcierEmbeddings

PASSAGES_GIVEN = 4
BUNDLE_VARIABLE = "VANILLA_BUNDLE"


class FlatStore(VectorStore):
    """Documents by the distance of their vectors to the question's."""

    def __init__(self, embedding: Embeddings) -> None:
        self._embedding = embedding
        self._index = faiss.IndexFlatL2(len(embedding.embed_query("un")))
        self._documents: dict[str, Document] = {}
        self._ids: list[str] = []

    @property
    def embeddings(self) -> Embeddings:
        """What makes the vectors."""
        return self._embedding

    def add_documents(self, documents: list[Document], **_: Any) -> list[str]:
        """Embed and keep the documents; their new ids."""
        self._index.add(
            np.asarray(self._embedding.embed_documents([one.page_content for one in documents]), np.float32)
        )
        ids = [str(uuid.uuid4()) for _ in documents]
        self._documents.update(zip(ids, documents, strict=True))
        self._ids += ids
        return ids

    def similarity_search(self, query: str, k: int = PASSAGES_GIVEN, **_: Any) -> list[Document]:
        """The `k` nearest documents, the nearest first."""
        vector = np.asarray([self._embedding.embed_query(query)], np.float32)
        _, rows = self._index.search(vector, k)
        return [self._documents[self._ids[int(row)]] for row in rows[0] if row >= 0]

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[Any, Any]] | None = None, **_: Any
    ) -> FlatStore:
        """A store of texts."""
        store = cls(embedding)
        said: Sequence[dict[Any, Any]] = metadatas or [{} for _ in texts]
        store.add_documents([Document(page_content=text, metadata=one) for text, one in zip(texts, said, strict=True)])
        return store


def store_of(bundle: Bundle, embedding: Embeddings | None = None) -> FlatStore:
    """The passages of a bundle, the very ones that Sourcier answers from, each with its document."""
    documents = [
        {"source": bundle.source_of(row).id, "title": bundle.source_of(row).title, "row": row}
        for row in range(len(bundle))
    ]
    return FlatStore.from_texts(list(bundle.passage_texts()), embedding or SourcierEmbeddings(), documents)


class Asked(BaseModel):
    """A question."""

    question: str


class Given(BaseModel):
    """The nearest passages."""

    passages: list[dict[str, Any]]


def create_app() -> FastAPI:
    """The application over the bundle that VANILLA_BUNDLE names: `POST /ask`, `GET /readyz`."""
    retriever = store_of(open_bundle(Path(os.environ[BUNDLE_VARIABLE]))).as_retriever(
        search_kwargs={"k": PASSAGES_GIVEN}
    )
    app = FastAPI()

    @app.post("/ask")
    def ask(asked: Asked) -> Given:
        found = retriever.invoke(asked.question)
        return Given(passages=[{"text": one.page_content, **one.metadata} for one in found])

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app
