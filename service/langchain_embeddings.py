"""Texts in, vectors out, as LangChain's `Embeddings`: the encoder that ships, or any other that Sourcier can open."""

from __future__ import annotations

from typing import Any, Self

from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.encoder import Encoder, open_encoder


class SourcierEmbeddings(BaseModel, Embeddings):
    """Vectors of unit length, so that their dot product is their cosine. Safe to share between threads.

    `where` says which encoder: empty for the one that ships (French and English, 5 ms, no torch), else a folder or a hub name.
    An encoder that is open already is given as `encoder`.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    where: str = ""
    encoder: Any = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _opened(cls, given: Any) -> Any:
        """Open the encoder.

        Raises: KnownError as `open_encoder` does.
        """
        if isinstance(given, dict) and given.get("encoder") is None:
            return {**given, "encoder": open_encoder(given.get("where") or None)}
        return given

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """The embeddings of an encoder that is open."""
        return cls(where=encoder.card.name, encoder=encoder)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector a text, as passages are encoded; a text without a known word gives zeros."""
        vectors: list[list[float]] = self.encoder.encode_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self.encoder.encode_questions([text])[0].tolist()
        return vector
