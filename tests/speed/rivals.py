"""Sourcier beside what one would take instead: `python -m tests.speed.rivals`, the same passages and questions in one run.

LangChain's FAISS, LlamaIndex, txtai and Haystack, each as its tutorials serve it (tests/speed/rivals_services), in an
environment of its own under build/rivals, which is made the first time. What cannot be had is told and left out.
`--document` also renews docs/speed.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
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
from tests.speed.clients import Heard, as_question, ask_at_once
from tests.speed.document import renew
from tests.speed.memory import largest, megabytes_of
from tests.speed.questions import CLIENTS, UNLIMITED, WARM_UP_S, build_starter, starter_questions
from tests.speed.rivals_started import RIVALS, NotHere, Rival, index, install, installed, rows_of, serving_rival
from tests.speed.rivals_table import OURS, OURS_REMEMBERED, rivals_svg, rivals_table

WORKERS = (1, 2)
ROUNDS = 3
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


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked: `start` gives it running with so many workers."""

    start: Callable[[int], AbstractContextManager[Server]]
    path: str
    body: Callable[[str], dict[str, Any]]


def ours_of(bundles: Path, settings: dict[str, str], log: Path) -> Service:
    """Our service over the folder of bundles."""
    return Service(
        lambda workers: serving(bundles, log, "--workers", str(workers), **settings), "/v1/answers", as_question
    )


def service_of(rival: Rival, folder: Path) -> Service:
    """A rival's service over its index."""
    return Service(lambda workers: serving_rival(rival, folder, workers=workers), rival.path, rival.asked)


def side_by_side(
    services: Mapping[str, Service], workers: int, questions: Sequence[str], seconds: float
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the clients of each service get, and why some could not be started.

    All run at once and are asked in turn, ROUNDS times over: what else the machine does meets every one of them.
    """
    running: dict[str, Server] = {}
    ready_s: dict[str, float] = {}
    absent: dict[str, str] = {}
    heard: dict[str, dict[int, list[Heard]]] = {}
    with ExitStack() as stack:
        for name, service in services.items():
            start = time.perf_counter()
            try:
                running[name] = stack.enter_context(service.start(workers))
            except NotHere as reason:
                absent[name] = str(reason)
                continue
            ready_s[name] = round(time.perf_counter() - start, 2)
            ask_at_once(running[name].port, service.path, questions, 8, WARM_UP_S, service.body)
        for _, n_clients, (name, server) in itertools.product(range(ROUNDS), CLIENTS, running.items()):
            service = services[name]
            got = ask_at_once(server.port, service.path, questions, n_clients, seconds / ROUNDS, service.body)
            heard.setdefault(name, {}).setdefault(n_clients, []).append(got)
        memory = {name: largest(server.process.pid) for name, server in running.items()}
    figures = {
        name: {
            "ready_s": ready_s[name],
            "memory": memory[name],
            "clients": {str(n): together(parts).to_json() for n, parts in by_clients.items()},
        }
        for name, by_clients in heard.items()
    }
    return figures, absent


def together(parts: Sequence[Heard]) -> Heard:
    """What was heard in several stretches of time, as one."""
    return Heard(
        [one for part in parts for one in part.times_ms],
        sum(part.errors for part in parts),
        sum(part.wall_s for part in parts),
    )


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
        services = _indexed(Path(name), chosen, found, held, figures)
        for workers in WORKERS:
            print(f"Asking {len(services)} services with {workers} worker{'s' * (workers > 1)} each", flush=True)
            loads, absent = side_by_side(services, workers, questions, seconds)
            for service, load in loads.items():
                figures["services"][service][f"workers_{workers}"] = load
            for service, reason in absent.items():
                _leave_out(service, reason, figures)
                services.pop(service)
    return {**figures, "load_after": round(os.getloadavg()[0], 2)}


def _indexed(
    folder: Path, chosen: Sequence[Rival], found: RetrievalSet, held: SetEngine, figures: dict[str, Any]
) -> dict[str, Service]:
    """The services, each with its index of the starter corpus; what that took and its quality go into `figures`."""
    bundles = folder / "bundles"
    start = time.perf_counter()
    build_starter(bundles)
    built = {"index_s": round(time.perf_counter() - start, 2)}
    bundle = open_bundle(Shelf(bundles).active_folder())
    built["index_mb"] = megabytes_of(Shelf(bundles).active_folder())
    figures["passages"] = len(bundle)
    ndcg = quality_of_ours(found, held)
    services = {}
    for name, settings in ((OURS, UNLIMITED), (OURS_REMEMBERED, REMEMBERING)):
        services[name] = ours_of(bundles, settings, folder / f"ours-{len(services)}.log")
        figures["services"][name] = {**built, "ndcg_10": ndcg, "ndcg_10_headed": ndcg}
    for rival in chosen:
        place = folder / rival.module
        try:
            install(rival)
            print(f"Indexing: {rival.name}", flush=True)
            spent = index(rival, passages_of(bundle, texts_of(bundle)), place)
            said = {"index_s": round(spent, 2), "index_mb": megabytes_of(place), "installed": installed(rival)}
            said["ndcg_10"] = quality_of(rival, found, held, texts_of(held.engine.bundle))
            said["ndcg_10_headed"] = quality_of(rival, found, held, headed_texts_of(held.engine.bundle))
            figures["services"][rival.name], services[rival.name] = said, service_of(rival, place)
        except NotHere as reason:
            _leave_out(rival.name, str(reason), figures)
    return services


def _leave_out(name: str, reason: str, figures: dict[str, Any]) -> None:
    figures["services"].pop(name, None)
    figures["absent"][name] = reason
    print(f"{name} is left out: {reason}", flush=True)


def cuda_packages(figures: dict[str, Any]) -> Iterator[str]:
    """What was installed for an accelerator: with the CPU build of torch, nothing."""
    for name, one in figures["services"].items():
        for package in one.get("installed", {}):
            if package.startswith(("nvidia-", "cuda-", "triton")):
                yield f"{name}: {package}"


def main() -> int:
    """Print the tables; 1 where an answer of ours was an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each load, in three parts; default: %(default)s")
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
