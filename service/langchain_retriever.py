"""A query in, LangChain documents out: Sourcier's search as a `BaseRetriever`."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any, Self

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import run_in_executor
from pydantic import Field, model_validator

from corpus.bundle import Bundle
from service.answer import Evidence, Filters
from service.engine import AnswerEngine, open_engine
from service.time_frame import standing

PDF = "application/pdf"


class SourcierRetriever(BaseRetriever):
    """Finds passages; `page_content` of each is character for character its text in the page that Sourcier serves.

    `k` is how many (1 to 50); `filters` and `as_of` are those of a question, `as_of` None meaning the day of the call. All
    three may also be given with one call: `retriever.invoke("...", k=3)`. Passages are ranked, not judged: there are
    always some, so ask `engine.ask` whether they answer.
    """

    engine: AnswerEngine = Field(exclude=True, repr=False)
    k: int = Field(default=6, ge=1, le=50)
    filters: Filters = Field(default_factory=Filters)
    as_of: dt.date | None = None

    @classmethod
    def from_bundles(cls, bundles_dir: Path, encoder: str = "", **fields: Any) -> Self:
        """A retriever over the active bundle of a folder; `encoder` is that of `open_engine`, `fields` are those of the class.

        Raises: KnownError as `open_engine` does; pydantic's ValidationError for a field that cannot be used.
        """
        return cls(engine=open_engine(bundles_dir, encoder), **fields)

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        check_names(self.engine.bundle, self.filters)
        return self

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun | None = None, **given: Any
    ) -> list[Document]:
        asked = self._asked(given)
        day = asked.as_of or dt.date.today()
        found = asked.engine.search(query, limit=asked.k, as_of=day, filters=asked.filters)
        return [document_of(asked.engine.bundle, evidence, day) for evidence in found]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **given: Any
    ) -> list[Document]:
        return await run_in_executor(None, partial(self._get_relevant_documents, query, **given))

    def _asked(self, given: dict[str, Any]) -> Self:
        """This retriever with what one call gives, checked as fields are."""
        if not given:
            return self
        unknown = sorted(set(given) - {"k", "filters", "as_of"})
        if unknown:
            raise TypeError(f"unknown argument {unknown[0]!r}; a call takes k, filters and as_of")
        own: dict[str, Any] = {"engine": self.engine, "k": self.k, "filters": self.filters, "as_of": self.as_of}
        return type(self)(**own | given)


def check_names(bundle: Bundle, filters: Filters) -> None:
    """Let filters pass that name what exists; else an empty list would look like silence of the corpus.

    Raises: ValueError naming what is unknown.
    """
    documents = [record.source for record in bundle.documents]
    known = {"publisher": {source.publisher for source in documents}, "document": {s.id for s in documents}}
    for noun, names in (("publisher", filters.publishers), ("document", filters.documents)):
        unknown = [name for name in names if name not in known[noun]]
        if unknown:
            raise ValueError(f"filters: unknown {noun} {unknown[0]!r} in bundle {bundle.card.id}")


def document_of(bundle: Bundle, evidence: Evidence, as_of: dt.date) -> Document:
    """A found passage as LangChain knows documents: its id, its exact text, and metadata of plain JSON values.

    `start` and `end` count Unicode code points in the served text of page `page_index`; `status` is the document's on
    `as_of`; `outdated` lists the sentences of the passage that do not hold on that date.
    """
    passage, source, place = evidence.passage, evidence.source, evidence.passage.locator
    unlabelled = str(place.page_index + 1) if source.media_type == PDF else None
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.id,
            "document_id": source.id,
            "title": source.title,
            "publisher": source.publisher,
            "published_on": source.published_on.isoformat() if source.published_on else None,
            "language": source.language,
            "kind": source.kind.value,
            "licence": source.licence,
            "url": source.url,
            "status": standing("", source, as_of).status.value,
            "as_of": as_of.isoformat(),
            "outdated": _outdated(bundle, evidence, as_of),
            "page_index": place.page_index,
            "page_label": place.page_label or unlabelled,
            "section": list(place.section),
            "start": place.start,
            "end": place.end,
            "score": evidence.score,
            "bundle_id": bundle.card.id,
        },
    )


def _outdated(bundle: Bundle, evidence: Evidence, as_of: dt.date) -> list[str]:
    row = bundle.row_of(evidence.passage.id)
    if row is None:
        return []
    sentences = (bundle.sentence_at(n).text for n in bundle.sentence_rows(row))
    return [text for text in sentences if not standing(text, evidence.source, as_of).holds]
