"""Sets and the encoder in, the figures of each part of the evaluation out, as JSON values."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.encoder import Encoder
from ingest.split import SplitRule
from tests.quality.measure import quantile
from tests.quality.retrieval import RankingFigures, measure_retrieval
from tests.quality.sentence_answers import measure_sentences
from tests.quality.set_bundle import engine_of, sizes
from tests.quality.sets import (
    AS_TYPED,
    LARGE_SETS,
    OWN,
    OWN_SET,
    RetrievalSet,
    SetQuestion,
    read_questions,
    shared_folder,
)
from tests.quality.silence import Asked, ask_all, separation, wrong_at_coverage

WITH_SPANS = ("piaf_odd_among_all", "piaf_odd")
SETS = (OWN, AS_TYPED, *WITH_SPANS, *(name for name in LARGE_SETS if name != "piaf"))
KNOWN_SETS = (*SETS, "piaf")
SAMPLE = 600
SPANS = 2000
SIZES_CHARS = (700, 1000, 1500, 2200)
CROSS = (("cnil_assistant", "piaf_odd"), ("piaf_odd", "cnil_assistant"), ("spf_fiches", "piaf_odd"))


def retrieval(found: RetrievalSet, encoder: Encoder, variants: Sequence[str], misses: int = 0) -> dict[str, Any]:
    """What is found, in each variant; `misses` prints that many questions whose gold is not among the first five."""
    held = engine_of(found, encoder)
    measured: dict[str, Any] = {"documents": len(found.documents), **sizes(held.engine)}
    for variant in variants if found.name != AS_TYPED else variants[:1]:
        figures = measure_retrieval(found, held, variant, with_plain=True)
        measured[variant] = figures.to_json()
        say(f"{found.name} {variant}: nDCG@10 {measured[variant]['ndcg_10']}")
        if misses:
            _show_misses(found, figures, misses)
    return measured


def sentences(found: RetrievalSet, encoder: Encoder, sample: int, misses: int = 0) -> dict[str, Any]:
    """How often the sentences chosen hold the gold span."""
    figures = measure_sentences(found, engine_of(found, encoder), sampled(found.questions, sample))
    for miss in random.Random(0).sample(figures.misses, min(misses, len(figures.misses))):
        print(f"  ? {miss['question']}\n    gold « {miss['gold']} » at place {miss['place']}; said: {miss['said']}")
    return figures.to_json()


def silence(encoder: Encoder, sets: Mapping[str, RetrievalSet], sample: int) -> dict[str, Any]:
    """How well confidence tells what a set can answer: from its own unanswerable questions and from another set's."""
    measured: dict[str, Any] = {}
    shared = shared_folder()
    for name, folder in ((OWN, OWN_SET), ("ffe_gold", shared / "ffe_gold" if shared else None)):
        if name in sets and folder is not None:
            measured[name] = _told_apart(sets[name], read_questions(folder / "unanswerable.jsonl"), encoder, 0)
    for own, foreign in CROSS:
        if own in sets and foreign in sets:
            measured[f"{own}, asked {foreign}"] = _told_apart(sets[own], sets[foreign].questions, encoder, sample)
    return measured


def passage_sizes(encoder: Encoder, sets: Mapping[str, RetrievalSet], sample: int) -> dict[str, dict[str, float]]:
    """nDCG@10 of each set, and the first sentence where there are gold spans, by the size that closes a passage."""
    measured: dict[str, dict[str, float]] = {}
    for size in SIZES_CHARS:
        rule, row = SplitRule(target_chars=size), measured.setdefault(str(size), {})
        for name, found in sets.items():
            held = engine_of(found, encoder, rule)
            ranking = measure_retrieval(found, held, "plain", with_plain=False)
            row[name] = float(sum(ranking.ndcg["fused"]) / len(ranking.ndcg["fused"]))
            if name == WITH_SPANS[0]:
                spans = measure_sentences(found, held, sampled(found.questions, sample)).best
                row |= {f"{name}, {n} sentence(s)": sum(spans[n]) / len(spans[n]) for n in (1, 3)}
        say(f"passages of {size} characters: {row}")
    return measured


def sampled(questions: Sequence[SetQuestion], size: int) -> list[SetQuestion]:
    """At most `size` of the questions, the same ones each time; all where `size` is 0."""
    if not size or len(questions) <= size:
        return list(questions)
    return random.Random(0).sample(list(questions), size)


def say(text: str) -> None:
    """A line for whoever watches, apart from the report."""
    print(text, file=sys.stderr, flush=True)


def _told_apart(mine: RetrievalSet, others: Sequence[SetQuestion], encoder: Encoder, sample: int) -> dict[str, Any]:
    engine = engine_of(mine, encoder).engine
    answerable = ask_all(engine, sampled(mine.questions, sample))
    told = separation(answerable, ask_all(engine, sampled(others, sample)))
    if any(one.question.answer for one in answerable) and mine.name.startswith("piaf"):
        told["wrong_at_coverage"] = wrong_at_coverage(answerable)
    return {**told, "ask_ms": _times(answerable)}


def _times(asked: Sequence[Asked]) -> dict[str, float]:
    times = [one.time_ms for one in asked]
    return {"median": round(quantile(times, 0.5), 1), "p95": round(quantile(times, 0.95), 1)}


def _show_misses(found: RetrievalSet, figures: RankingFigures, count: int) -> None:
    titles = {document.id: document.title for document in found.documents}
    lost = [n for n in range(len(found.questions)) if figures.found[5][n] == 0]
    for n in random.Random(0).sample(lost, min(count, len(lost))):
        question, gold = found.questions[n], sorted(found.gold[found.questions[n].id])
        best = next((part for part in ("words", "grams", "dense") if figures.ndcg[part][n] > 0.3), "no part")
        print(f"  ? {question.id} {question.text}\n    gold {[titles[g] for g in gold][:3]}")
        print(f"    found {[titles[d] for d in figures.ranked[n][:3]]}; in {best}")
