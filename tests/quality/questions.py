"""The active bundle and the questions file in; the share that passes, by behaviour and kind, and what citations hold, out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import KnownError
from service.answer import Outcome
from service.engine import open_engine
from service.evaluate import Judged, Report, evaluate
from service.judge import fact_found, load_questions
from tests.quality.sets import REPOSITORY

QUESTIONS = REPOSITORY / "tests" / "data" / "questions-dev.jsonl"
KINDS = ("sms", "temporal", "conversation", "multi_hop")


def measure_questions(bundles: Path) -> dict[str, Any] | None:
    """What the active bundle's answers are worth, or None where no bundle is active."""
    try:
        engine = open_engine(bundles).warm()
    except KnownError:
        return None
    report = evaluate(engine, load_questions(QUESTIONS))
    shares = {
        "answer_french": report.share(("answer",), "fr"),
        "answer_english": report.share(("answer",), "en"),
        **{f"kind_{kind}": report.share(("answer",), kinds=(kind,)) for kind in KINDS},
        "correct_premise": report.share(("correct_premise",)),
        "abstain_reserve": report.share(("abstain", "reserve")),
        "redirect_refuse": report.share(("redirect", "refuse")),
    }
    return {
        "bundle_id": report.bundle_id,
        "questions": len(report.judged),
        "passed": {name: list(counts) for name, counts in shares.items()},
        "shares": {name: round(passed / asked, 4) for name, (passed, asked) in shares.items() if asked},
        "first_statement": round(report.first_statement_share, 4),
        "statements_mean": round(report.statements_mean, 3),
        "answer_refused": round(report.refused_share, 4),
        "verbatim": round(report.verbatim_share, 4),
        **_citations(report),
        "median_ms": round(report.time_ms[0], 2),
        "p95_ms": round(report.time_ms[1], 2),
    }


def _citations(report: Report) -> dict[str, float]:
    """Of the citations of answered questions that have facts: quote, or passage around it, holds an expected fact."""
    answered = [
        one
        for one in report.judged
        if one.expected.behavior in ("answer", "correct_premise") and one.answer.outcome is Outcome.ANSWERED
    ]
    quotes = [_holds_fact(one, citation.quote.exact) for one in answered for citation in one.answer.citations]
    passages = [_holds_fact(one, citation.passage.text) for one in answered for citation in one.answer.citations]
    return {"citation_quote_holds_fact": _share(quotes), "citation_passage_holds_fact": _share(passages)}


def _holds_fact(one: Judged, text: str) -> bool:
    return any(fact_found(fact, text) for fact in one.expected.facts)


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else 0.0
