"""Sourcier beside what one would take instead: `python -m tests.speed.rivals`, the same passages and questions in one run.

LangChain's FAISS, LlamaIndex, txtai and Haystack, each as its tutorials serve it (tests/speed/rivals_services), in an
environment of its own under build/rivals, which is made the first time. What cannot be had is told and left out.
`--document` also renews docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_rows import read_back
from corpus.encoder import open_encoder
from corpus.shelf import Shelf
from ingest.embed import embedded_text
from tests.makers import ROOT
from tests.quality import measure
from tests.quality.retrieval import hits_of, rankings_of
from tests.quality.set_bundle import SetEngine, engine_of
from tests.quality.sets import OWN, RetrievalSet, open_set
from tests.server_maker import Server, serving
from tests.speed.document import renew
from tests.speed.memory import megabytes_of
from tests.speed.questions import UNLIMITED, build_starter, over_http, starter_questions
from tests.speed.rivals_started import RIVALS, NotHere, Rival, index, install, installed, rows_of, serving_rival
from tests.speed.rivals_table import OURS, OURS_REMEMBERED, rivals_svg, rivals_table

WORKERS = (1, 2)
ASKED_FOR = 50
"""Passages that the best ten documents are taken from."""
REMEMBERING = {name: value for name, value in UNLIMITED.items() if name != "CACHED_ANSWERS"}


def texts_of(bundle: Bundle) -> list[str]:
    """The passages as they are."""
    return list(bundle.passage_texts())


def headed_texts_of(bundle: Bundle) -> list[str]:
    """The passages with the title of their document and their headings in front, as our encoder reads them."""
    documents = (read_back(bundle, number) for number in range(len(bundle.documents)))
    return [embedded_text(document, passage) for document in documents for passage in document.passages]


def passages_of(bundle: Bundle, texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the others are given of the passages of a bundle."""
    sources = [bundle.source_of(row) for row in range(len(bundle))]
    return [
        {"row": row, "text": text, "title": source.title, "source": source.id}
        for row, (text, source) in enumerate(zip(texts, sources, strict=True))
    ]


def speed_of_ours(bundles: Path, questions: Sequence[str], seconds: float, settings: dict[str, str]) -> dict[str, Any]:
    """Our service, by number of workers."""
    figures: dict[str, Any] = {}
    for workers in WORKERS:
        start = time.perf_counter()
        with serving(bundles, bundles.with_suffix(".log"), "--workers", str(workers), **settings) as server:
            figures.setdefault("ready_s", round(time.perf_counter() - start, 2))
            figures[f"workers_{workers}"] = over_http(server, "/v1/answers", questions, seconds)
    return figures


def speed_of(
    rival: Rival, passages: Sequence[dict[str, Any]], questions: Sequence[str], seconds: float
) -> dict[str, Any]:
    """A rival, by number of workers.

    Raises: NotHere.
    """
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        figures["index_s"] = round(index(rival, passages, folder), 2)
        figures["index_mb"] = megabytes_of(folder)
        for workers in WORKERS:
            start = time.perf_counter()
            with serving_rival(rival, folder, workers=workers) as server:
                figures.setdefault("ready_s", round(time.perf_counter() - start, 2))
                figures[f"workers_{workers}"] = over_http(server, rival.path, questions, seconds, rival.asked)
    return figures


def quality_of(rival: Rival, found: RetrievalSet, held: SetEngine, texts: Sequence[str]) -> float:
    """nDCG@10 over documents, each at the place of its best passage.

    Raises: NotHere.
    """
    bundle, scores = held.engine.bundle, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        index(rival, passages_of(bundle, texts), folder)
        with serving_rival(rival, folder, given=ASKED_FOR) as server:
            for question in found.questions:
                rows = rows_of(asked(server, rival, question.text))
                ranked = dict.fromkeys(held.document_ids[int(bundle.passage_document[row])] for row in rows)
                scores.append(measure.ndcg(list(ranked), found.gold[question.id]))
    return round(float(np.mean(scores)), 4)


