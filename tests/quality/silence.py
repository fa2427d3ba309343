"""Questions that a set can answer and questions that it cannot in; how well the engine's confidence tells them, out."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service.answer import Outcome, Question
from service.engine import AnswerEngine
from tests.quality import measure
from tests.quality.retrieval import AS_OF
from tests.quality.sentence_answers import holds_span
from tests.quality.sets import SetQuestion

ANSWERED_SHARE = 0.9
FAR_KINDS = frozenset({"OUT_OF_DATABASE", "OUT_OF_SCOPE", "NONSENSICAL"})
CURVE = tuple(round(0.5 + 0.05 * n, 2) for n in range(11))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, how it ended, with what confidence (0 where its scope alone was refused), and the time."""

    question: SetQuestion
    outcome: Outcome
    confidence: float
    time_ms: float
    statements: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether anything was stated."""
        return self.outcome is Outcome.ANSWERED


def ask_all(engine: AnswerEngine, questions: Sequence[SetQuestion]) -> list[Asked]:
    """Every question through the whole engine."""
    asked = []
    for question in questions:
        start = time.perf_counter()
        answer = engine.ask(Question(question.text, AS_OF))
        time_ms = (time.perf_counter() - start) * 1000
        said = tuple(statement.text for statement in answer.statements)
        asked.append(Asked(question, answer.outcome, answer.confidence, time_ms, said))
    return asked


def separation(answerable: Sequence[Asked], unanswerable: Sequence[Asked]) -> dict[str, object]:
    """AUROC, the share refused at ANSWERED_SHARE of the answerable answered, by kind, and what the engine itself did."""
    yes = [one.confidence for one in answerable]
    threshold = measure.threshold_answering(yes, ANSWERED_SHARE)
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in unanswerable:
        kinds[one.question.kind].append(one)
    groups: dict[str, list[Asked]] = {"all": list(unanswerable)}
    if set(kinds) >= FAR_KINDS:
        groups[" + ".join(sorted(FAR_KINDS))] = [one for one in unanswerable if one.question.kind in FAR_KINDS]
    if len(kinds) > 1:
        groups |= dict(sorted(kinds.items()))
    return {
        "answerable": len(answerable),
        "threshold": round(threshold, 4),
        "answerable_refused_by_engine": _share([not one.answered for one in answerable]),
        "answerable_outcomes": dict(Counter(one.outcome.value for one in answerable)),
        "by_kind": {kind: _group(yes, threshold, group) for kind, group in groups.items()},
        "curve": [
            [share, round(gone, 4)]
            for share, gone in measure.refusal_curve(yes, [one.confidence for one in unanswerable], CURVE)
        ],
    }


def wrong_at_coverage(
    asked: Sequence[Asked], shares: Sequence[float] = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
) -> dict[str, float]:
    """Share of answers without the gold span among the most confident, by the share of questions answered at most.

    Only what the engine answered counts; a share that it does not reach is left out.
    """
    answered = sorted((one for one in asked if one.answered), key=lambda one: -one.confidence)
    wrong = [not any(holds_span(one.question.answer, text) for text in one.statements) for one in answered]
    counts = {share: int(share * len(asked)) for share in shares}
    return {str(share): _share(wrong[:n]) for share, n in counts.items() if 0 < n <= len(wrong)}


def _group(answerable: Sequence[float], threshold: float, group: Sequence[Asked]) -> dict[str, float]:
    scores = [one.confidence for one in group]
    return {
        "questions": len(group),
        "auroc": round(measure.auroc(answerable, scores), 4),
        "refused": round(measure.refused(scores, threshold), 4),
        "refused_by_engine": _share([not one.answered for one in group]),
    }


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else float("nan")
