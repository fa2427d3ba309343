"""`python -m tests.quality.run`: measure retrieval, sentences, silence and speed on the sets that are here.

--sets own,cnil_assistant     which sets (default: all that are here)
--variants plain,typos        how the questions are written (default: all three)
--parts retrieval,silence     what is measured (default: everything)
--misses N                    also print N questions of each set that went wrong
--json FILE                   the figures as JSON (default: reports/quality.json)
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.encoder import Encoder, open_encoder
from tests.quality.retrieval import RankingFigures, measure_retrieval
from tests.quality.sentence_answers import measure_sentences
from tests.quality.set_bundle import engine_of, sizes
from tests.quality.sets import (
    OWN,
    REPOSITORY,
    RetrievalSet,
    SetQuestion,
    open_set,
    read_questions,
    shared_folder,
)
from tests.quality.silence import Asked, ask_all, separation, wrong_at_coverage
from tests.quality.speed import measure_speed
from tests.quality.table import text_report
from tests.quality.variants import VARIANTS

SETS = (
    OWN,
    "piaf_odd_among_all",
    "piaf_odd",
    "cnil_assistant",
    "spf_fiches",
    "cdtn_prequalified",
    "ffe_gold",
    "dila_manual",
)
PARTS = ("retrieval", "sentences", "silence", "speed")
WITH_SPANS = "piaf_odd_among_all"
SAMPLE = 600
CROSS = (("cnil_assistant", "piaf_odd"), ("piaf_odd", "cnil_assistant"), ("spf_fiches", "piaf_odd"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 2 where a named set is unknown."""
    options = _parser().parse_args(arguments)
    start = time.perf_counter()
    encoder = open_encoder()
    wanted = _split(options.sets, SETS)
    if shared_folder() is None:
        _say("The large sets are not here (SOURCIER_SHARED, or a folder `shared` beside the repository): left out.")
    sets = {name: found for name in wanted if (found := open_set(name)) is not None}
    for name in sorted(set(wanted) - set(sets)):
        _say(f"{name}: not here, left out")
    parts = _split(options.parts, PARTS)
    figures: dict[str, Any] = {"encoder": f"{encoder.card.name} {encoder.card.revision}"}
    if "retrieval" in parts:
        figures["retrieval"] = {
            name: _retrieval(found, encoder, _split(options.variants, tuple(VARIANTS)), options.misses)
            for name, found in sets.items()
        }
    if "sentences" in parts and WITH_SPANS in sets:
        figures["sentences"] = {WITH_SPANS: _sentences(sets[WITH_SPANS], encoder, options.sample, options.misses)}
    if "silence" in parts:
        figures["silence"] = _silence(encoder, wanted, options.sample)
    if "speed" in parts:
        figures["speed"] = measure_speed(encoder)
    figures["seconds"] = round(time.perf_counter() - start, 1)
    print(text_report(figures))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sets", default="", help=f"of {','.join(SETS)},piaf")
    parser.add_argument("--variants", default="", help=f"of {','.join(VARIANTS)}")
    parser.add_argument("--parts", default="", help=f"of {','.join(PARTS)}")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print N questions a set that went wrong")
    parser.add_argument(
        "--sample",
        type=int,
        default=SAMPLE,
        metavar="N",
        help="most questions of piaf where each is read whole; 0: all",
    )
    parser.add_argument("--json", type=Path, default=REPOSITORY / "reports" / "quality.json", metavar="FILE")
    return parser


def _retrieval(found: RetrievalSet, encoder: Encoder, variants: Sequence[str], misses: int) -> dict[str, Any]:
    held = engine_of(found, encoder)
    measured: dict[str, Any] = {"documents": len(found.documents), **sizes(held.engine)}
    for variant in variants:
        figures = measure_retrieval(found, held, variant, with_plain=True)
        measured[variant] = figures.to_json()
        _say(f"{found.name} {variant}: nDCG@10 {measured[variant]['ndcg_10']}")
        if misses:
            _show_misses(found, figures, misses)
    return measured


def _show_misses(found: RetrievalSet, figures: RankingFigures, count: int) -> None:
    titles = {document.id: document.title for document in found.documents}
    lost = [n for n in range(len(found.questions)) if figures.found[5][n] == 0]
    for n in random.Random(0).sample(lost, min(count, len(lost))):
        question, gold = found.questions[n], sorted(found.gold[found.questions[n].id])
        best = next((part for part in ("words", "grams", "dense") if figures.ndcg[part][n] > 0.3), "no part")
        print(f"  ? {question.id} {question.text}\n    gold {[titles[g] for g in gold][:3]}")
        print(f"    found {[titles[d] for d in figures.ranked[n][:3]]}; in {best}")


def _sentences(found: RetrievalSet, encoder: Encoder, sample: int, misses: int) -> dict[str, Any]:
    figures = measure_sentences(found, engine_of(found, encoder), sampled(found.questions, sample))
    for miss in random.Random(0).sample(figures.misses, min(misses, len(figures.misses))):
        print(f"  ? {miss['question']}\n    gold « {miss['gold']} » at place {miss['place']}; said: {miss['said']}")
    return figures.to_json()


def _silence(encoder: Encoder, wanted: Sequence[str], sample: int) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    folder = shared_folder()
    gold = open_set("ffe_gold") if "ffe_gold" in wanted else None
    if gold is not None and folder is not None:
        engine = engine_of(gold, encoder).engine
        answerable = ask_all(engine, gold.questions)
        unanswerable = ask_all(engine, read_questions(folder / "ffe_gold" / "unanswerable.jsonl"))
        measured["ffe_gold"] = {**separation(answerable, unanswerable), "ask_ms": _times(answerable)}
    for own, foreign in CROSS:
        mine, theirs = open_set(own), open_set(foreign)
        if mine is None or theirs is None or own not in wanted:
            continue
        engine = engine_of(mine, encoder).engine
        answerable = ask_all(engine, sampled(mine.questions, sample))
        unanswerable = ask_all(engine, sampled(theirs.questions, sample))
        measured[f"{own}, asked {foreign}"] = {**separation(answerable, unanswerable), "ask_ms": _times(answerable)}
        if own.startswith("piaf"):
            measured[f"{own}, asked {foreign}"]["wrong_at_coverage"] = wrong_at_coverage(answerable)
    return measured


def _times(asked: Sequence[Asked]) -> dict[str, float]:
    from tests.quality.measure import quantile

    times = [one.time_ms for one in asked]
    return {"median": round(quantile(times, 0.5), 1), "p95": round(quantile(times, 0.95), 1)}


def sampled(questions: Sequence[SetQuestion], size: int) -> list[SetQuestion]:
    """At most `size` of the questions, the same ones each time; all where `size` is 0."""
    if not size or len(questions) <= size:
        return list(questions)
    return random.Random(0).sample(list(questions), size)


def _split(given: str, default: Sequence[str]) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()] or list(default)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