def quality_of_ours(found: RetrievalSet, held: SetEngine) -> float:
    """The same for our ranking, as `make eval` measures it."""
    ranked = ((one, rankings_of(held, hits_of(held.engine, one.text))["fused"]) for one in found.questions)
    return round(float(np.mean([measure.ndcg(documents, found.gold[one.id]) for one, documents in ranked])), 4)


def asked(server: Server, rival: Rival, question: str) -> Any:
    """The answer of a rival's service to one question."""
    body = json.dumps(rival.asked(question, ASKED_FOR)).encode()
    request = Request(server.url + rival.path, body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as response:
        return json.load(response)


def measured(chosen: Sequence[Rival], seconds: float, n_questions: int | None) -> dict[str, Any]:
    """Every figure, by service; `absent` tells why a rival has none."""
    found = open_set(OWN)
    if found is None:
        raise RuntimeError("tests/data/retrieval is missing")
    held = engine_of(found, open_encoder())
    questions = starter_questions()[:n_questions]
    figures: dict[str, Any] = {"questions": len(questions), "seconds": seconds, "cores": os.cpu_count()}
    figures |= {"load_before": round(os.getloadavg()[0], 2), "services": {}, "absent": {}}
    with tempfile.TemporaryDirectory() as name:
        bundles = Path(name) / "bundles"
        start = time.perf_counter()
        build_starter(bundles)
        built = {"index_s": round(time.perf_counter() - start, 2)}
        folder = Shelf(bundles).active_folder()
        bundle = open_bundle(folder)
        built["index_mb"] = megabytes_of(folder)
        figures["passages"] = len(bundle)
        ours = quality_of_ours(found, held)
        for service, settings in ((OURS, UNLIMITED), (OURS_REMEMBERED, REMEMBERING)):
            print(f"Measuring {service}", flush=True)
            speed = speed_of_ours(bundles, questions, seconds, settings)
            figures["services"][service] = {**built, **speed, "ndcg_10": ours, "ndcg_10_headed": ours}
        passages = passages_of(bundle, texts_of(bundle))
    for rival in chosen:
        try:
            install(rival)
            print(f"Measuring {rival.name}", flush=True)
            speed = speed_of(rival, passages, questions, seconds)
            speed["ndcg_10"] = quality_of(rival, found, held, texts_of(held.engine.bundle))
            speed["ndcg_10_headed"] = quality_of(rival, found, held, headed_texts_of(held.engine.bundle))
            figures["services"][rival.name] = {**speed, "installed": installed(rival)}
        except NotHere as reason:
            figures["absent"][rival.name] = str(reason)
            print(f"{rival.name} is left out: {reason}", flush=True)
    return {**figures, "load_after": round(os.getloadavg()[0], 2)}


def cuda_packages(figures: dict[str, Any]) -> Iterator[str]:
    """What was installed for an accelerator: with the CPU build of torch, nothing."""
    for name, one in figures["services"].items():
        for package in one.get("installed", {}):
            if package.startswith(("nvidia-", "cuda-", "triton")):
                yield f"{name}: {package}"


def main() -> int:
    """Print the tables; 1 where an answer of ours was an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load; default: %(default)s")
    parser.add_argument(
        "--quick", action="store_true", help="half a second each, twenty questions: to see that it runs"
    )
    parser.add_argument("--only", help="rivals whose name holds this")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "rivals.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    chosen = [one for one in RIVALS if (options.only or "").lower() in one.name.lower()]
    figures = measured(chosen, 0.5 if options.quick else options.seconds, 20 if options.quick else None)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".svg").write_text(rivals_svg(figures), encoding="utf-8")
    print(table := rivals_table(figures))
    for package in cuda_packages(figures):
        print(f"not needed, and large: {package}; set TORCH_INDEX to the CPU build of torch (README)")
    if options.document:
        renew("rivals", table)
        (ROOT / "docs" / "images" / "speed-rivals.svg").write_text(rivals_svg(figures), encoding="utf-8")
    ours = [figures["services"][name][f"workers_{n}"]["clients"] for name in (OURS, OURS_REMEMBERED) for n in WORKERS]
    return int(any(load["errors"] for one in ours for load in one.values()))


if __name__ == "__main__":
    sys.exit(main())
