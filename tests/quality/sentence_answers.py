"""A set with gold spans and its engine in; how often the sentences chosen hold the span, end to end, out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from service.compose_extractive import compose, in_context
from service.engine import AnswerEngine
from service.judge import normalise
from tests.quality import measure
from tests.quality.set_bundle import SetEngine
from tests.quality.sets import RetrievalSet, SetQuestion

BEST = (1, 2, 3)


@dataclass(slots=True)
class SentenceFigures:
    """Per question: whether the first n scored sentences hold the gold span, and what composing them kept."""

    best: dict[int, list[float]] = field(default_factory=dict)
    composed: list[float] = field(default_factory=list)
    composed_first: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)
    reachable: list[float] = field(default_factory=list)
    misses: list[Mapping[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Shares, and the interval of the first; `reachable` is the ceiling: a sentence of the passages read holds it."""
        return {
            "questions": len(self.composed),
            "first_sentence": _mean(self.best[1]),
            "first_sentence_interval": [round(v, 4) for v in measure.interval(self.best[1])],
            "best_two": _mean(self.best[2]),
            "best_three": _mean(self.best[3]),
            "composed_first": _mean(self.composed_first),
            "composed": _mean(self.composed),
            "statements_mean": _mean(self.statements),
            "reachable": _mean(self.reachable),
        }


def measure_sentences(found: RetrievalSet, held: SetEngine, questions: Sequence[SetQuestion]) -> SentenceFigures:
    """Ask the questions that have a gold span; silence is left aside."""
    figures = SentenceFigures()
    for question in questions:
        ranked, composed = _sentences(held.engine, question.text)
        holds = [holds_span(question.answer, text) for text in ranked]
        kept = [holds_span(question.answer, text) for text in composed]
        for n in BEST:
            figures.best.setdefault(n, []).append(float(any(holds[:n])))
        figures.reachable.append(float(any(holds)))
        figures.composed.append(float(any(kept)))
        figures.composed_first.append(float(any(kept[:1])))
        figures.statements.append(float(len(composed)))
        if not any(holds[:1]):
            first = ranked[0] if ranked else ""
            place = holds.index(True) + 1 if any(holds) else 0
            figures.misses.append(
                {
                    "id": question.id,
                    "question": question.text,
                    "gold": question.answer,
                    "said": first,
                    "place": str(place),
                }
            )
    return figures


def holds_span(span: str, text: str) -> bool:
    """Whether the text holds the span as whole words, both normalised."""
    wanted = normalise(span).strip(" .,;:!?\"'«»()")
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", normalise(text)) is not None


def _sentences(engine: AnswerEngine, text: str) -> tuple[list[str], list[str]]:
    """Every sentence read, best first, and those that would be stated."""
    query = engine.query_of(text)
    ranking = engine.rank(query, engine.retrieve(query))
    stated = [span.text for span in compose(engine.bundle, query, ranking)]
    return [in_context(engine.bundle, one.sentence).text for one in ranking.sentences], stated


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else float("nan")
