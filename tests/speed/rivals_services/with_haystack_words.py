"""Haystack's store in memory and its BM25 retriever behind FastAPI: passages in, the best of them out."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from plain_service import Passage, application, index_folder, index_from_command, passages_given

SAVED = "documents.json"


def documents_of(passages: list[Passage]) -> list[Document]:
    """The passages as Haystack has them."""
    return [
        Document(content=one["text"], meta={name: one[name] for name in ("row", "title", "source")}) for one in passages
    ]


def build(passages: list[Passage], folder: Path) -> None:
    """Write the documents and save; words are counted when they are loaded."""
    folder.mkdir(parents=True)
    store = InMemoryDocumentStore()
    store.write_documents(documents_of(passages))
    store.save_to_disk(str(folder / SAVED))


def create_app() -> FastAPI:
    """The service over the saved store."""
    store = InMemoryDocumentStore.load_from_disk(str(index_folder() / SAVED))
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=passages_given()))

    def find(question: str) -> list[Passage]:
        found = pipeline.run({"retriever": {"query": question}})["retriever"]["documents"]
        return [{"text": one.content, **one.meta} for one in found]

    find("un")
    return application(find)


if __name__ == "__main__":
    index_from_command(build)
