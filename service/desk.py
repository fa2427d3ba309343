"""What a request may reach: the application goes in; the engine (read once a request), settings, clock, permits and withdrawals come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request

from corpus.passage import text_digest
from service.admission import Admission
from service.answer import Answer, Evidence, Filters, Question
from service.answer_cache import AnswerCache, Given
from service.compose import Listener, Writer
from service.metrics import Metrics
from service.problems import ProblemError
from service.settings import ServiceSettings
from service.texts import Wording
from service.time_frame import on_date

if TYPE_CHECKING:
    from corpus.bundle import Bundle, DocumentRecord
    from corpus.withdrawals import Withdrawal

Clock = Callable[[], dt.date]


class Engine(Protocol):
    """What the HTTP side asks of the answering side; one engine stands on one bundle for as long as it lives."""

    excluded: frozenset[str]
    """Ids of withdrawn documents, which are neither found nor cited."""

    @property
    def bundle(self) -> Bundle:
        """What the answers stand on."""
        ...

    def ask(self, question: Question, writer: Writer | None = None, listener: Listener | None = None) -> Answer:
        """The answer to a question, worded by `writer` where its mode is generative."""
        ...

    def search(self, query: str, *, limit: int, as_of: dt.date, filters: Filters) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first."""
        ...


class CountedEngine:
    """An engine with its writer, if the service has one, whose answers are counted, whichever door they leave by."""

    def __init__(
        self, engine: Engine, metrics: Metrics, writer: Writer | None = None, cache: AnswerCache | None = None
    ) -> None:
        self.excluded = engine.excluded
        self._cache = cache or AnswerCache(0)
        self._engine = engine
        self.writer = writer
        self._metrics = metrics

    @property
    def bundle(self) -> Bundle:
        """What the answers stand on."""
        return self._engine.bundle

    def at_hand(self, question: Question) -> Given | None:
        """What was given lately in the documents' own words and still holds; it is counted, and needs no permit to compute."""
        if question.mode != "extractive":
            return None
        given = self._cache.find(question, self.bundle.card.id, self._engine.excluded)
        if given is not None:
            self._metrics.cached.add()
            self._metrics.answered(given.answer)
        return given

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        """The answer to a question; `listener` is told of what a writer writes as soon as it is checked."""
        if (given := self.at_hand(question)) is not None:
            return given.answer
        if question.mode == "generative" and self.writer is not None:
            answer = self._engine.ask(question, self.writer, listener)
        else:
            answer = self._extracts(question)
        self._metrics.answered(answer)
        return answer

    def _extracts(self, question: Question) -> Answer:
        """The answer in the documents' own words, kept for whoever asks the same next."""
        engine, excluded = self._engine, self._engine.excluded
        answer = engine.ask(question)
        # With other withdrawals than before, it may stand on what was withdrawn meanwhile.
        if question.mode == "extractive" and engine.excluded is excluded:
            self._cache.keep(question, engine.bundle.card.id, excluded, answer)
        return answer

    def search(self, query: str, *, limit: int, as_of: dt.date, filters: Filters) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first."""
        return self._engine.search(query, limit=limit, as_of=as_of, filters=filters)


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's view of the service. `engine` never changes within it, even if another is put in its place meanwhile."""

    settings: ServiceSettings
    clock: Clock
    admission: Admission
    engine: CountedEngine
    withdrawn: Mapping[str, Withdrawal]
    writing: Admission
    """The permits of questions that a model answers: they wait on it, and must keep nobody else waiting."""

    def permits_for(self, question: Question) -> Admission:
        """The permits that a question needs one of."""
        written = question.mode == "generative" and self.engine.writer is not None
        return self.writing if written else self.admission

    @property
    def sent_to(self) -> str:
        """The host that questions which name no mode are sent to, empty where they stay on this machine."""
        writer = self.engine.writer
        return writer.sent_to if writer is not None and self.settings.mode_default == "generative" else ""

    def standing(self) -> list[DocumentRecord]:
        """The documents of the bundle that were not withdrawn since it was built, with the status that they have today."""
        found = (record for record in self.engine.bundle.documents if record.source.id not in self.withdrawn)
        return [replace(record, source=on_date(record.source, self.clock())) for record in found]

    def edition(self) -> str:
        """What is served, in a word that changes with the bundle, with what is withdrawn from it and with the day, on which the
        status of documents depends.
        """
        served = f"{self.engine.bundle.card.id}-{self.clock():%Y%m%d}"
        return f"{served}-{text_digest(' '.join(sorted(self.withdrawn)))}" if self.withdrawn else served


async def desk_of(request: Request) -> Desk:
    """The desk of a request. The engine learns here of every withdrawal, so that it holds for this request already.

    Raises: `index_not_ready` where no bundle is open; `withdrawals_damaged`, which nobody may answer through.
    """
    state = request.app.state
    engine: Engine | None = state.engine
    if engine is None:
        detail = Wording("Aucun index n'est ouvert.", "No index is open.")
        raise ProblemError("index_not_ready", detail, headers={"Retry-After": "10"})
    withdrawn = (
        state.withdrawals.current()
    )  # no `await` between here and the end: an older view never wins over a newer
    if engine.excluded != withdrawn.keys():
        engine.excluded = frozenset(withdrawn)
    counted = CountedEngine(engine, state.metrics, state.writer, state.answer_cache)
    return Desk(state.settings, state.clock, state.admission, counted, withdrawn, state.writing)


AtDesk = Annotated[Desk, Depends(desk_of)]
