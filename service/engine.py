"""A question in, an answer out: the list of stages in one place, each timed; knows no HTTP."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import ANALYSIS_RULE
from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder, open_encoder
from corpus.errors import BundleError
from corpus.shelf import Shelf
from service import outcome_texts as say
from service.answer import Answer, Evidence, Filters, Language, Notice, Outcome, Question
from service.compose import Found, Listener, NoListener, Writer
from service.compose_extractive import ExtractiveComposer
from service.conversation import context_of, follows
from service.definitions import DefinitionFinder
from service.features import Candidates, candidates
from service.passage_view import PassageReader
from service.precedence import holding_first
from service.query import Query, QueryReader
from service.question_language import language_of_text
from service.rank import Ranking, by_best_sentence, load_weights, rank
from service.retrieve import Hits, retrieve
from service.scope import Reading, Scope, read_scope
from service.stating import Stating
from service.time_frame import on_date
from service.written import write

Result = TypeVar("Result")
PASSAGES_READ = 30
SENTENCES_RANKED = 40
WARM_PASSAGES = 2000
IGNORED_WEIGHT = 0.6
_NAME = re.compile(r"(?<=[a-zé'’] )[A-Z]\w+(?: [A-Z]\w+)*|(?<=['’])[A-Z]\w+(?: [A-Z]\w+)*")
ENOUGH = 0.56
COMPLETE = 0.75
OFF_TOPIC = 0.38
OFF_TOPIC_COSINE = 0.3
"""Below both, no passage is even about the subject (95 % of questions on other subjects: docs/quality.md, "Silence")."""
NEAREST = 3
TURNS_TOLD = 2
"""Earlier questions that a writer is told."""


class AnswerEngine:
    """Answers from one bundle with the encoder that made it. Safe to share between threads; keeps no question."""

    def __init__(self, bundle: Bundle, encoder: Encoder) -> None:
        _check_agreement(bundle, encoder)
        self.bundle = bundle
        self.encoder = encoder
        self.excluded: frozenset[str] = frozenset()
        """Ids of withdrawn documents: they are never found, hence never cited. Put another set here at any time."""
        self._reader = QueryReader(bundle, encoder)
        self._passages = PassageReader(bundle, encoder)
        self._definitions = DefinitionFinder(bundle)
        self._weights = load_weights()

    def ask(self, question: Question, writer: Writer | None = None, listener: Listener | None = None) -> Answer:
        """The answer to a question; every quote in it was found again in its page.

        `writer` words it where its mode is generative; `listener` is told of each statement as soon as it is checked.
        """
        return _Asking(self, question, writer, listener or NoListener()).answer()

    def search(self, query: str, *, limit: int, as_of: dt.date, filters: Filters) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first, each with its document as it stands on `as_of`."""
        hits = self.find(self.query_of(query), limit, self.allowed(filters))
        return tuple(replace(found, source=on_date(found.source, as_of)) for found in self.evidence(hits, limit))

    def allowed(self, filters: Filters) -> NDArray[np.int64] | None:
        """The rows of the passages that the filters let through and whose documents stand, or None for all."""
        excluded = self.excluded
        if not (filters or excluded):
            return None
        sources = (record.source for record in self.bundle.documents)
        fits = np.asarray([source.id not in excluded and filters.accept(source) for source in sources], dtype=bool)
        return np.flatnonzero(fits[self.bundle.passage_document])

    def read(self, question: Question, reading: Reading, lang: Language) -> Query:
        """The query of what is left to ask, in its own language (else `lang`), completed from the turns before and names ignored."""
        context = context_of(reading.askable, question.conversation)
        if reading.ignored and follows(reading.askable):
            context.append((" ".join(_NAME.findall(reading.ignored)), IGNORED_WEIGHT))
        return self._reader.read(reading.askable, language_of_text(reading.askable, lang), context)

    def warm(self, n_passages: int = WARM_PASSAGES) -> AnswerEngine:
        """Itself, once the sentences of the first passages are at hand and every table was touched.

        Under a second for the starter corpus; without it the first questions pay for it, some fifty milliseconds each.
        """
        self._passages.views(range(min(len(self.bundle), n_passages)))
        if self.bundle.documents:
            self.rank(query := self.query_of(self.bundle.documents[0].source.title), self.retrieve(query))
        return self

    def query_of(self, text: str) -> Query:
        """The query of a text that stands alone."""
        return self._reader.read(text, language_of_text(text))

    def retrieve(self, query: Query, allowed: NDArray[np.int64] | None = None) -> Hits:
        """The passages to read for an answer, those that define what is asked for among them."""
        return retrieve(self.bundle, query, PASSAGES_READ, allowed, self._definitions.passages(query))

    def find(self, query: Query, limit: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        """The `limit` best passages for a reader; for a question, those with a sentence that answers it come first."""
        hits = retrieve(self.bundle, query, max(limit, PASSAGES_READ), allowed)
        if query.is_question:
            hits = by_best_sentence(hits, self.candidates(query, hits), self._weights)
        return hits.first(limit)

    def candidates(self, query: Query, hits: Hits) -> Candidates:
        """Every quotable sentence of the passages found, with its features."""
        return candidates(self.bundle, self._passages, query, hits)

    def rank(self, query: Query, hits: Hits) -> Ranking:
        """The sentences of the passages found, the best first, and the confidence in the first."""
        return rank(self.candidates(query, hits), query, self._weights, SENTENCES_RANKED)

    def evidence(self, hits: Hits, limit: int) -> tuple[Evidence, ...]:
        """The first passages of hits with their scores."""
        return tuple(
            Evidence(
                self.bundle.passage_at(int(row)),
                self.bundle.source_of(int(row)),
                float(hits.fused[n]),
                {"dense": float(hits.dense[n]), "lexical": float(hits.lexical[n]), "rank": float(hits.fused[n])},
            )
            for n, row in enumerate(hits.rows[:limit])
        )


class _Asking:
    """One question on its way through the stages."""

    def __init__(self, engine: AnswerEngine, question: Question, writer: Writer | None, listener: Listener) -> None:
        self.engine = engine
        self.question = question
        self.writer = writer if question.mode == "generative" else None
        self.listener = listener
        self.lang: Language = question.lang or language_of_text(question.text)
        self.timings_ms: dict[str, float] = {}
        self.notices: list[Notice] = []

    def answer(self) -> Answer:
        start = time.perf_counter()
        answer = self._answer()
        self.timings_ms["total"] = (time.perf_counter() - start) * 1000
        return replace(answer, timings_ms=dict(self.timings_ms))

    def _answer(self) -> Answer:
        reading = self._timed("scope", lambda: read_scope(self.question.text))
        if reading.scope is not Scope.OURS:
            return self._outside(reading)
        if reading.askable != self.question.text:
            self._notice("instruction_ignored", say.ORDER_IGNORED.in_(self.lang))
        if self.question.mode == "generative" and self.writer is None:
            self._notice("generative_unavailable", say.GENERATIVE_OFF.in_(self.lang))
        query = self._timed("read", lambda: self.engine.read(self.question, reading, self.lang))
        hits = self._timed(
            "retrieve",
            lambda: self.engine.retrieve(query, self.engine.allowed(self.question.filters)),
        )
        ranking = self._timed("rank", lambda: self.engine.rank(query, hits))
        if not query.intent.past:
            ranking = holding_first(ranking, self.engine.bundle, self.question.as_of)
        if not ranking.sentences or ranking.confidence < ENOUGH:
            near = hits.dense.max(initial=0.0) >= OFF_TOPIC_COSINE
            if not (near or self.question.filters) and ranking.confidence < OFF_TOPIC:
                return self._without_statements(Outcome.OUT_OF_SCOPE, say.OFF_TOPIC.in_(self.lang), ranking.confidence)
            return self._nothing_found(hits, ranking.confidence)
        return self._timed("compose", lambda: self._stated(query, hits, ranking))

    def _outside(self, reading: Reading) -> Answer:
        if reading.scope is Scope.ORDER:
            return self._without_statements(Outcome.DECLINED, say.DECLINED.in_(self.lang))
        return self._without_statements(Outcome.OUT_OF_SCOPE, say.OUTSIDE[reading.scope].in_(self.lang))

    def _nothing_found(self, hits: Hits, confidence: float) -> Answer:
        nearest = self._evidence(hits, NEAREST)
        answer = self._without_statements(Outcome.NO_SOURCE, say.NO_SOURCE.in_(self.lang), confidence)
        return replace(answer, nearest=nearest, evidence=self._evidence(hits))

    def _stated(self, query: Query, hits: Hits, ranking: Ranking) -> Answer:
        found = self._found(query, ranking)
        stating = Stating(found, self.notices, self.listener)
        extracts = list(ExtractiveComposer().compose(found))
        outcome, fault = Outcome.ANSWERED, ""
        if self.writer is None:
            for draft in extracts:
                stating.extract(draft)
        else:
            self.listener.found(self._evidence(hits))
            outcome, fault = write(stating, self.writer, found, extracts)
        if not stating.statements:
            return replace(
                self._without_statements(Outcome.WITHHELD, say.WITHHELD.in_(self.lang)),
                dropped=tuple(stating.dropped),
                writer_fault=fault,
            )
        stating.notice_language()
        stating.notice_later()
        complete = ranking.confidence >= COMPLETE and not stating.lost
        text = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in stating.statements)
        answer = Answer(
            outcome=outcome,
            completeness="complete" if complete else "partial",
            lang=self.lang,
            mode="extractive",
            text=text if outcome is Outcome.ANSWERED else f"{say.WRITTEN_WITHHELD.in_(self.lang)} {text}",
            bundle_id=self.engine.bundle.card.id,
            statements=tuple(stating.statements),
            citations=tuple(stating.citations),
            notices=tuple(stating.notices),
            evidence=self._evidence(hits),
            confidence=ranking.confidence,
            dropped=tuple(stating.dropped),
            writer_fault=fault,
        )
        return self._signed(answer) if stating.written else answer

    def _signed(self, answer: Answer) -> Answer:
        """The answer marked as worded by a model."""
        if self.writer is None:
            return answer
        version = self.writer.prompt_version(self.lang)
        return replace(answer, mode="generative", ai_generated=True, model=self.writer.model, prompt_version=version)

    def _found(self, query: Query, ranking: Ranking) -> Found:
        asked = read_scope(self.question.text).askable
        turns = [read_scope(turn.text).askable for turn in self.question.conversation if turn.role == "user"]
        before = tuple(turn for turn in turns[-TURNS_TOLD:] if turn)
        gone, left_s = self.listener.gone, self.listener.left_s
        return Found(
            self.engine.bundle, self.question, asked, before, self.lang, query, ranking, gone=gone, left_s=left_s
        )

    def _evidence(self, hits: Hits, limit: int = 0) -> tuple[Evidence, ...]:
        found = self.engine.evidence(hits, limit or self.question.max_passages)
        return tuple(replace(one, source=on_date(one.source, self.question.as_of)) for one in found)

    def _without_statements(self, outcome: Outcome, text: str, confidence: float = 0.0) -> Answer:
        return Answer(
            outcome=outcome,
            completeness="none",
            lang=self.lang,
            mode="extractive",
            text=text,
            bundle_id=self.engine.bundle.card.id,
            notices=tuple(self.notices),
            confidence=confidence,
        )

    def _notice(self, code: str, text: str, citations: tuple[int, ...] = ()) -> None:
        if code not in {notice.code for notice in self.notices}:
            self.notices.append(Notice(code, text, citations))

    def _timed(self, stage: str, work: Callable[[], Result]) -> Result:
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + (time.perf_counter() - start) * 1000


