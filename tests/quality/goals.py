"""Figures in, each beside the least that we accept and what we want, out: the first table of docs/quality.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.quality.figures import at

PIAF = "piaf_odd_among_all"
FAR = "NONSENSICAL + OUT_OF_DATABASE + OUT_OF_SCOPE"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure: where it stands, the floor, what is wanted; `smaller` where less is better. `unit` is "", "%", "ms", "MB"."""

    what: str
    path: str
    floor: float
    wanted: float
    unit: str = ""
    smaller: bool = False

    def met(self, value: float) -> str:
        """In words, how the value stands."""
        sign = -1 if self.smaller else 1
        if sign * value >= sign * self.wanted:
            return "wanted"
        return "floor" if sign * value >= sign * self.floor else "below"


def _ndcg(name: str, floor: float, wanted: float) -> Goal:
    return Goal(f"nDCG@10 {name}", f"retrieval.{name}.plain.ndcg_10.fused", floor, wanted)


GOALS = (
    Goal("questions to be answered, French: pass", "questions.shares.answer_french", 0.90, 0.96, "%"),
    Goal("the same in English", "questions.shares.answer_english", 0.80, 0.90, "%"),
    Goal("kind SMS", "questions.shares.kind_sms", 0.80, 0.90, "%"),
    Goal("kind temporal", "questions.shares.kind_temporal", 0.80, 0.90, "%"),
    Goal("kind conversation", "questions.shares.kind_conversation", 0.80, 0.90, "%"),
    Goal("first statement alone holds a fact (factoid, SMS)", "questions.first_statement", 0.80, 0.90, "%"),
    Goal("statements in the mean where no list is asked", "questions.statements_mean", 2.2, 1.7, smaller=True),
    Goal("false premises corrected", "questions.shares.correct_premise", 0.85, 0.95, "%"),
    Goal("abstain and reserve right", "questions.shares.abstain_reserve", 0.75, 0.90, "%"),
    Goal("redirect and refuse right", "questions.shares.redirect_refuse", 0.90, 1.0, "%"),
    Goal("questions to be answered, wrongly refused", "questions.answer_refused", 0.05, 0.03, "%", smaller=True),
    Goal("answers whose quotes are verbatim", "questions.verbatim", 1.0, 1.0, "%"),
    _ndcg(PIAF, 0.82, 0.84),
    _ndcg("cnil_assistant", 0.70, 0.72),
    _ndcg("spf_fiches", 0.965, 0.98),
    _ndcg("cdtn_prequalified", 0.48, 0.52),
    _ndcg("ffe_gold", 0.29, 0.34),
    Goal("most nDCG@10 lost without accents, any set", "summary.lost_unaccented", 0.05, 0.02, smaller=True),
    Goal("most nDCG@10 lost to a typo in each long word, any set", "summary.lost_typos", 0.05, 0.02, smaller=True),
    Goal("fusion less its best part, worst set", "summary.fusion_worst", 0.0, 0.0),
    Goal("first sentence holds the gold span, piaf odd half", "sentences.piaf_odd.first_sentence", 0.58, 0.65),
    Goal("one of three sentences holds it", "sentences.piaf_odd.best_three", 0.76, 0.82),
    Goal("the first, asked of all passages", f"sentences.{PIAF}.first_sentence", 0.58, 0.65),
    Goal("one of three, asked of all passages", f"sentences.{PIAF}.best_three", 0.76, 0.82),
    Goal("ffe_gold: unanswerable refused at 90 % answered", "silence.ffe_gold.by_kind.all.refused", 0.45, 0.60, "%"),
    Goal(f"of these {FAR}", f"silence.ffe_gold.by_kind.{FAR}.refused", 0.65, 0.80, "%"),
    Goal("written statements, sealed: wrong ones caught", "statements.sealed.wrong_caught", 0.95, 0.98, "%"),
    Goal("written statements, sealed: right ones kept", "statements.sealed.right_kept", 0.90, 0.95, "%"),
    Goal("question to answer, median", "questions.median_ms", 10, 5, "ms", smaller=True),
    Goal("question to answer, 95th percentile", "questions.p95_ms", 25, 12, "ms", smaller=True),
    Goal("encoder's room in the repository", "speed.encoder_megabytes", 32, 32, "MB", smaller=True),
    Goal("passages encoded a second", "speed.passages_per_second", 1500, 2500),
)
_UNITS: Mapping[str, Callable[[float], str]] = {
    "%": lambda value: f"{100 * value:.1f} %",
    "ms": lambda value: f"{value:.1f} ms",
    "MB": lambda value: f"{value:.1f} MB",
    "": lambda value: f"{value:.0f}" if value > 100 else f"{value:.3f}",
}


def goals_table(figures: Mapping[str, Any]) -> list[list[str]]:
    """Rows of what, floor, wanted, now, met; figures that were not measured are left out."""
    rows = []
    for goal in GOALS:
        value = at(figures, goal.path)
        if value is not None:
            show = _UNITS[goal.unit]
            bound = "at most " if goal.smaller else ""
            rows.append([goal.what, bound + show(goal.floor), show(goal.wanted), show(value), goal.met(value)])
    return rows
