"""`python -m tests.quality.run`: measure answers, retrieval, sentences, silence and speed on the sets that are here.

--sets own,cnil_assistant     which sets (default: all that are here)
--variants plain,typos        how the questions are written (default: all three)
--parts retrieval,silence     what is measured (default: all but `size`, which compares sizes of passages)
--sample N                    at most N questions of a set where silence is measured (default: 600; 0: all)
--spans N                     the same where sentences are held against gold spans (default: 2000)
--misses N                    also print N questions of each set that went wrong
--bundles DIR                 whose active bundle answers the questions file (default: bundles)
--json FILE                   the figures as JSON (default: reports/quality.json)
--document                    renew the tables and the plot of docs/quality.md
--baseline                    hold what was measured in tests/data/baselines.json
--check                       exit with 3 where a figure fell below its baseline
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.encoder import Encoder, open_encoder
from service.threads import one_thread_a_question
from tests.quality import parts
from tests.quality.document import write_document
from tests.quality.figures import fallen, read_baselines, summary, write_baselines
from tests.quality.questions import measure_questions
from tests.quality.sets import REPOSITORY, open_set, shared_folder
from tests.quality.speed import measure_speed
from tests.quality.statements import measure_statements
from tests.quality.table import goals_report, size_report, statements_report, text_report
from tests.quality.variants import VARIANTS

DEFAULT_PARTS = ("questions", "retrieval", "sentences", "silence", "statements", "speed")
PARTS = (*DEFAULT_PARTS, "size")
OK, USAGE, FELL = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; OK, USAGE where a name is unknown, FELL where --check finds a figure below its baseline."""
    options = _parser().parse_args(arguments)
    chosen = {
        "sets": (_split(options.sets, parts.SETS), parts.KNOWN_SETS),
        "variants": (_split(options.variants, tuple(VARIANTS)), tuple(VARIANTS)),
        "parts": (_split(options.parts, DEFAULT_PARTS), PARTS),
    }
    for what, (names, known) in chosen.items():
        if unknown := sorted(set(names) - set(known)):
            parts.say(f"--{what}: {', '.join(unknown)} unknown; known: {', '.join(known)}")
            return USAGE
    one_thread_a_question()
    figures = _measured(options, open_encoder(), {what: names for what, (names, _) in chosen.items()})
    for block in (
        goals_report(figures),
        text_report(figures),
        statements_report(figures),
        size_report(figures),
    ):
        if block:
            print(block, end="\n\n")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.document:
        write_document(figures)
    if options.baseline:
        write_baselines(figures)
    lines = fallen(figures, read_baselines()) if options.check else []
    for line in lines:
        parts.say(f"fell: {line}")
    return FELL if lines else OK


def _measured(options: argparse.Namespace, encoder: Encoder, chosen: dict[str, list[str]]) -> dict[str, Any]:
    start = time.perf_counter()
    if shared_folder() is None:
        parts.say(
            "The large sets are not here (SOURCIER_SHARED, or a folder `shared` beside the repository): left out."
        )
    sets = {name: found for name in chosen["sets"] if (found := open_set(name)) is not None}
    for name in chosen["sets"]:
        if name not in sets:
            parts.say(f"{name}: not here, left out")
    wanted = chosen["parts"]
    figures: dict[str, Any] = {"encoder": f"{encoder.card.name} {encoder.card.revision}"}
    if "questions" in wanted:
        answers = measure_questions(options.bundles)
        if answers is None:
            parts.say(f"No active bundle in {options.bundles}: the questions file is left out. Run: make ingest")
        else:
            figures["questions"] = answers
    if "retrieval" in wanted:
        variants = chosen["variants"]
        figures["retrieval"] = {n: parts.retrieval(s, encoder, variants, options.misses) for n, s in sets.items()}
        figures["summary"] = summary(figures)
    if "sentences" in wanted:
        asked = [name for name in parts.WITH_SPANS if name in sets]
        figures["sentences"] = {n: parts.sentences(sets[n], encoder, options.spans, options.misses) for n in asked}
    if "silence" in wanted:
        figures["silence"] = parts.silence(encoder, sets, options.sample)
    if "statements" in wanted:
        figures["statements"] = measure_statements()
    if "size" in wanted:
        figures["size"] = parts.passage_sizes(encoder, sets, options.spans)
    if "speed" in wanted:
        figures["speed"] = measure_speed(encoder)
    figures["seconds"] = round(time.perf_counter() - start, 1)
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sets", default="", help=f"of {','.join(parts.KNOWN_SETS)}")
    parser.add_argument("--variants", default="", help=f"of {','.join(VARIANTS)}")
    parser.add_argument("--parts", default="", help=f"of {','.join(PARTS)}")
    parser.add_argument("--sample", type=int, default=parts.SAMPLE, metavar="N", help="most questions, silence")
    parser.add_argument("--spans", type=int, default=parts.SPANS, metavar="N", help="most questions, sentences")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print N questions a set that went wrong")
    parser.add_argument("--bundles", type=Path, default=REPOSITORY / "bundles", metavar="DIR")
    parser.add_argument("--json", type=Path, default=REPOSITORY / "reports" / "quality.json", metavar="FILE")
    parser.add_argument("--document", action="store_true", help="renew docs/quality.md")
    parser.add_argument("--baseline", action="store_true", help="hold what was measured")
    parser.add_argument("--check", action="store_true", help="exit with 3 where a figure fell")
    return parser


def _split(given: str, default: Sequence[str]) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()] or list(default)


if __name__ == "__main__":
    sys.exit(main())