def open_engine(bundles_dir: Path, encoder: str = "") -> AnswerEngine:
    """The engine of the active bundle. `encoder` says where the encoder is, a folder or a hub name, if it is not the one that
    ships; whether it is the one that made the bundle is checked against the bundle's card.

    Raises: `bundle_missing`, `bundle_format`, `bundle_corrupt`, `encoder_mismatch`, and what `open_encoder` raises.
    """
    bundle = open_bundle(Shelf(bundles_dir).active_folder())
    return AnswerEngine(bundle, open_encoder(encoder or None))


def _check_agreement(bundle: Bundle, encoder: Encoder) -> None:
    card, mine = bundle.card, encoder.card
    if card.encoder != mine or bundle.vectors.dimension != mine.dimension:
        raise BundleError(
            "encoder_mismatch",
            f"bundle {card.id} was made with the encoder {card.encoder.name} ({card.encoder.revision}),"
            f" the service has {mine.name} ({mine.revision}).",
            "Set SOURCIER_ENCODER to the encoder of the bundle, or run: python -m ingest build",
        )
    if card.analysis_rule != ANALYSIS_RULE:
        raise BundleError(
            "analysis_mismatch",
            f"bundle {card.id} was analysed by the rule {card.analysis_rule}, this program uses {ANALYSIS_RULE}.",
            "Run: python -m ingest build",
        )
