"""LlamaIndex's BM25 retriever, stop words and stemmer French, behind FastAPI: passages in, the best of them out."""

from __future__ import annotations

from pathlib import Path

import Stemmer
from fastapi import FastAPI
from llama_index.core.schema import TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from plain_service import Passage, application, index_folder, index_from_command, passages_given


def build(passages: list[Passage], folder: Path) -> None:
    """Index the words of the passages and save."""
    nodes = [
        TextNode(
            text=one["text"],
            metadata={name: one[name] for name in ("row", "title", "source")},
            excluded_embed_metadata_keys=["row", "title", "source"],
        )
        for one in passages
    ]
    folder.mkdir(parents=True)
    retriever = BM25Retriever.from_defaults(nodes=nodes, stemmer=Stemmer.Stemmer("french"), language="fr")
    retriever.persist(str(folder))


def create_app() -> FastAPI:
    """The service over the saved index; a loaded retriever has the English stemmer until it is given the French one."""
    retriever = BM25Retriever.from_persist_dir(str(index_folder()))
    retriever.stemmer = Stemmer.Stemmer("french")
    retriever.similarity_top_k = min(passages_given(), len(retriever.corpus))

    def find(question: str) -> list[Passage]:
        return [{"text": one.node.get_content(), **one.node.metadata} for one in retriever.retrieve(question)]

    find("un")
    return application(find)


if __name__ == "__main__":
    index_from_command(build)
