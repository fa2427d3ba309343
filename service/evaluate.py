"""An engine and a questions file in, a report out: who passed by behaviour and kind, what was quoted, how long it took."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.bundle import Bundle
from service.answer import Answer, Outcome
from service.engine import AnswerEngine
from service.judge import Expected, Verdict, fact_found, judge

OPEN_KINDS = frozenset({"list", "comparison", "procedural", "multi_hop"})
FIRST_STATEMENT_KINDS = frozenset({"factoid", "sms"})
WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its answer, the verdict and the time in milliseconds."""

    expected: Expected
    answer: Answer
    verdict: Verdict
    time_ms: float
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Every judged question, and the figures that follow from them."""

    bundle_id: str
    judged: tuple[Judged, ...]

    def share(
        self, behaviors: Sequence[str], language: str | None = None, kinds: Sequence[str] = ()
    ) -> tuple[int, int]:
        """Passed and asked, among questions of these behaviours, this language and these kinds."""
        chosen = [
            one.verdict.passed
            for one in self.judged
            if one.expected.behavior in behaviors
            and (language is None or one.expected.language == language)
            and (not kinds or one.expected.kind in kinds)
        ]
        return sum(chosen), len(chosen)

    @property
    def answered_share(self) -> float:
        """Share passed of the questions that have an answer (`answer`, `correct_premise`)."""
        passed, asked = self.share(("answer", "correct_premise"))
        return passed / asked if asked else 1.0

    @property
    def statements_mean(self) -> float:
        """Statements in the mean, over `answer` questions that ask for no list."""
        counts = [
            len(one.answer.statements)
            for one in self.judged
            if one.expected.behavior == "answer" and one.expected.kind not in OPEN_KINDS and one.answer.statements
        ]
        return statistics.fmean(counts) if counts else 0.0

    @property
    def first_statement_share(self) -> float:
        """Share of factoid and SMS questions whose first statement alone holds an expected fact."""
        held = [
            bool(one.answer.statements)
            and any(fact_found(fact, one.answer.statements[0].text) for fact in one.expected.facts)
            for one in self.judged
            if one.expected.behavior == "answer" and one.expected.kind in FIRST_STATEMENT_KINDS
        ]
        return sum(held) / len(held) if held else 1.0

    @property
    def refused_share(self) -> float:
        """Share of `answer` questions that were not answered."""
        refused = [
            one.answer.outcome is not Outcome.ANSWERED for one in self.judged if one.expected.behavior == "answer"
        ]
        return sum(refused) / len(refused) if refused else 0.0

    @property
    def verbatim_share(self) -> float:
        """Share of answers whose every quote equals the served page text at its offsets."""
        return sum(one.verbatim for one in self.judged) / len(self.judged) if self.judged else 1.0

    @property
    def time_ms(self) -> tuple[float, float]:
        """Median and 95th percentile, in milliseconds, question to answer in process."""
        times = sorted(one.time_ms for one in self.judged)
        return (statistics.median(times), times[int(0.95 * (len(times) - 1))]) if times else (0.0, 0.0)

    @property
    def scores(self) -> Mapping[str, float]:
        """The shares that are watched from one evaluation to the next."""
        return {
            "answered": self.answered_share,
            "refused": self.refused_share,
            "verbatim": self.verbatim_share,
            "first_statement": self.first_statement_share,
        }

    def by(self, field: str) -> Mapping[str, tuple[int, int]]:
        """Passed and asked by `behavior` or `kind`, each with its language."""
        groups: dict[str, list[bool]] = defaultdict(list)
        for one in self.judged:
            groups[f"{getattr(one.expected, field)} {one.expected.language}"].append(one.verdict.passed)
        return {name: (sum(passed), len(passed)) for name, passed in sorted(groups.items())}

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        median, p95 = self.time_ms
        return {
            "bundle_id": self.bundle_id,
            "questions": len(self.judged),
            "answered_share": round(self.answered_share, 4),
            "statements_mean": round(self.statements_mean, 3),
            "first_statement_share": round(self.first_statement_share, 4),
            "refused_share": round(self.refused_share, 4),
            "verbatim_share": round(self.verbatim_share, 4),
            "time_ms": {"median": round(median, 2), "p95": round(p95, 2)},
            "by_behavior": {name: list(counts) for name, counts in self.by("behavior").items()},
            "by_kind": {name: list(counts) for name, counts in self.by("kind").items()},
            "failed": [
                {"id": one.expected.id, "reason": one.verdict.reason, "missing": list(one.verdict.missing)}
                for one in self.judged
                if not one.verdict.passed
            ],
        }


def evaluate(engine: AnswerEngine, questions: Sequence[Expected]) -> Report:
    """Ask every question, after a short warm-up, and judge every answer."""
    for expected in questions[:WARM_UP]:
        engine.ask(expected.to_question())
    judged = []
    for expected in questions:
        start = time.perf_counter()
        answer = engine.ask(expected.to_question())
        time_ms = (time.perf_counter() - start) * 1000
        judged.append(Judged(expected, answer, judge(expected, answer), time_ms, is_verbatim(answer, engine.bundle)))
    return Report(engine.bundle.card.id, tuple(judged))


def is_verbatim(answer: Answer, bundle: Bundle) -> bool:
    """Whether every quote equals the page text at its offsets, and every extractive statement is its quote."""
    quotes = {}
    for citation in answer.citations:
        page = bundle.page(citation.source.id, citation.passage.locator.page_index)
        if page is None or page.text[citation.quote.start : citation.quote.end] != citation.quote.exact:
            return False
        quotes[citation.n] = citation.quote.exact
    return all(any(quotes.get(n) == statement.text for n in statement.citations) for statement in answer.statements)


def report_text(report: Report, *, failures: bool = False) -> str:
    """The report for a terminal; with `failures`, each answer that did not pass."""
    median, p95 = report.time_ms
    lines = [
        f"{name:28} {passed:4} / {asked:<4} {100 * passed / asked:5.1f} %"
        for name, (passed, asked) in report.by("behavior").items()
    ]
    lines.append("")
    lines += [
        f"{name:28} {passed:4} / {asked:<4} {100 * passed / asked:5.1f} %"
        for name, (passed, asked) in report.by("kind").items()
    ]
    lines += [
        "",
        f"answer and correct_premise passed  {100 * report.answered_share:6.1f} %",
        f"statements in the mean, no list    {report.statements_mean:6.2f}",
        f"first statement holds a fact       {100 * report.first_statement_share:6.1f} %",
        f"answerable questions refused       {100 * report.refused_share:6.1f} %",
        f"answers whose quotes are verbatim  {100 * report.verbatim_share:6.1f} %",
        f"question to answer, median / p95   {median:6.1f} / {p95:.1f} ms",
    ]
    if failures:
        for one in report.judged:
            if not one.verdict.passed:
                asked = one.expected
                lines += [
                    "",
                    f"{asked.id} {asked.kind} {asked.behavior}: {one.verdict.reason} {' '.join(one.verdict.missing)}",
                    f"  ? {asked.question}",
                    f"  = [{one.answer.outcome.value}, {one.answer.confidence:.2f}] {one.answer.text}",
                ]
    return "\n".join(lines)
